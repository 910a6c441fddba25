"""All open channels: who is connected, and cutting off those whose session has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from meetings.house import House
from meetings.people.accounts import SESSIONS, Accounts
from store import background

from .wire import ToBrowser

if TYPE_CHECKING:
    from .channel import Channel


class Channels:
    def __init__(self, house: House, accounts: Accounts) -> None:
        self._house = house
        self._accounts = accounts
        self._open: set[Channel] = set()
        self._left: dict[str, float] = {}  # who had a channel, and when the last one ended
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._watch_sessions(), name="sessions")

    async def close(self) -> None:
        await background.end(self._task)
        for channel in list(self._open):
            await channel.cut(1001)

    def add(self, channel: Channel) -> None:
        self._open.add(channel)

    def remove(self, channel: Channel) -> None:
        self._open.discard(channel)
        self._left[channel.who.id] = asyncio.get_running_loop().time()

    def gone_for(self, who: str) -> float:
        """Seconds since WHO had a channel: 0 while they have one; without end if they never had one here."""
        if self.connected(who):
            return 0.0
        left = self._left.get(who)
        return float("inf") if left is None else asyncio.get_running_loop().time() - left

    @property
    def count(self) -> int:
        return len(self._open)

    def connected(self, who: str) -> bool:
        return any(channel.who.id == who for channel in self._open)

    def everybody(self) -> set[str]:
        """Who is connected, persons and sites."""
        return {channel.who.id for channel in self._open}

    def of(self, who: str) -> list[Channel]:
        return [channel for channel in self._open if channel.who.id == who]

    def tell_watching(self, concerns: Callable[[str], bool], message: ToBrowser) -> None:
        """Whoever watches a sitting that CONCERNS names; encoded once for all of them."""
        data = msgspec.json.encode(message)
        for channel in list(self._open):
            if any(map(concerns, channel.watched)):
                channel.put(data)

    async def _watch_sessions(self) -> None:
        """A session that ends anywhere ends here within a moment; a revoked site likewise."""
        async with self._house.bus.subscribe(SESSIONS) as inbox:
            while True:
                who = (await inbox.get()).decode()
                await asyncio.gather(*(self._look_again(channel) for channel in self.of(who)), return_exceptions=True)

    async def _look_again(self, channel: Channel) -> None:
        if not await channel.still_welcome(self._accounts):
            await channel.cut(4401)
