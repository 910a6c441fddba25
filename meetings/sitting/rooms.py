"""All live sittings of this node: a room is started when first asked for, and stays until the node stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from store import journal
from store.errors import Missing

from ..house import House
from .room import Room


class Rooms:
    def __init__(self, house: House) -> None:
        self._house = house
        self._rooms: dict[str, Room] = {}
        self._starting = asyncio.Lock()
        self.on_start: list[Callable[[Room], None]] = []

    async def get(self, sitting: str) -> Room:
        """The room of a sitting. Raises Missing `no-such-sitting`."""
        room = self._rooms.get(sitting)
        if room is not None:
            return room
        async with self._starting:
            room = self._rooms.get(sitting)
            if room is None:
                if not await self._house.read(journal.exists, sitting, "sitting"):
                    raise Missing("no-such-sitting")
                room = Room(self._house, sitting)
                await room.start()
                for listener in self.on_start:
                    listener(room)
                self._rooms[sitting] = room
        return room

    def find(self, sitting: str) -> Room | None:
        """The room of a sitting, if it was asked for before."""
        return self._rooms.get(sitting)

    def live(self) -> list[Room]:
        return list(self._rooms.values())

    async def close(self) -> None:
        for room in self._rooms.values():
            await room.stop()
        self._rooms.clear()
