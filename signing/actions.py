"""Certificates for people and seals, signing in stored steps, judging a document: what the tiers above ask for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
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

from . import algorithms, anchors, authority, enrolment, keys, keystore, records
from .authority import Revocation, Use
from .keys import KeyHolder
from .model import Field, Pending, Report, Signatory, Trust
from .pkcs12 import Opened
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


@dataclass(frozen=True, slots=True)
class Errand:
    """What a signature is for: ABOUT what (an id of the tier above), by whom, and until when (UTC ms) a key elsewhere
    may take; 0: its key is at hand."""

    about: str = ""
    person: str = ""
    ends: int = 0


NO_ERRAND = Errand()


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

    async def open_pkcs12(self, data: bytes, password: str) -> Opened: ...


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
        self.enrolment = enrolment.Enrolment(database, world, node, safe, self.trust, bench.open_pkcs12)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._world.now().utc_ms / 1000, UTC)

    # ── certificates ──

    async def certificate_of(self, use: Use, holder: str) -> Row | None:
        return await self._database.read(records.certificate_of, use, holder, self._world.now().utc_ms)

    async def certificate(self, serial: str) -> Row:
        """Raises Missing."""
        row = await self._database.read(records.certificate, serial)
        if row is None:
            raise Missing("certificate")
        return row

    async def issued(self) -> list[Row]:
        """Every certificate of people and seals, the latest first."""
        return await self._database.read(records.issued)

    async def revoke(self, serial: str, reason: str, actor: Actor) -> None:
        """Nothing can be signed with it from now on. What was signed before stays valid where a timestamp tells so.
        Raises Missing."""
        now = self._world.now().utc_ms
        await self._database.write(revoke, serial, reason, actor, self._node, now, self._world.random)
        if serial == f"{self.safe.authority.node.certificate.serial_number:x}":
            await self.renew_authority()  # the node cannot do without

    def _list_nodes(self, conn: Connection) -> None:
        """The node's certificates are listed, and revoked, like all others."""
        for one in (self.safe.authority.node, *self.safe.authority.former):
            serial, made = f"{one.certificate.serial_number:x}", one.certificate
            if records.certificate(conn, serial) is None:
                records.put_certificate(
                    conn, serial=serial, use="node", holder=self._node, subject=made.subject.rfc4514_string(),
                    der=one.der, sealed_key=None, kept="server", outside=False,
                    begins=int(made.not_valid_before_utc.timestamp() * 1000),
                    ends=int(made.not_valid_after_utc.timestamp() * 1000),
                )  # fmt: skip

    async def node_certificates(self) -> list[x509.Certificate]:
        """Those with which this node states, and has; not those that were revoked."""
        held = self.safe.authority
        gone = {int(row.serial, 16) for row in await self._database.read(records.revoked)}
        certificates = [one.certificate for one in (held.node, *held.former)]
        return [one for one in certificates if one.serial_number not in gone]

    async def renew_authority(self) -> None:
        """The authority's own certificates, well before they run out; and as they lie on disk, where the root was put
        away or brought meanwhile."""
        if self.safe.folder is not None:
            self.safe.authority = await asyncio.to_thread(keystore.read_authority, self.safe.folder)
        held = self.safe.authority
        node = await self._database.read(records.certificate, f"{held.node.certificate.serial_number:x}")
        revoked = node is not None and bool(node.revoked_at)
        made = await asyncio.to_thread(authority.renew, held, self._now(), node_revoked=revoked)
        if made is held:
            await self._database.write(self._list_nodes)
            return
        if self.safe.folder is not None:
            await asyncio.to_thread(keystore.keep_renewed, self.safe.folder, held, made)
        self.safe.authority = made
        await self._database.write(self._list_nodes)
        body = {part: f"{getattr(made, part).certificate.serial_number:x}" for part in ("issuing", "timestamp")}
        system = Actor("system", "bacap")
        await self._database.write(lambda conn: self._record(conn, system, Draft("authority-renewed", body)))

    def _record(self, conn: Connection, actor: Actor, draft: Draft) -> None:
        now = self._world.now().utc_ms
        journal.note(conn, STREAM, STREAM, self._node, [draft], Command(actor), now, self._world.random)

    # ── signing ──

    async def begin(
        self, pdf: bytes, field: str, serial: str, picture: bytes, *, first: bool, errand: Errand = NO_ERRAND
    ) -> str:
        """Prepare and store the step that waits for the key; returns its id. Raises Refused `certificate-none`, and
        `signature-waits` where one is made already for the same errand."""
        row = await self._database.read(records.certificate, serial)
        if row is None or row.revoked_at:
            raise Refused("certificate-none")
        under_way = await self.under_way(errand.about) if errand.about else None
        if under_way is not None and under_way.signature is not None:
            raise Refused("signature-waits")
        at, who = self._now().astimezone(VIETNAM), await self._signatory(row)
        prepared, pending = await self.bench.prepare(
            pdf, field, who, picture, at, first=first, stamp=self.stamps.longest()
        )
        sha256, step = await self._blobs.keep(prepared), new_id(self._world)
        shown = hashlib.sha256(pdf).hexdigest()
        await self._database.write(
            records.put_step, id=step, document=shown, certificate=serial, prepared=sha256,
            pending=msgspec.msgpack.encode(pending), created=self._world.now().utc_ms, about=errand.about, field=field,
            person=errand.person, ends=errand.ends,
        )  # fmt: skip
        return step

    async def _signatory(self, row: Row) -> Signatory:
        certificate = x509.load_der_x509_certificate(row.der)
        if not row.outside:
            return Signatory(row.der, self.safe.authority.chain_of(certificate))
        path = enrolment.path_of(certificate, await self.trust())
        return Signatory(row.der, tuple(one.public_bytes(Encoding.DER) for one in path[1:-1]))

    async def under_way(self, about: str) -> Row | None:
        """The step of a signature that waits, for its key or for what comes behind it."""
        return await self._database.read(records.step_about, about)

    async def _step(self, step: str) -> tuple[Row, Row, Pending]:
        """A step, its certificate, what is pending. Raises Missing; Refused `certificate-none` for a revoked one."""
        row = await self._database.read(records.step, step)
        if row is None:
            raise Missing("signing-step")
        certificate = await self._database.read(records.certificate, row.certificate)
        assert certificate is not None
        if certificate.revoked_at:
            raise Refused("certificate-none")
        return row, certificate, msgspec.msgpack.decode(row.pending, type=Pending)

    async def sign(self, step: str, key: KeyHolder) -> None:
        """Have KEY sign what is pending, and keep the signature: from then on the key is not needed any more."""
        row, _, pending = await self._step(step)
        if row.signature is None:
            await self.give(step, await key.sign(pending.attributes))

    async def give(self, step: str, signature: bytes) -> None:
        """A signature that a key made, wherever that is. Raises Refused `signature-wrong` for one that is not over what
        is pending by the key of its certificate, `signing-late`, `signature-waits` for a second one; Missing."""
        row, certificate, pending = await self._step(step)
        if row.ends and self._world.now().utc_ms >= row.ends:
            raise Refused("signing-late")
        public = x509.load_der_x509_certificate(certificate.der).public_key()
        if not algorithms.scheme_of(public).fits(public, signature, pending.attributes):
            raise Refused("signature-wrong")
        if not await self._database.write(records.sign_step, step, signature):
            raise Refused("signature-waits")

    async def finish(self, step: str) -> bytes:
        """The signed document: timestamp, embedded, and judged by our own rules before it leaves. The step stays until
        the caller has put down what came of it. Raises Unavailable `timestamp-away` (later it may do),
        `own-signature`."""
        row, certificate, pending = await self._step(step)
        assert row.signature is not None
        stamp = await self.stamps.token(hashlib.sha256(row.signature).digest(), self._now())
        prepared, who = await self._blobs.load(row.prepared), await self._signatory(certificate)
        signed = await self.bench.embed(prepared, pending, who, row.signature, stamp)
        report = await self.verify(signed)
        if report.state != "valid":
            raise Unavailable("own-signature", reason=report.reason)
        stamped = next(one.at for one in report.signatures if one.field == pending.field)
        if not is_timely(stamped, self._world.now().utc_ms):
            raise Unavailable("timestamp-clock")
        return signed

    async def step(self, step: str) -> Row | None:
        return await self._database.read(records.step, step)

    async def waiting_for(self, person: str) -> list[Row]:
        """Steps that wait for a key of PERSON elsewhere, the oldest first."""
        return await self._database.read(records.steps_for, person, self._world.now().utc_ms)

    async def signed_steps(self) -> list[Row]:
        """Steps whose signature is made, and that got no further."""
        return await self._database.read(records.signed_steps)

    async def drop_stale(self) -> None:
        """Steps that no key answered in time come to nothing."""
        await self._database.write(records.drop_stale, self._world.now().utc_ms)

    def drop_all_in(self, conn: Connection, about: str) -> None:
        """In the caller's transaction: whatever was under way ABOUT it is over."""
        records.drop_steps_about(conn, about)

    async def drop(self, step: str) -> None:
        """It comes to nothing."""
        await self._database.write(records.drop_step, step)

    async def certify_on_server(self, use: Use, holder: str, name: x509.Name, actor: Actor) -> None:
        """A key made in the node's own token, and its certificate by our own authority, which goes into the token too.
        Raises Refused `token-none`, Unavailable `token-away`."""
        token = self.safe.token
        if token is None:
            raise Refused("token-none")
        label = self._world.random(8)
        public = await token.make(label)
        await token.keep(await self.enrolment.certify(use, holder, name, public, "server", actor), label)

    async def key_on_server(self, serial: str) -> KeyHolder:
        """Raises Refused `certificate-none`, `token-none`."""
        row = await self._database.read(records.certificate, serial)
        if row is None or row.kept != "server":
            raise Refused("certificate-none")
        if self.safe.token is None:
            raise Refused("token-none")
        return self.safe.token.key(row.der)

    async def key_on_file(self, serial: str, passphrase: str) -> KeyHolder:
        """Raises Refused `passphrase-wrong` before anything is prepared."""
        row = await self._database.read(records.certificate, serial)
        if row is None or row.sealed_key is None:
            raise Refused("certificate-none")
        key = keys.FileKey(row.sealed_key, passphrase)
        await key.sign(b"")  # a wrong passphrase leaves no step behind
        return key

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

    async def attest(self, data: bytes) -> bytes:
        """The node's own signature over DATA, detached CAdES with a timestamp, DER. Raises Unavailable
        `timestamp-away`."""
        from . import attest  # brings pyHanko in

        held = self.safe.authority

        async def stamp(digest: bytes) -> bytes:
            return await self.stamps.token(digest, self._now())

        return await attest.attest(held.node, held.chain_of(held.node.certificate), data, stamp)

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
