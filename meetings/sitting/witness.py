"""Signs the heads of sittings' journals and hands them out, so that no one can rewrite one unseen.

At every close, vote result and signature, and every ten seconds of a live sitting that moved on. Each browser gets
the checkpoint with its screen; whoever kept one can tell a journal that was written anew (`bacap journal verify`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from signing import checkpoint
from signing.algorithms import Private
from store import background, journal
from store.chain import Event, Head

from ..house import House
from .room import Room
from .rooms import Rooms
from .state import State

log = logging.getLogger(__name__)

MOMENTS = {"closed", "vote-closed", "minutes-typeset", "minutes-signed", "minutes-preserved", "circulated"}
EVERY_S = 10.0


class Witness:
    def __init__(self, house: House, rooms: Rooms, key: Callable[[], Private]) -> None:
        self._house = house
        self._rooms = rooms
        self._key = key  # the node's, as it is now
        self._task: asyncio.Task[None] | None = None
        self._marks: set[asyncio.Task[None]] = set()
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="witness")

    async def close(self) -> None:
        for task in (self._task, *self._marks):
            await background.end(task)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            if any(event.kind in MOMENTS for event in events):
                task = asyncio.create_task(self.mark(room))
                self._marks.add(task)
                task.add_done_callback(self._marks.discard)

        room.on_change.append(changed)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            for room in self._rooms.live():
                if room.state.phase == "open" and (room.witness is None or room.witness.seq < room.state.seq):
                    try:
                        await self.mark(room)
                    except Exception:
                        log.exception("no checkpoint for %s", room.sitting)

    async def mark(self, room: Room) -> None:
        """Sign the head as it is stored now, keep it, show it."""
        head: Head = await self._house.read(journal.head, room.sitting)
        made = checkpoint.sign(room.sitting, head, self._house.now_ms(), self._key())
        await self._house.write(journal.keep_checkpoint, room.sitting, head, made.key, made.signature, made.at)
        room.witnessed(made)
