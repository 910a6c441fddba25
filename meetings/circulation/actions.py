"""Receipts of circulated minutes: to whom they went, who opened them, who confirmed; each signed by the node with a
timestamp, beside the file and never in it, and all of them in one signed register.

Who was sent them and who confirmed, the journal says; who opened them, a row. What is not signed yet (a crash, a
timestamp authority that is away) is signed when the sitting is next looked at.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import zipfile

import msgspec

from signing.actions import Signing
from store import journal
from store.chain import Event
from store.db import Connection
from store.errors import Fault, Refused
from store.world import vietnam_time

from ..house import House
from ..people import rights
from ..people.rights import Principal
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.state import State
from . import records
from .records import Receipt

log = logging.getLogger(__name__)

FORMAT, REGISTER = "bacap.receipt.v1", "bacap.receipts.v1"
SENT, OPENED, CONFIRMED = "sent", "opened", "confirmed"
HAPPENINGS = {"circulated": SENT, "acknowledged": CONFIRMED}


class Told(msgspec.Struct, frozen=True):
    """A receipt as it is signed. `file`: SHA-256 of the minutes; `seq`: the journal's event behind it, 0 for none;
    `at`: ISO 8601 in the zone of Vietnam."""

    format: str
    sitting: str
    symbol: str
    file: str
    what: str
    person: str
    name: str
    office: str
    at: str
    seq: int


class Circulation:
    def __init__(self, house: House, rooms: Rooms, signing: Signing) -> None:
        self._house = house
        self._rooms = rooms
        self._signing = signing
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()  # each is signed once
        rooms.on_start.append(self._attend)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            if any(event.kind in HAPPENINGS for event in events):
                self._begin(room)

        room.on_change.append(changed)
        if room.state.minutes.step == "circulated":
            self._begin(room)

    def _begin(self, room: Room) -> None:
        task = asyncio.create_task(self._try(room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, room: Room) -> None:
        try:
            await self.sign(room)
        except Fault as fault:
            log.warning("receipts of %s are not signed: %s; tried again when it is next looked at", room.sitting, fault)

    async def opened(self, who: Principal, sitting: str) -> None:
        """A recipient asked for the file: the first time counts."""
        room = await self._rooms.get(sitting)
        made = room.state.minutes
        if made.step == "circulated" and who.id in made.recipients:
            row = Receipt(sitting, who.id, OPENED, self._house.now_ms(), 0, made.pdf)
            if await self._house.write(records.put, row):
                self._begin(room)

    async def sign(self, room: Room) -> None:
        """Whatever has no signature yet. Raises Unavailable `timestamp-away`."""
        async with self._lock:
            await self._house.write(records.put_all, await self._due(room))
            for row in await self._house.read(records.unsigned, room.sitting):
                told = msgspec.json.format(msgspec.json.encode(self._told(room, row)))
                await self._house.write(records.sign, row, told, await self._signing.attest(told))

    async def _due(self, room: Room) -> list[Receipt]:
        """What the journal says of who was sent them and who confirmed."""
        events = await self._house.read(_happened, room.sitting)
        file = room.state.minutes.pdf
        return [
            Receipt(room.sitting, person, what, event.at, event.seq, file)
            for event in events
            for what, person in receipts_of(event)
        ]

    def _told(self, room: Room, row: Receipt) -> Told:
        card = room.cards.get(row.person)
        name, office = (card.name, card.office) if card else (row.person, "")
        at = vietnam_time(row.at).isoformat(timespec="seconds")
        symbol = room.state.minutes.symbol
        return Told(FORMAT, room.sitting, symbol, row.file, row.what, row.person, name, office, at, row.seq)

    async def register(self, who: Principal, sitting: str) -> bytes:
        """All receipts with their signatures and the register that lists them, as ZIP: for who keeps the minutes.
        Raises Denied; Refused `minutes-not-now`; Unavailable `timestamp-away`."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "minutes.read", room.thing())
        if room.state.minutes.step != "circulated":
            raise Refused("minutes-not-now", step=room.state.minutes.step)
        await self.sign(room)
        files = await self.files(room)
        return await asyncio.to_thread(_zip, files)

    async def files(self, room: Room) -> dict[str, bytes]:
        """By name: receipts, signatures, the register and its signature."""
        files: dict[str, bytes] = {}
        listed = []
        for number, row in enumerate(await self._house.read(records.signed, room.sitting), 1):
            name = f"{number:03}-{row.what}.json"
            files[name], files[f"{name}.p7s"] = row.receipt, row.signature
            listed.append({"file": name, "sha256": _sha256(row.receipt), "signature": _sha256(row.signature)})
        at = vietnam_time(self._house.now_ms()).isoformat(timespec="seconds")
        made = room.state.minutes
        told = {"format": REGISTER, "sitting": room.sitting, "symbol": made.symbol, "at": at, "receipts": listed}
        register = msgspec.json.format(msgspec.json.encode(told))
        return files | {"register.json": register, "register.json.p7s": await self._signing.attest(register)}


def receipts_of(event: Event) -> list[tuple[str, str]]:
    """What is receipted to whom because of EVENT: (sent or confirmed, person)."""
    if event.kind not in HAPPENINGS:
        return []
    body = event.body or {}
    people = body.get("people") or [body.get("person")]
    return [(HAPPENINGS[event.kind], str(person)) for person in people]


def _happened(conn: Connection, sitting: str) -> list[Event]:
    return [event for event in journal.walk(conn, sitting) if event.kind in HAPPENINGS]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
