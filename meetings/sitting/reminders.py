"""Reminds, without anybody asking, those who have not answered: once, a day before their answer is due.

Sittings that wait for replies, and units that have not named their people. Ballots outside sittings: ../opinion.
"""

from __future__ import annotations

import asyncio
import logging

from store import background
from store.errors import Fault

from ..house import House
from . import commands as c
from . import records, replies
from .rooms import Rooms

log = logging.getLogger(__name__)

LOOK_S = 60.0


class Reminders:
    def __init__(self, house: House, rooms: Rooms) -> None:
        self._house = house
        self._rooms = rooms
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self.remind_due, LOOK_S, "reminders"))

    async def close(self) -> None:
        await background.end(self._task)

    async def remind_due(self) -> None:
        for sitting in await self._house.read(records.to_remind, self._house.now_ms()):
            try:
                room = await self._rooms.get(sitting)
                if 0 < replies.remind_at(room.state) <= self._house.now_ms():
                    await room.ask(room.keeper(), c.Remind(), trusted=True)
            except Fault as fault:
                log.warning("no reminder of %s: %s", sitting, fault)
