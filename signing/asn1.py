"""A correction to asn1crypto, applied on import by whatever builds or reads CMS here.

asn1crypto 1.5.1 takes every header that ends in the byte 0x80 for the indefinite form (X.690, 8.1.3.6), although a
definite length may end so too: 0x1880, say. It then encodes the value anew, and in nested CMS objects that costs
time exponential in their depth: 9 to 23 s for one signature, which an attacker can choose. The indefinite form is
exactly one length octet of 0x80 behind the tag; anything else is definite and is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asn1crypto import core

CORRECTED = (core.Asn1Value, core.Constructable, core.Sequence, core.SequenceOf, core.Choice, core.Primitive)


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
    careful.corrected = True  # type: ignore[attr-defined]
    return careful


def correct() -> None:
    """Put the correction in place; once is enough, twice does no harm."""
    for kind in CORRECTED:
        dump = kind.__dict__.get("dump")
        if dump is not None and not hasattr(dump, "corrected"):
            kind.dump = _corrected(dump)


correct()
