"""Signing in values: fields and steps of a signature, what is trusted, what was found. Pure, and light to import."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["valid", "not-valid", "cannot-tell"]


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
    """Whose signature it is to be: certificate and chain, DER."""

    certificate: bytes
    chain: tuple[bytes, ...]


class Trust(msgspec.Struct, frozen=True):
    """What is trusted, DER: anchors, certificates between, revocation lists."""

    anchors: tuple[bytes, ...]
    between: tuple[bytes, ...] = ()
    lists: tuple[bytes, ...] = ()


class Signature(msgspec.Struct, frozen=True):
    """One signature. `at` is the timestamp's time, UTC milliseconds, 0 where there is none."""

    field: str
    signer: str
    organization: str
    title: str
    at: int
    state: State
    reason: str  # code; "" when valid
    serial: str = ""


class Report(msgspec.Struct, frozen=True):
    state: State
    reason: str
    signatures: tuple[Signature, ...] = ()
    keywords: tuple[str, ...] = ()
    sha256: str = ""
