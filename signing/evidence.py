"""What a verifier may rest on at some moment: anchors, certificates, and revocation lists that were current then.

Lists come from two places: those given with the trust, and those the file brings (its Document Security Store), which
count for a past moment only where an archive timestamp proves that they were there. Nothing is fetched.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from . import asn1
from .model import Trust
from .signer import parsed

TOLERANCE = timedelta(seconds=60)
MOST, LARGEST = 400, 8 * 1024**2  # entries of a store, and bytes of all: ten renewals of three signatures take far less
WEAK = {"md2", "md5", "sha1"}


class Overfull(ValueError):
    """A file brings more evidence than any honest one needs."""


@asn1.remembered()
def _list(der: bytes) -> asn1_crl.CertificateList:
    return asn1_crl.CertificateList.load(der)


@dataclass(frozen=True, slots=True)
class Listed:
    """A revocation list with what is asked of it again and again."""

    der: bytes
    issuer: str
    begins: datetime
    ends: datetime
    read: asn1_crl.CertificateList = field(compare=False, repr=False)

    @classmethod
    def of(cls, der: bytes) -> Listed:
        read = _list(der)
        body = read["tbs_cert_list"]
        begins, ends = body["this_update"].native, body["next_update"].native
        return cls(der, body["issuer"].hashable, begins, ends or begins, read)


@dataclass(frozen=True, slots=True)
class Store:
    """Certificates and lists, DER."""

    certificates: tuple[bytes, ...] = ()
    lists: tuple[Listed, ...] = ()


def brought(handler: PdfHandler) -> Store:
    """The Document Security Store of a revision (ETSI EN 319 142-1, 5.4.2). Raises Overfull."""
    root = handler.root
    store = root["/DSS"] if "/DSS" in root else {}  # noqa: SIM401  (pyHanko's `get` follows no references)
    left = [MOST, LARGEST]

    def read(name: str) -> Iterable[bytes]:
        for entry in store[name] if name in store else ():  # noqa: SIM401
            data = entry.get_object().data
            left[0], left[1] = left[0] - 1, left[1] - len(data)
            if min(left) < 0:
                raise Overfull("store")
            yield data

    return Store(tuple(read("/Certs")), tuple(Listed.of(der) for der in read("/CRLs")))


def current(lists: Iterable[Listed], at: datetime) -> tuple[Listed, ...]:
    """The lists that were in force AT that moment."""
    return tuple(one for one in lists if one.begins - TOLERANCE <= at <= one.ends + TOLERANCE)


def context(trust: Trust, store: Store, lists: Iterable[Listed], at: datetime, *, past: bool) -> ValidationContext:
    """PAST: judge as of AT by lists that were issued later."""
    others = [parsed(der) for der in (*trust.between, *store.certificates)]
    return ValidationContext(
        trust_roots=[parsed(der) for der in trust.anchors], other_certs=others,
        crls=[one.read for one in lists], moment=at, allow_fetching=False, revocation_mode="require",
        retroactive_revinfo=past, time_tolerance=TOLERANCE, weak_hash_algos=WEAK,
    )  # fmt: skip


def certificates_of(path: ValidationPath | None) -> list[asn1_x509.Certificate]:
    """From the signer's certificate up to the anchor."""
    return list(path)[::-1] if path is not None else []


def revoked_by(path: list[asn1_x509.Certificate], lists: Iterable[Listed], at: datetime) -> bool:
    """Does any of LISTS that its authority did sign name a certificate of PATH as revoked by AT?

    All are asked, not only the newest: an authority may drop what has run out (RFC 5280, 3.3).
    """
    held = list(lists)
    for certificate, above in itertools.pairwise(path):
        for one in held:
            if one.issuer != certificate.issuer.hashable:
                continue
            found = x509.load_der_x509_crl(one.der)
            entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc <= at and _is_signed(found, above):
                return True
    return False


def _is_signed(found: x509.CertificateRevocationList, by: asn1_x509.Certificate) -> bool:
    key: Any = x509.load_der_x509_certificate(by.dump()).public_key()
    try:
        return found.is_signature_valid(key)
    except (TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
