"""How a holder comes by a certificate: issued here, brought as PKCS#12, asked of another authority by PKCS#10, or for a
key in a token. Whatever comes from elsewhere has to lead to an anchor that is trusted here, and bear the holder's name.

The holder of a `person` certificate is a person, of a `seal` a unit. A key in a file lies under a passphrase only its
holder knows; one in a token never leaves it.
"""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key, load_der_public_key
from cryptography.x509.oid import NameOID

from store import journal
from store.chain import Actor, Draft
from store.db import Connection, Database, Row
from store.errors import Missing, Refused
from store.journal import Command
from store.world import World

from . import algorithms, authority, keys, records
from .algorithms import Private
from .authority import Use, extension, is_issued_by, is_node
from .model import Trust
from .pkcs12 import Opened
from .stamping import Safe

STREAM = "authority"
Open = Callable[[bytes, str], Awaitable[Opened]]
LARGEST = 64 * 1024  # of a file with a key or certificates
DEPTH = 6


class Enrolment:
    """`trust`: what is trusted now; `open_`: opens a PKCS#12 file where that may take its time."""

    def __init__(
        self, database: Database, world: World, node: str, safe: Safe, trust: Callable[[], Awaitable[Trust]],
        open_: Open,
    ) -> None:  # fmt: skip
        self._database = database
        self._world = world
        self._node = node
        self._safe = safe
        self._trust = trust
        self._open = open_

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._world.now().utc_ms / 1000, UTC)

    async def _demand_none(self, use: Use, holder: str) -> None:
        await self._database.read(self._demand_none_in, use, holder)

    def _demand_none_in(self, conn: Connection, use: Use, holder: str) -> None:
        if records.certificate_of(conn, use, holder, self._world.now().utc_ms):
            raise Refused("certificate-exists")

    async def issue(self, use: Use, holder: str, name: x509.Name, passphrase: str, actor: Actor) -> str:
        """A key sealed under PASSPHRASE, and its certificate by our own authority; returns the serial. Raises Refused
        `certificate-exists`, `passphrase-short`."""
        await self._demand_none(use, holder)
        key = authority.new_key()
        sealed = await asyncio.to_thread(keys.seal, key, passphrase)  # scrypt, on purpose slow
        return await self._keep(use, holder, self._certified(name, key.public_key(), use), "file", actor, sealed)

    async def certify(self, use: Use, holder: str, name: x509.Name, public: bytes, kept: str, actor: Actor) -> bytes:
        """A certificate of our own authority for a key in a token, PUBLIC its SubjectPublicKeyInfo, DER; that it is
        there, the caller has seen. Raises Refused `certificate-exists`, `key-unfit`."""
        await self._demand_none(use, holder)
        try:
            key = load_der_public_key(public)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Refused("key-unfit") from error
        algorithms.scheme_of(key)
        made = self._certified(name, key, use)
        await self._keep(use, holder, made, kept, actor, None)
        return made.public_bytes(Encoding.DER)

    async def bring(
        self, use: Use, holder: str, name: str, data: bytes, password: str, passphrase: str, actor: Actor
    ) -> str:
        """Key and certificate out of a PKCS#12 file; the key is sealed anew under PASSPHRASE. Raises Refused
        `pkcs12-unreadable`, and as `issue` and `_admit` do."""
        await self._demand_none(use, holder)
        opened = await self._open(data, password)
        certificate, key = x509.load_der_x509_certificate(opened.certificate), load_der_private_key(opened.key, None)
        assert isinstance(key, Private)
        await self._admit(certificate, name)
        sealed = await asyncio.to_thread(keys.seal, key, passphrase)
        return await self._keep(use, holder, certificate, "file", actor, sealed)

    async def ask(self, use: Use, holder: str, name: x509.Name, passphrase: str, actor: Actor) -> bytes:
        """A new key under PASSPHRASE, and the request for a certificate that another authority is to answer (PKCS#10,
        PEM). One asked before is void."""
        await self._demand_none(use, holder)
        key = authority.new_key()
        sealed = await asyncio.to_thread(keys.seal, key, passphrase)
        asked = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, algorithms.hash_for(key))

        def use_(conn: Connection) -> None:
            self._demand_none_in(conn, use, holder)
            records.put_request(
                conn, use=use, holder=holder, kept="file", sealed_key=sealed,
                request=asked.public_bytes(Encoding.DER), created=self._world.now().utc_ms,
            )  # fmt: skip
            self._record(conn, actor, "certificate-asked", {"use": use, "holder": holder})

        await self._database.write(use_)
        return asked.public_bytes(Encoding.PEM)

    async def request_of(self, use: Use, holder: str) -> Row | None:
        return await self._database.read(records.request_of, use, holder)

    async def answer(self, use: Use, holder: str, name: str, data: bytes, actor: Actor) -> str:
        """The certificate that another authority gave to our request, PEM or DER. Raises Missing `no-such-request`,
        Refused `request-other`, and as `_admit` does."""
        row = await self.request_of(use, holder)
        if row is None:
            raise Missing("no-such-request")
        found = read_certificates(data)
        public = x509.load_der_x509_csr(row.request).public_key()
        certificate = next((one for one in found if _has_key(one, public)), None)
        if certificate is None:
            raise Refused("request-other")
        await self._admit(certificate, name)
        return await self._keep(use, holder, certificate, row.kept, actor, row.sealed_key)

    async def accept(self, use: Use, holder: str, name: str, held: Iterable[bytes], kept: str, actor: Actor) -> str:
        """Of the certificates that a token HELD (DER), the one of its holder. Raises Refused `token-nobodys` where none
        is fit, with what is wrong with the last."""
        await self._demand_none(use, holder)
        why = ""
        for der in held:
            try:
                [certificate] = read_certificates(der)
                if _is_authority(certificate):
                    continue
                await self._admit(certificate, name)
            except Refused as refusal:
                why = refusal.code
                continue
            return await self._keep(use, holder, certificate, kept, actor, None)
        raise Refused(why or "token-nobodys", name=name)

    def _certified(self, name: x509.Name, public: Any, use: Use) -> x509.Certificate:
        return authority.issue(self._safe.authority.issuing, name, public, use, self._now())

    async def _admit(self, certificate: x509.Certificate, name: str) -> None:
        """Raises Refused `key-unfit`, `certificate-purpose`, `certificate-ended`, `certificate-stranger`,
        `certificate-name`."""
        algorithms.scheme_of(algorithms.key_of(certificate))
        if not _may_sign(certificate) or is_node(certificate):
            raise Refused("certificate-purpose")
        if not certificate.not_valid_before_utc <= self._now() < certificate.not_valid_after_utc:
            raise Refused("certificate-ended")
        trust: Trust = await self._trust()
        if not await asyncio.to_thread(path_of, certificate, trust):
            raise Refused("certificate-stranger", issuer=certificate.issuer.rfc4514_string()[:200])
        if not is_same_name(_common_name(certificate), name):
            raise Refused("certificate-name", found=_common_name(certificate)[:200], name=name)

    async def _keep(
        self, use: Use, holder: str, certificate: x509.Certificate, kept: str, actor: Actor, sealed: bytes | None
    ) -> str:
        der = certificate.public_bytes(Encoding.DER)
        outside = not any(is_issued_by(certificate, one.certificate) for one in self._safe.authority.issuers)
        # Authorities of others count for themselves: their numbers may be ours too.
        serial = f"x{hashlib.sha256(der).hexdigest()[:39]}" if outside else f"{certificate.serial_number:x}"

        def use_(conn: Connection) -> None:
            if records.certificate(conn, serial) is not None:
                raise Refused("certificate-exists")
            self._demand_none_in(conn, use, holder)  # another way may have been quicker
            records.put_certificate(
                conn, serial=serial, use=use, holder=holder, subject=certificate.subject.rfc4514_string(),
                der=der, sealed_key=sealed, kept=kept, outside=outside,
                begins=int(certificate.not_valid_before_utc.timestamp() * 1000),
                ends=int(certificate.not_valid_after_utc.timestamp() * 1000),
            )  # fmt: skip
            records.drop_request(conn, use, holder)
            kind = "certificate-brought" if outside else "certificate-issued"
            self._record(conn, actor, kind, {"serial": serial, "use": use, "holder": holder, "kept": kept})

        await self._database.write(use_)
        return serial

    def _record(self, conn: Connection, actor: Actor, kind: str, body: dict[str, str]) -> None:
        now = self._world.now().utc_ms
        journal.note(conn, STREAM, STREAM, self._node, [Draft(kind, body)], Command(actor), now, self._world.random)


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """PEM or DER. Raises Refused `chain-unreadable`."""
    try:
        if data.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError as error:
        raise Refused("chain-unreadable") from error


def path_of(certificate: x509.Certificate, trust: Trust) -> list[x509.Certificate]:
    """From CERTIFICATE up to an anchor, by signatures; nothing where none leads there. (Revocation is asked when
    something is judged.)"""
    above = [x509.load_der_x509_certificate(der) for der in (*trust.between, *trust.anchors)]
    paths, met = [[certificate]], {certificate}  # the shortest first; a cross-certified authority has several ways up
    for path in paths:
        if path[-1].public_bytes(Encoding.DER) in trust.anchors:
            return path
        following = [one for one in above if one not in met and _issued(path[-1], one)] if len(path) <= DEPTH else []
        met.update(following)
        paths += [[*path, one] for one in following]
    return []


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    return _is_authority(by) and is_issued_by(certificate, by)


def _has_key(certificate: x509.Certificate, public: Any) -> bool:
    try:
        return bool(algorithms.key_of(certificate) == public)
    except Refused:  # of a kind that nobody here asked a certificate for
        return False


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _may_sign(certificate: x509.Certificate) -> bool:
    """For non-repudiation, as the check asks of every signer; and not for others' certificates."""
    usage = extension(certificate, x509.KeyUsage)
    return usage is not None and usage.content_commitment


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def is_same_name(one: str, other: str) -> bool:
    """As people read them: composed, in one case, with single blanks. Marks count: they tell people apart."""
    plain = [" ".join(unicodedata.normalize("NFC", name).casefold().split()) for name in (one, other)]
    return bool(plain[0]) and plain[0] == plain[1]
