"""Certificates for people and seals, signing in stored steps, judging a document: what the tiers above ask for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from store import journal
from store.blobs import Blobs
from store.chain import Actor, Draft
from store.db import Connection, Database, Row
from store.errors import Missing, Refused, Unavailable
from store.journal import Command
from store.world import VIETNAM, World, new_id

from . import anchors, authority, keys, keystore, records
from .authority import Revocation, Use
from .keys import KeyHolder
from .model import Field, Pending, Report, Signatory, Trust
from .stamping import Ask, Safe, Stamps

STREAM = "authority"
CLOCKS_APART_MS = 300_000


def is_timely(stamped: int, received: int) -> bool:
    """Is a timestamp of about the moment at which we had the signature in hand (UTC ms)?"""
    return abs(stamped - received) <= CLOCKS_APART_MS


def revoke(
    conn: Connection, serial: str, reason: str, actor: Actor, node: str, now: int, random: Callable[[int], bytes]
) -> None:
    """In the caller's transaction; once is for good, and the first moment stands. Raises Missing."""
    row = records.certificate(conn, serial)
    if row is None:
        raise Missing("certificate")
    if not row.revoked_at:
        records.revoke(conn, serial, now, reason)
        body = {"serial": serial, "reason": reason}
        journal.note(conn, STREAM, STREAM, node, [Draft("certificate-revoked", body)], Command(actor), now, random)


class Bench(Protocol):
    """Where files are opened: the workshop, seen from here."""

    async def lay(self, pdf: bytes, fields: tuple[Field, ...]) -> bytes: ...

    async def prepare(
        self, pdf: bytes, field: str, who: Signatory, picture: bytes, at: datetime, *, first: bool, stamp: int
    ) -> tuple[bytes, Pending]: ...

    async def embed(
        self, prepared: bytes, pending: Pending, who: Signatory, signature: bytes, stamp: bytes
    ) -> bytes: ...

    async def reserve(self, pdf: bytes, trust: Trust, now: datetime, stamp: int) -> tuple[bytes, Pending]: ...

    async def fill(self, reserved: bytes, pending: Pending, stamp: bytes) -> bytes: ...

    async def verify(self, pdf: bytes, trust: Trust, now: datetime) -> Report: ...


class Signing:
    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        world: World,
        node: str,
        safe: Safe,
        bench: Bench,
        ask: Ask | None = None,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._world = world
        self._node = node
        self.safe = safe
        self.bench = bench
        self.stamps = Stamps(safe, world, ask)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._world.now().utc_ms / 1000, UTC)

    # ── certificates ──

    async def certificate_of(self, use: Use, holder: str) -> Row | None:
        return await self._database.read(records.certificate_of, use, holder, self._world.now().utc_ms)

    async def issued(self) -> list[Row]:
        """Every certificate of people and seals, the latest first."""
        return await self._database.read(records.issued)

    async def issue(self, use: Use, holder: str, name: x509.Name, passphrase: str, actor: Actor) -> str:
        """A key sealed under PASSPHRASE, and its certificate; returns the serial. Raises Refused."""
        if await self.certificate_of(use, holder):
            raise Refused("certificate-exists")
        key = authority.new_key()
        sealed = await asyncio.to_thread(keys.seal, key, passphrase)  # scrypt, on purpose slow
        certificate = authority.issue(self.safe.authority.issuing, name, key.public_key(), use, self._now())
        serial = f"{certificate.serial_number:x}"

        def use_(conn: Connection) -> None:
            records.put_certificate(
                conn, serial=serial, use=use, holder=holder, subject=name.rfc4514_string(),
                der=certificate.public_bytes(Encoding.DER), sealed_key=sealed,
                begins=int(certificate.not_valid_before_utc.timestamp() * 1000),
                ends=int(certificate.not_valid_after_utc.timestamp() * 1000),
            )  # fmt: skip
            body = {"serial": serial, "use": use, "holder": holder}
            self._record(conn, actor, Draft("certificate-issued", body))

        await self._database.write(use_)
        return serial

    async def revoke(self, serial: str, reason: str, actor: Actor) -> None:
        """Nothing can be signed with it from now on. What was signed before stays valid where a timestamp tells so.
        Raises Missing."""
        now = self._world.now().utc_ms
        await self._database.write(revoke, serial, reason, actor, self._node, now, self._world.random)

    async def renew_authority(self) -> None:
        """The authority's own certificates, well before they run out; and as they lie on disk, where the root was put
        away or brought meanwhile."""
        if self.safe.folder is not None:
            self.safe.authority = await asyncio.to_thread(keystore.read_authority, self.safe.folder)
        held = self.safe.authority
        made = await asyncio.to_thread(authority.renew, held, self._now())
        if made is held:
            return
        if self.safe.folder is not None:
            await asyncio.to_thread(keystore.keep_renewed, self.safe.folder, held, made)
        self.safe.authority = made
        body = {part: f"{getattr(made, part).certificate.serial_number:x}" for part in ("issuing", "timestamp")}
        system = Actor("system", "bacap")
        await self._database.write(lambda conn: self._record(conn, system, Draft("authority-renewed", body)))

    def _record(self, conn: Connection, actor: Actor, draft: Draft) -> None:
        now = self._world.now().utc_ms
        journal.note(conn, STREAM, STREAM, self._node, [draft], Command(actor), now, self._world.random)

    # ── signing ──

    async def begin(self, pdf: bytes, field: str, serial: str, picture: bytes, *, first: bool) -> str:
        """Prepare and store the step that waits for the key; returns its id. Raises Refused `certificate-none`."""
        row = await self._database.read(records.certificate, serial)
        if row is None or row.revoked_at:
            raise Refused("certificate-none")
        at = self._now().astimezone(VIETNAM)
        prepared, pending = await self.bench.prepare(
            pdf, field, self._signatory(row), picture, at, first=first, stamp=self.stamps.longest()
        )
        sha256, step = await self._blobs.keep(prepared), new_id(self._world)
        shown = hashlib.sha256(pdf).hexdigest()
        await self._database.write(
            records.put_step, id=step, document=shown, certificate=serial, prepared=sha256,
            pending=msgspec.msgpack.encode(pending), created=self._world.now().utc_ms,
        )  # fmt: skip
        return step

    def _signatory(self, row: Row) -> Signatory:
        return Signatory(row.der, self.safe.authority.chain_of(x509.load_der_x509_certificate(row.der)))

    async def complete(self, step: str, key: KeyHolder) -> bytes:
        """The signed document: signature by KEY, timestamp, embedded, and judged by our own rules before it leaves."""
        row = await self._database.read(records.step, step)
        if row is None:
            raise Missing("signing-step")
        certificate = await self._database.read(records.certificate, row.certificate)
        assert certificate is not None
        if certificate.revoked_at:
            raise Refused("certificate-none")
        pending = msgspec.msgpack.decode(row.pending, type=Pending)
        signature = await key.sign(pending.attributes)
        stamp = await self.stamps.token(hashlib.sha256(signature).digest(), self._now())
        prepared = await self._blobs.load(row.prepared)
        signed = await self.bench.embed(prepared, pending, self._signatory(certificate), signature, stamp)
        report = await self.verify(signed)
        if report.state != "valid":
            raise Unavailable("own-signature", reason=report.reason)
        stamped = next(one.at for one in report.signatures if one.field == pending.field)
        if not is_timely(stamped, self._world.now().utc_ms):
            raise Unavailable("timestamp-clock")
        await self._database.write(records.drop_step, step)
        return signed

    async def sign_with_file_key(
        self, pdf: bytes, field: str, serial: str, passphrase: str, picture: bytes, *, first: bool
    ) -> bytes:
        """Both steps at once, for a key on file. Raises Refused `passphrase-wrong` before anything is prepared."""
        row = await self._database.read(records.certificate, serial)
        if row is None or row.sealed_key is None:
            raise Refused("certificate-none")
        key = keys.FileKey(row.sealed_key, passphrase)
        await key.sign(b"")  # a wrong passphrase leaves no step behind
        return await self.complete(await self.begin(pdf, field, serial, picture, first=first), key)

    async def preserve(self, pdf: bytes) -> tuple[bytes, int]:
        """Level B-LTA, and until when it holds (UTC ms): evidence newer than the signatures, and an archive timestamp
        over all of it; again before that one runs out. Raises Refused `archive-unproved` for a file that is not valid
        as it stands."""
        reserved, pending = await self.bench.reserve(pdf, await self.trust(), self._now(), self.stamps.longest())
        made = await self.bench.fill(reserved, pending, await self.stamps.token(pending.digest, self._now()))
        report = await self.verify(made)
        if report.state != "valid" or {one.level for one in report.signatures} != {"B-LTA"}:
            raise Unavailable("own-signature", reason=report.reason)
        return made, report.until

    async def answer_timestamp(self, request: bytes) -> bytes:
        """To anybody's request of RFC 3161, our own authority's response; a refusal is one too."""
        return await self.stamps.answer(request, self._now())

    # ── judging ──

    async def trust(self) -> Trust:
        """Our own authority, with revocation lists as of now, and those of others that are trusted here."""
        rows = await self._database.read(records.revoked)
        revoked = [Revocation.of(row.serial, row.revoked_at, row.reason) for row in rows]
        ours = authority.trust_in(self.safe.authority, revoked, self._now(), self.safe.kind)
        if self.safe.trusted is None:
            return ours
        return anchors.joined(ours, await asyncio.to_thread(anchors.read, self.safe.trusted))

    async def verify(self, pdf: bytes) -> Report:
        report = await self.bench.verify(pdf, await self.trust(), self._now())
        return msgspec.structs.replace(report, sha256=hashlib.sha256(pdf).hexdigest())
