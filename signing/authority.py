"""The installation's own certificate authority: root, issuing authority, certificates, CRL; by `cryptography`.

Keys and time are given. Every certificate says in its subject when it comes from a demonstration. Profiles follow
RFC 5280: people sign with non-repudiation, the timestamp authority has its one critical purpose (RFC 3161, 2.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import algorithms
from .algorithms import Private, Public
from .model import Kind, Trust

E = TypeVar("E", bound=x509.ExtensionType)
Use = Literal["person", "seal", "timestamp", "node"]

ROOT_KIND = "p384"  # of root and issuing authority, which last long
ROOT_DAYS, ISSUING_DAYS, STAMP_DAYS, LEAF_DAYS, CRL_DAYS = 7300, 3650, 1825, 1095, 7
ROOT_LIST_DAYS = 400  # of a root that lies elsewhere and is brought once a year
NODE_PURPOSE = x509.ObjectIdentifier(
    "1.3.6.1.4.1.99999.3161.2"
)  # to state as a node; a placeholder arc, as POLICY's is
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
class Away:
    """A root whose key lies elsewhere, under a passphrase: its certificate, and the list it signed last, DER."""

    certificate: x509.Certificate
    list: bytes

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True)
class Authority:
    """`node`: what this machine itself says is signed with: checkpoints, receipts, codes on paper. `older`: issuing
    authorities of before, which still tell what of theirs was revoked; `former`: the node's certificates of before."""

    root: Holder | Away
    issuing: Holder
    timestamp: Holder
    node: Holder
    older: tuple[Holder, ...] = ()
    former: tuple[Holder, ...] = ()

    @property
    def issuers(self) -> tuple[Holder, ...]:
        return (self.issuing, *self.older)

    def chain_of(self, certificate: x509.Certificate) -> tuple[bytes, ...]:
        """DER of the certificates above a leaf, without the root: by who did sign it, as others have our names too."""
        return tuple(one.der for one in self.issuers if is_issued_by(certificate, one.certificate))

    @property
    def chain(self) -> list[bytes]:
        """The same of the timestamp authority's certificate."""
        return list(self.chain_of(self.timestamp.certificate))


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
    name = subject("bacap: chứng thư gốc", organization, unique=_mark(key.public_key()))
    root = Holder(
        _builder(name, name, key.public_key(), now, ROOT_DAYS, key.public_key())
        .add_extension(x509.BasicConstraints(True, 1), True)
        .add_extension(_usage(certifies=True), True)
        .sign(key, algorithms.hash_for(key)),
        key,
    )
    issuing = _issuing(root, organization, 1, now)
    return Authority(root, issuing, _stamping(issuing, organization, now), of_node(issuing, organization, now))


def _mark(public: Public) -> str:
    """Of an authority's name: no two installations have the same."""
    return x509.SubjectKeyIdentifier.from_public_key(public).digest.hex()[:16]


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def renew(held: Authority, now: datetime, *, node_revoked: bool = False) -> Authority:
    """HELD, with a next certificate for what would soon be too short for what it has to certify; HELD itself where
    nothing is due, or where the root that would have to certify it is away. People's and seals' certificates are their
    holders' own business."""
    organization, made = organization_of(held.root.certificate), held
    if isinstance(held.root, Holder) and is_issuing_due(held, now):
        issuing = _issuing(held.root, organization, len(held.issuers) + 1, now)
        made = replace(made, issuing=issuing, older=held.issuers)
    if _left(made.timestamp, now) < timedelta(days=STAMP_DAYS // 2):
        made = replace(made, timestamp=_stamping(made.issuing, organization, now))
    if node_revoked or _left(made.node, now) < timedelta(days=STAMP_DAYS // 2):
        made = replace(made, node=of_node(made.issuing, organization, now), former=(made.node, *made.former))
    return made


def organization_of(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def is_issuing_due(held: Authority, now: datetime) -> bool:
    """Would a timestamp certificate issued NOW outlast the one that issues it?"""
    return _left(held.issuing, now) < timedelta(days=STAMP_DAYS)


def _left(holder: Holder, now: datetime) -> timedelta:
    return holder.certificate.not_valid_after_utc - now


def _issuing(root: Holder, organization: str, generation: int, now: datetime) -> Holder:
    """Under a name of its own, so that nobody takes one's revocation list for another's."""
    key = new_key(ROOT_KIND)
    told = " ".join(("bacap: cấp chứng thư", *([str(generation)] if generation > 1 else [])))
    name = subject(told, organization, unique=_mark(key.public_key()))
    builder = _builder(
        name, root.certificate.subject, key.public_key(), now, ISSUING_DAYS, root.key.public_key()
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(True, 0), True).add_extension(_usage(certifies=True), True)
    return Holder(builder.sign(root.key, algorithms.hash_for(root.key)), key)


def _stamping(issuing: Holder, organization: str, now: datetime) -> Holder:
    key = new_key()
    name = subject("bacap: dấu thời gian", organization)
    return Holder(issue(issuing, name, key.public_key(), "timestamp", now, STAMP_DAYS), key)


def of_node(issuing: Holder, organization: str, now: datetime) -> Holder:
    """P-256: short enough for a code on paper, and every browser checks it."""
    key = new_key("p256")
    return Holder(
        issue(issuing, subject("bacap: máy chủ", organization), key.public_key(), "node", now, STAMP_DAYS), key
    )


def issue(
    issuing: Holder, name: x509.Name, public: Public, use: Use, now: datetime, days: int = LEAF_DAYS
) -> x509.Certificate:
    """A certificate for PUBLIC."""
    builder = _builder(name, issuing.certificate.subject, public, now, days, issuing.key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(False, None), True)
    builder = builder.add_extension(_usage(signs=True, commits=use != "timestamp"), True)
    if use in PURPOSES:
        builder = builder.add_extension(x509.ExtendedKeyUsage([PURPOSES[use]]), True)
    return builder.sign(issuing.key, algorithms.hash_for(issuing.key))


PURPOSES: dict[Use, x509.ObjectIdentifier] = {"timestamp": ExtendedKeyUsageOID.TIME_STAMPING, "node": NODE_PURPOSE}


def is_node(certificate: x509.Certificate) -> bool:
    """May it state as a node? No person's or seal's certificate may."""
    purposes = extension(certificate, x509.ExtendedKeyUsage)
    return purposes is not None and NODE_PURPOSE in purposes


def extension(of: x509.Certificate | x509.CertificateRevocationList, kind: type[E]) -> E | None:
    """What is said in an extension of this KIND; None where it is not there, and where some extension cannot be read or
    is there twice (RFC 5280, 4.2)."""
    try:
        return of.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return None


Reason = Literal["key-compromise", "affiliation-changed", "superseded", "cessation", "privilege-withdrawn"]
REASONS: dict[str, x509.ReasonFlags] = {  # RFC 5280, 5.3.1
    "key-compromise": x509.ReasonFlags.key_compromise,
    "affiliation-changed": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "cessation": x509.ReasonFlags.cessation_of_operation,
    "privilege-withdrawn": x509.ReasonFlags.privilege_withdrawn,
}


@dataclass(frozen=True, slots=True)
class Revocation:
    serial: int
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified

    @classmethod
    def of(cls, serial: str, at: int, reason: str = "") -> Revocation:
        """As it is kept: SERIAL in hexadecimal, AT in UTC milliseconds, REASON one of Reason's words."""
        return cls(
            int(serial, 16), datetime.fromtimestamp(at / 1000, UTC), REASONS.get(reason, x509.ReasonFlags.unspecified)
        )


def trust_in(held: Authority, revoked: Iterable[Revocation], now: datetime, kind: Kind) -> Trust:
    """Our own authority, of which KIND it is, as others should judge it NOW, with REVOKED on its list."""
    number, told = int(now.timestamp() * 1000), tuple(revoked)
    lists = (
        held.root.list if isinstance(held.root, Away) else revocation_list(held.root, (), number, now),
        *(revocation_list(one, told, number, now) for one in held.issuers),
    )
    return Trust((held.root.der,), tuple(one.der for one in held.issuers), lists, (kind,))


def revocation_list(
    issuer: Holder, revoked: Iterable[Revocation], number: int, now: datetime, days: int = CRL_DAYS
) -> bytes:
    """A CRL, DER, good for DAYS from NOW."""
    builder = (
        x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        .last_update(now).next_update(now + timedelta(days=days))
        .add_extension(x509.CRLNumber(number), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
    )  # fmt: skip
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
        if one.reason is not x509.ReasonFlags.unspecified:  # which is told by saying nothing (RFC 5280, 5.3.1)
            entry = entry.add_extension(x509.CRLReason(one.reason), False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, algorithms.hash_for(issuer.key)).public_bytes(Encoding.DER)
