"""Signing the minutes: whose turn, with which key, in stored steps that a pause, a crash or another tab cannot spoil.

A step is begun over the file that was shown. Its signature comes at once (a key under a passphrase, the node's token)
or from the signer's own token through an agent. Once there is one, the rest goes on without the signer: timestamp, the
file, the event; also after a restart, and when a timestamp authority answers again. The step goes with the event, in
one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Literal

import msgspec

from signing import algorithms
from signing.actions import Errand, Signing
from signing.authority import Use
from signing.keys import KeyHolder
from signing.model import Kept, Pending
from store import background
from store.db import Connection, Row
from store.errors import Denied, Fault, Missing, Refused, Stale, Unavailable

from ..house import House, actor_of
from ..people import rights
from ..people.rights import Principal
from ..register import records as numbers
from ..register.actions import Register
from ..signatories.kit import Kits
from . import commands as c
from . import minutes, records
from .minute_book import KIND
from .room import Room
from .rooms import Rooms
from .state import State

log = logging.getLogger(__name__)

SignedField = Literal["secretary", "chair", "seal"]
TOKEN_MS = 10 * 60_000  # a token elsewhere has so long
LOOK_S = 15.0
SETTLED_MS = 30_000  # a step that is younger is in somebody's hands


class Turn(msgspec.Struct, frozen=True):
    """`field` "": not my turn. `certificate` "": none yet; `kept`: where its key is. `waits`: "" for nothing, `token`
    for the signer's own, `program` for one that signs whole files, `stamp` for a timestamp and what comes behind it.
    `ends`: of waiting, UTC ms. `whole`: such a program may be asked."""

    field: str = ""
    certificate: str = ""
    kept: Kept = "file"
    waits: str = ""
    ends: int = 0
    whole: bool = False


class Job(msgspec.Struct, frozen=True):
    """What a token is asked to sign, and what its holder is shown of it. `shown`: SHA-256 of the file that was shown,
    `size` bytes long; the prepared file begins with it, and what the signature fills lies from `start` to `end`."""

    step: str
    title: str
    symbol: str
    field: str
    shown: str
    size: int
    start: int
    end: int
    digest: str  # name of the algorithm
    attributes: bytes
    certificate: bytes
    ends: int


class Signatures:
    def __init__(self, house: House, rooms: Rooms, register: Register, signing: Signing, kits: Kits) -> None:
        self._house = house
        self._rooms = rooms
        self._register = register
        self._signing = signing
        self._kits = kits
        self._in_hand: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self._go_on, LOOK_S, "signatures"))

    async def close(self) -> None:
        await background.end(self._task)

    # ── whose turn ──

    async def turn(self, who: Principal, sitting: str) -> Turn:
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.sign", room.thing())
        field: Any = minutes.next_field(room.state)
        if not field or who.id not in minutes.signers_of(room.state, field):
            return Turn()
        row = await self._signing.certificate_of(*_holder(room, field, who))
        if row is None:
            return Turn(field)
        step = await self._signing.under_way(sitting)
        if step is None or step.person != who.id or step.document != room.state.minutes.pdf:
            return Turn(field, row.serial, row.kept)
        if step.signature is not None:
            return Turn(field, row.serial, row.kept, "stamp")
        waits = step.ends > self._house.now_ms()
        return Turn(field, row.serial, row.kept, "token" if waits else "", step.ends if waits else 0)

    async def make_certificate(self, who: Principal, sitting: str, field: SignedField, passphrase: str) -> None:
        """A key and certificate for the one whose turn it is, under a passphrase only they know."""
        room = await self._rooms.get(sitting)
        minutes.may_sign(room.state, field, who.id)
        card = room.cards[who.id]
        if field == "seal":
            one = await self._kits.unit(room.state.unit)
        else:
            one = await self._kits.person(who.id, room.state.unit, card.office)
        await self._signing.enrolment.issue(one.use, one.id, one.subject, passphrase, actor_of(who))

    # ── a signature ──

    async def sign(self, who: Principal, sitting: str, field: SignedField, based_on: str, passphrase: str) -> None:
        """Sign the file that was shown (BASED_ON, its SHA-256) with a key at hand. Raises Stale when it changed
        meanwhile; Refused `token-elsewhere` for a key in one's own token; Unavailable `timestamp-away`: what was signed
        is kept, and goes on by itself."""
        room, row = await self._may(who, sitting, field, based_on)
        if row.kept == "own":
            raise Refused("token-elsewhere")
        made = await self._signing.under_way(sitting)
        if made is not None and made.signature is not None and (made.person, made.document) == (who.id, based_on):
            with self._held(made.id):  # signed before a crash, say: what is left of it needs no key
                await self._finish(made.id)
            return
        key: KeyHolder = (
            await self._signing.key_on_server(row.serial)
            if row.kept == "server"
            else await self._signing.key_on_file(row.serial, passphrase)
        )
        step = await self._begin(room, who, field, based_on, row, 0)
        with self._held(step):
            try:
                await self._signing.sign(step, key)
            except Fault:
                await self._signing.drop(step)
                raise
            await self._finish(step)

    async def begin(self, who: Principal, sitting: str, field: SignedField, based_on: str) -> Turn:
        """Ask the signer's own token: its agent finds the job, and has TOKEN_MS."""
        room, row = await self._may(who, sitting, field, based_on)
        if row.kept != "own":
            raise Refused("token-not-own")
        ends = self._house.now_ms() + TOKEN_MS
        await self._begin(room, who, field, based_on, row, ends)
        return Turn(field, row.serial, row.kept, "token", ends)

    async def withdraw(self, who: Principal, sitting: str) -> None:
        """Not to ask the token any more. What is signed already stays signed."""
        rights.demand(who, "minutes.sign", (await self._rooms.get(sitting)).thing())
        step = await self._signing.under_way(sitting)
        if step is not None and step.person == who.id and step.signature is None:
            await self._signing.drop(step.id)

    async def may(self, who: Principal, sitting: str, field: SignedField, based_on: str) -> Room:
        """Would a signature be taken? Asked before the work. Raises Denied, Refused, Stale."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.seal" if field == "seal" else "minutes.sign", room.thing())
        minutes.sign(room.state, c.SignMinutes(field, based_on, ""), who.id)
        return room

    async def newest(self, sitting: str) -> str:
        """SHA-256 of the newest file."""
        return (await self._rooms.get(sitting)).state.minutes.pdf

    async def unit_of(self, sitting: str) -> str:
        return (await self._rooms.get(sitting)).state.unit

    async def _may(self, who: Principal, sitting: str, field: SignedField, based_on: str) -> tuple[Room, Row]:
        room = await self.may(who, sitting, field, based_on)
        row = await self._signing.certificate_of(*_holder(room, field, who))
        if row is None:
            raise Refused("certificate-none")
        return room, row

    async def _begin(self, room: Room, who: Principal, field: SignedField, based_on: str, row: Row, ends: int) -> str:
        use, holder = _holder(room, field, who)
        words = (await self._kits.unit(holder)).name if use == "seal" else room.cards[who.id].name
        picture = await self._kits.picture(use, holder, words)
        pdf, first = await self._house.blobs.load(based_on), not room.state.minutes.signatures
        errand = Errand(room.sitting, who.id, ends)
        return await self._signing.begin(pdf, field, row.serial, picture, first=first, errand=errand)

    async def refuse(self, who: Principal, sitting: str, field: SignedField, based_on: str, reason: str) -> None:
        """Not to sign the file that was shown: its number is void, and the text goes back. Raises Stale, Refused."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.seal" if field == "seal" else "minutes.sign", room.thing())
        code = room.state.minutes.code

        def rows(conn: Connection, after: State) -> None:
            self._register.void_in(conn, who, sitting, KIND, after.minutes.returned)
            records.void_code(conn, code)
            self._signing.drop_all_in(conn, sitting)

        await room.ask(who, c.RefuseMinutes(field, based_on, reason), trusted=True, rows=rows)

    # ── a signature from the signer's own token ──

    async def job(self, person: str) -> Job | None:
        """The first that waits for PERSON's token. What was asked over a file that is no longer the newest is void."""
        for row in await self._signing.waiting_for(person):
            room = await self._rooms.get(row.about)
            made = room.state.minutes
            if made.pdf != row.document or minutes.next_field(room.state) != row.field:
                await self._signing.drop(row.id)
                continue
            pending = msgspec.msgpack.decode(row.pending, type=Pending)
            certificate = await self._signing.certificate(row.certificate)
            size = len(await self._house.blobs.load(row.document))
            return Job(
                row.id, room.state.title, made.symbol, row.field, row.document, size, pending.start, pending.end,
                algorithms.scheme_of_certificate(certificate.der).digest, pending.attributes, certificate.der, row.ends,
            )  # fmt: skip
        return None

    async def prepared(self, person: str, step: str) -> bytes:
        """The file as it is before the signature is in it. Raises Missing."""
        return await self._house.blobs.load((await self._of(person, step)).prepared)

    async def give(self, person: str, step: str, signature: bytes) -> None:
        """What PERSON's token made. Raises Missing, Refused (signing/actions.py); what then has to wait for a timestamp
        goes on by itself."""
        await self._of(person, step)
        with self._held(step):
            await self._signing.give(step, signature)
            try:
                await self._finish(step)
            except Unavailable as fault:
                if fault.code != "timestamp-away":
                    raise

    async def decline(self, person: str, step: str) -> None:
        """Its holder said no at the token: nothing is signed, and the page may ask again."""
        row = await self._of(person, step)
        if row.signature is None:
            await self._signing.drop(row.id)

    async def _of(self, person: str, step: str) -> Row:
        row = await self._signing.step(step)
        if row is None or row.person != person:
            raise Missing("signing-step")
        return row

    # ── what comes behind it ──

    @contextlib.contextmanager
    def _held(self, step: str) -> Any:
        self._in_hand.add(step)
        try:
            yield
        finally:
            self._in_hand.discard(step)

    async def _go_on(self) -> None:
        """Whatever is signed and got no further: after a restart, or while no timestamp was to be had."""
        await self._signing.drop_stale()
        for row in await self._signing.signed_steps():
            if row.id in self._in_hand or self._house.now_ms() - row.created < SETTLED_MS:
                continue
            try:
                with self._held(row.id):
                    await self._finish(row.id)
            except Fault as fault:
                log.warning("the signature of %s on %s waits: %s", row.person, row.about, fault)
            except Exception:  # one that cannot go on must not hold up the others
                log.exception("the signature of %s on %s waits", row.person, row.about)

    async def _finish(self, step: str) -> None:
        """Raises Unavailable `timestamp-away`, and the step stays; anything else ends it."""
        row = await self._signing.step(step)
        if row is None:
            raise Stale("minutes-changed")
        try:
            sha256 = await self._house.blobs.keep(await self._signing.finish(step))
            await self.put_down(row.about, row.field, row.person, row.document, sha256)
        except Fault as fault:
            if isinstance(fault, Unavailable) and fault.code in ("timestamp-away", "busy", "workshop-away"):
                raise
            await self._signing.drop(step)
            raise

    async def put_down(self, sitting: str, field: SignedField, person: str, document: str, sha256: str) -> None:
        """The signed file in the place of DOCUMENT, in one transaction with the event and all that hangs on it."""
        room = await self._rooms.get(sitting)

        def rows(conn: Connection, _: State) -> None:
            self._signing.drop_all_in(conn, sitting)
            numbers.enclose(conn, sitting, KIND, sha256)
            if field == minutes.SIGNING_ORDER[-1]:
                records.put_proof(conn, sitting, 0)

        who = Principal("person", person, {}, room.cards[person].name)
        try:
            await room.ask(who, c.SignMinutes(field, document, sha256), trusted=True, rows=rows)
        except (Stale, Denied, Refused):
            if not any((there, by) == (field, person) for there, by, _ in room.state.minutes.signatures):
                raise  # else another process of the node was faster with the same


def _holder(room: Room, field: SignedField, who: Principal) -> tuple[Use, str]:
    return ("seal", room.state.unit) if field == "seal" else ("person", who.id)
