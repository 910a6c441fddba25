"""Signing in values: fields and steps of a signature, what is trusted, what was found. Pure, and light to import."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["valid", "not-valid", "cannot-tell"]
Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]  # ETSI EN 319 142-1, 6.1
Kept = Literal[
    "file", "server", "own", "nowhere"
]  # a key: under a passphrase, in our token, in its holder's, destroyed
Kind = Literal["demonstration", "internal", "public-service"]  # of what stands behind an anchor


class Field(msgspec.Struct, frozen=True):
    """A signature field: its name and rectangle (left, bottom, right, top) in points, on a page counted from 1."""

    name: str
    page: int
    box: tuple[float, float, float, float]


class Pending(msgspec.Struct, frozen=True):
    """A signature that waits for its key: stored as it is, resumed after any pause or crash."""

    field: str
    digest: bytes  # SHA-256 of the document without the reserved place
    start: int
    end: int
    attributes: bytes  # DER of the CMS signed attributes: what the key signs


class Signatory(msgspec.Struct, frozen=True):
    """Whose signature it is to be: certificate and chain, DER. `scheme`: of algorithms.py, "" for the usual one."""

    certificate: bytes
    chain: tuple[bytes, ...]
    scheme: str = ""


class Trust(msgspec.Struct, frozen=True):
    """What is trusted, DER: anchors, certificates between, revocation lists. `kinds`: of each anchor, in order."""

    anchors: tuple[bytes, ...]
    between: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()
    kinds: tuple[Kind, ...] = ()

    def kind_of(self, anchor: bytes) -> Kind:
        kinds = dict(zip(self.anchors, self.kinds, strict=False))
        return kinds.get(anchor, "internal")


class Signature(msgspec.Struct, frozen=True):
    """One signature. `at` is the timestamp's time, UTC milliseconds, 0 where there is none; `until`: when its proof
    runs out unless it is renewed. `path`: names from the signer's certificate up to the anchor."""

    field: str
    signer: str
    organization: str
    title: str
    at: int
    state: State
    reason: str  # code; "" when valid
    serial: str
    level: Level
    path: tuple[str, ...]
    trust: Kind | None  # None: no anchor of ours was reached
    until: int


class Stamp(msgspec.Struct, frozen=True):
    """An archive timestamp over the whole file as it was then."""

    at: int
    authority: str
    state: State
    reason: str
    until: int


class Revision(msgspec.Struct, frozen=True):
    """One of the states the file went through, each kept inside it: what was added, and where that ends."""

    kind: Literal["document", "signature", "stamp", "data"]
    field: str
    end: int  # bytes from the start of the file


class Report(msgspec.Struct, frozen=True):
    state: State
    reason: str
    signatures: tuple[Signature, ...] = ()
    keywords: tuple[str, ...] = ()
    sha256: str = ""
    stamps: tuple[Stamp, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def until(self) -> int:
        """UTC milliseconds: when the first of its proofs runs out."""
        return min((one.until for one in self.signatures), default=0)


class Evidence(msgspec.Struct, frozen=True):
    """What the archive has to keep of a judgement: certificates and revocation lists it rested on, DER."""

    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
