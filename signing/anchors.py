"""Authorities of others that this node trusts: certificates and revocation lists in a folder, as an operator put them.

`public-service/` and `internal/` hold PEM files (what signed itself is an anchor, the rest stands between), `lists/`
revocation lists. They are brought by hand, for nothing is fetched; a file that cannot be read is passed over and told.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from store.errors import Refused
from store.files import write_durably

from .authority import extension
from .model import Kind, Trust

log = logging.getLogger(__name__)

Other = Literal["public-service", "internal"]
LISTS = "lists"


def read(folder: Path) -> Trust:
    """All of it, as it is now."""
    anchors: dict[bytes, Kind] = {}
    between: list[bytes] = []
    for kind in get_args(Other):
        for path in sorted((folder / kind).glob("*.pem")):
            for der, is_anchor in _certificates(path):
                if is_anchor:
                    anchors.setdefault(der, kind)
                else:
                    between.append(der)
    lists = tuple(der for path in sorted((folder / LISTS).glob("*.crl")) for der in _list(path))
    return Trust(tuple(anchors), tuple(dict.fromkeys(between)), lists, tuple(anchors.values()))


def joined(ours: Trust, others: Trust) -> Trust:
    """Both; whatever is in both counts as ours."""
    more = {der: kind for der, kind in zip(others.anchors, others.kinds, strict=True) if der not in ours.anchors}
    return Trust(
        (*ours.anchors, *more), (*ours.between, *others.between), (*ours.lists, *others.lists),
        (*ours.kinds, *more.values()),
    )  # fmt: skip


def add(folder: Path, kind: Other, pem: bytes) -> list[str]:
    """Keep the certificates of a PEM file; the names of the anchors among them. Raises Refused `chain-unreadable`, and
    `chain-rootless` where none of them signed itself."""
    try:
        found = x509.load_pem_x509_certificates(pem)
        names = [one.subject.rfc4514_string() for one in found if _is_anchor(one)]
    except ValueError as error:
        raise Refused("chain-unreadable") from error
    if not names:
        raise Refused("chain-rootless")
    write_durably(folder / kind / f"{hashlib.sha256(pem).hexdigest()[:16]}.pem", pem)
    return names


def add_list(folder: Path, raw: bytes) -> str:
    """Keep a revocation list, DER or PEM, in the place of an older one of the same authority; the authority's name.
    Raises Refused `list-unreadable`."""
    try:
        made = x509.load_pem_x509_crl(raw) if raw.startswith(b"-----") else x509.load_der_x509_crl(raw)
        issuer, der = made.issuer, made.public_bytes(Encoding.DER)
        made.last_update_utc  # noqa: B018  (read it now: what cannot be read later is of no use)
    except ValueError as error:
        raise Refused("list-unreadable") from error
    name = hashlib.sha256(issuer.public_bytes() + _key_of(made)).hexdigest()[:16]
    write_durably(folder / LISTS / f"{name}.crl", der)
    return issuer.rfc4514_string()


def _key_of(made: x509.CertificateRevocationList) -> bytes:
    """Whose list it is, where two authorities have one name."""
    named = extension(made, x509.AuthorityKeyIdentifier)
    return (named and named.key_identifier) or b""


def _is_anchor(certificate: x509.Certificate) -> bool:
    """Did it sign itself?"""
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _certificates(path: Path) -> Iterator[tuple[bytes, bool]]:
    try:
        for one in x509.load_pem_x509_certificates(path.read_bytes()):
            yield one.public_bytes(Encoding.DER), _is_anchor(one)
    except (OSError, ValueError) as error:
        log.warning("%s is passed over: %s", path, error)


def _list(path: Path) -> Iterator[bytes]:
    try:
        yield x509.load_der_x509_crl(path.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError) as error:
        log.warning("%s is passed over: %s", path, error)
