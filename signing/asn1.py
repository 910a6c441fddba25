"""asn1crypto as it is used here: a correction and a short cut, applied on import, and what is kept of what it read.

asn1crypto 1.5.1 takes every header that ends in the byte 0x80 for the indefinite form (X.690, 8.1.3.6), although a
definite length may end so too: 0x1880, say. It then encodes the value anew, and in nested CMS objects that costs
time exponential in their depth: 9 to 23 s for one signature, which an attacker can choose. The indefinite form is
exactly one length octet of 0x80 behind the tag; anything else is definite and is left as it is.

And it prepares every letter of two names anew each time it compares them (RFC 5280, 7.1), a fifth of the time that
judging a signature took. Here a name is prepared once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from asn1crypto import core, x509

KINDS = (core.Asn1Value, core.Constructable, core.Sequence, core.SequenceOf, core.Choice, core.Primitive)
PLAIN = {kind: kind.__dict__["dump"] for kind in KINDS if "dump" in kind.__dict__}
T = TypeVar("T")


def remembered(most: int = 64, small: int = 16 * 1024) -> Callable[[Callable[[bytes], T]], Callable[[bytes], T]]:
    """Of what a function made of DER, the last MOST are kept, if that had at most SMALL bytes: a stranger's file, which
    may bring larger, fills nothing that outlives its own judgement."""

    def keeping(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
        known = functools.lru_cache(maxsize=most)(read)
        return lambda der: known(der) if len(der) <= small else read(der)

    return keeping


def is_indefinite(header: bytes) -> bool:
    """Does HEADER (tag and length octets) announce the indefinite form?"""
    at = 1
    if header[0] & 0x1F == 0x1F:  # a tag number of several octets (X.690, 8.1.2.4)
        while at < len(header) and header[at] & 0x80:
            at += 1
        at += 1
    return header[at:] == b"\x80"


def _corrected(dump: Callable[..., bytes]) -> Callable[..., bytes]:
    def careful(self: Any, force: bool = False) -> bytes:
        header = getattr(self, "_header", None)
        if force or not header or header[-1] != 0x80 or is_indefinite(header):
            return dump(self, force)
        mask = header[:-1] + b"\x81"  # does not end in 0x80, so the wrong test does not see it
        self._header = mask
        try:
            out = dump(self, force)
        finally:
            if self._header is mask:
                self._header = header
        return header + out[len(header) :] if out.startswith(mask) else out

    careful.__doc__ = dump.__doc__
    return careful


CORRECTED = {kind: _corrected(dump) for kind, dump in PLAIN.items()}
prepare = x509.RDNSequence.hashable.fget
compare_anew = x509.RDNSequence.__eq__


@remembered(most=2048, small=1000)
def _prepared(name: bytes) -> str:
    return str(prepare(x509.RDNSequence.load(name)))


def prepared(self: Any) -> str:
    """A distinguished name as it is compared. Raises ValueError for letters that no name may have."""
    return _prepared(self.dump())


def compare(self: Any, other: object) -> bool:
    """Are two distinguished names the same? Anew only for the few that are spelt in two ways."""
    if not isinstance(other, x509.RDNSequence):
        return False
    return self.dump() == other.dump() or (self.hashable == other.hashable and bool(compare_anew(self, other)))


def apply() -> None:
    """Put both in place; once is enough, twice does no harm."""
    x509.RDNSequence.hashable, x509.RDNSequence.__eq__ = property(prepared), compare
    for kind, dump in CORRECTED.items():
        kind.dump = dump


def undo() -> None:
    """As asn1crypto has it, to be compared with."""
    x509.RDNSequence.hashable, x509.RDNSequence.__eq__ = property(prepare), compare_anew
    for kind, dump in PLAIN.items():
        kind.dump = dump


apply()
