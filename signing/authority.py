"""The installation's own certificate authority: root, issuing authority, certificates, CRL; by `cryptography`.

Keys and time are given. Every certificate says in its subject when it comes from a demonstration. Profiles follow
RFC 5280: people sign with non-repudiation, the timestamp authority has its one critical purpose (RFC 3161, 2.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import algorithms
from .algorithms import Private, Public
from .model import Kind, Trust

Use = Literal["person", "seal", "timestamp"]

ROOT_KIND = "p384"  # of root and issuing authority, which last long
ROOT_DAYS, ISSUING_DAYS, STAMP_DAYS, LEAF_DAYS, CRL_DAYS = 7300, 3650, 1825, 1095, 7
BACKDATED = timedelta(minutes=5)  # for clocks of others that run a little late


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Private

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True)
class Authority:
    root: Holder
    issuing: Holder
    timestamp: Holder

    @property
    def chain(self) -> list[bytes]:
        """DER of the certificates above a leaf, without the root."""
        return [self.issuing.der]


def new_key(kind: str = algorithms.DEFAULT) -> Private:
    """A key of one of algorithms.KINDS."""
    return algorithms.KINDS[kind]()


def subject(common_name: str, organization: str, title: str = "", unique: str = "") -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organization)]
    parts += [(NameOID.TITLE, title)] if title else []
    parts += [(NameOID.SERIAL_NUMBER, unique)] if unique else []
    parts.append((NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(oid, value.encode()[:64].decode(errors="ignore")) for oid, value in parts])


def _usage(*, signs: bool = False, commits: bool = False, certifies: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=commits, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=certifies, crl_sign=certifies, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _builder(
    name: x509.Name, issuer: x509.Name, public: Public, begins: datetime, days: int,
    above: CertificateIssuerPublicKeyTypes,
) -> x509.CertificateBuilder:  # fmt: skip
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - BACKDATED).not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), False)
    )  # fmt: skip


def found(organization: str, now: datetime) -> Authority:
    """A new authority: root, issuing authority below it, timestamp certificate."""
    key = new_key(ROOT_KIND)
    name = subject("bacap: chứng thư gốc", organization)
    root = Holder(
        _builder(name, name, key.public_key(), now, ROOT_DAYS, key.public_key())
        .add_extension(x509.BasicConstraints(True, 1), True)
        .add_extension(_usage(certifies=True), True)
        .sign(key, algorithms.hash_for(key)),
        key,
    )
    key = new_key(ROOT_KIND)
    issued = _builder(
        subject("bacap: cấp chứng thư", organization), name, key.public_key(), now, ISSUING_DAYS,
        root.key.public_key(),
    )  # fmt: skip
    issuing = Holder(
        issued.add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(_usage(certifies=True), True)
        .sign(root.key, algorithms.hash_for(root.key)),
        key,
    )
    stamp_key = new_key()
    name = subject("bacap: dấu thời gian", organization)
    stamp = issue(issuing, name, stamp_key.public_key(), "timestamp", now, STAMP_DAYS)
    return Authority(root, issuing, Holder(stamp, stamp_key))


def issue(
    issuing: Holder, name: x509.Name, public: Public, use: Use, now: datetime, days: int = LEAF_DAYS
) -> x509.Certificate:
    """A certificate for PUBLIC."""
    builder = _builder(name, issuing.certificate.subject, public, now, days, issuing.key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(False, None), True)
    builder = builder.add_extension(_usage(signs=True, commits=use != "timestamp"), True)
    if use == "timestamp":
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return builder.sign(issuing.key, algorithms.hash_for(issuing.key))


@dataclass(frozen=True, slots=True)
class Revocation:
    serial: int
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified

    @classmethod
    def of(cls, serial: str, at: int) -> Revocation:
        """As it is kept: SERIAL in hexadecimal, AT in UTC milliseconds."""
        return cls(int(serial, 16), datetime.fromtimestamp(at / 1000, UTC))


def trust_in(held: Authority, revoked: Iterable[Revocation], now: datetime, kind: Kind) -> Trust:
    """Our own authority, of which KIND it is, as others should judge it NOW, with REVOKED on its list."""
    number = int(now.timestamp() * 1000)
    lists = (
        revocation_list(held.root, (), number, now),
        revocation_list(held.issuing, revoked, number, now),
    )
    return Trust((held.root.der,), (held.issuing.der,), lists, (kind,))


def revocation_list(issuer: Holder, revoked: Iterable[Revocation], number: int, now: datetime) -> bytes:
    """A CRL, DER, good for CRL_DAYS from NOW."""
    builder = (
        x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        .last_update(now).next_update(now + timedelta(days=CRL_DAYS))
        .add_extension(x509.CRLNumber(number), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
    )  # fmt: skip
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
        builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(one.reason), False).build())
    return builder.sign(issuer.key, algorithms.hash_for(issuer.key)).public_bytes(Encoding.DER)
