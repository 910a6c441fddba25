"""Signed minutes made to last: evidence and an archive timestamp put into the file, and renewed years later.

Behind the last signature, and then a year before what proves a file runs out. The file grows, and what was signed stays
in it byte for byte. What a crash leaves undone is due at the next start: rows say what, not memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from signing.actions import Signing
from store import background
from store.chain import Event
from store.db import Connection
from store.errors import Fault

from ..house import House
from ..register import records as numbers
from . import commands as c
from . import records
from .minute_book import KIND
from .room import Room
from .rooms import Rooms
from .state import State

log = logging.getLogger(__name__)

AHEAD_MS = 365 * 24 * 3_600_000  # renewed so long before a proof runs out
SETTLE_MS = 2000  # evidence has to be newer than the signatures, and lists tell seconds (RFC 5280, 4.1.2.5)
LOOK_S = 3600.0


class Preservation:
    def __init__(self, house: House, rooms: Rooms, signing: Signing) -> None:
        self._house = house
        self._rooms = rooms
        self._signing = signing
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self._next, 0, "preservation of minutes"))

    async def close(self) -> None:
        await background.end(self._task)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            if state.minutes.step == "signed" and any(event.kind == "minutes-signed" for event in events):
                self._woken.set()

        room.on_change.append(changed)

    async def _next(self) -> None:
        self._woken.clear()
        await self.renew()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), LOOK_S)

    async def renew(self) -> None:
        """Whatever is due now, the timestamp authority's own certificate first."""
        await self._signing.renew_authority()
        ahead, longest = self._house.now_ms() + AHEAD_MS, self._signing.stamps.until()
        until = ahead if longest is None else min(ahead, longest)
        for sitting in await self._house.read(records.proofs_due, until):
            try:
                await self.preserve(sitting)
            except Fault as fault:
                log.warning("minutes of %s are not preserved: %s; tried again in an hour", sitting, fault)

    async def preserve(self, sitting: str) -> None:
        """Raises what the workshop and the timestamp authority may raise; then nothing is changed."""
        room = await self._rooms.get(sitting)
        _, _, last = room.state.minutes.signatures[-1]
        await asyncio.sleep(min(SETTLE_MS, last + SETTLE_MS - self._house.now_ms()) / 1000)
        before = room.state.minutes.pdf
        made, until = await self._signing.preserve(await self._house.blobs.load(before))
        sha256 = await self._house.blobs.keep(made)

        def rows(conn: Connection, _: State) -> None:
            numbers.enclose(conn, sitting, KIND, sha256)
            records.put_proof(conn, sitting, until)

        await room.ask(room.keeper(), c.PreserveMinutes(before, sha256, until), trusted=True, rows=rows)
