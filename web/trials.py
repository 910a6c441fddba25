"""Trying a line before it counts: a browser alone in a room of the relay, which shows it what it sends itself.

So a person or a site sees its own picture as the others will, over the way it will take. Many sites are rung at once,
and a try costs as much as taking part: so only some try at a time, and none for long.
"""

from __future__ import annotations

import asyncio

from meetings.people.rights import Principal
from meetings.relay.control import Policy
from meetings.relay.fleet import Fleet
from store.errors import Refused

MOST = 20  # tries at a time
LONGEST_S = 30.0
TRYING = "#trial"  # before a room's and behind an endpoint's name: it is no sitting's, and told nothing of its places


class TrialDesk:
    def __init__(self, relay: Fleet, codec: str = "VP8") -> None:
        self._relay = relay
        self._codec = codec
        self._trying: dict[str, asyncio.Task[None]] = {}  # who -> what ends it

    async def close(self) -> None:
        ending = list(self._trying.values())
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def offer(self, who: Principal, sdp: str) -> str:
        """The relay's answer. Raises Refused `trial-busy`, Malformed, Unavailable."""
        before = self._trying.get(who.id)
        if before is None and len(self._trying) >= MOST:
            raise Refused("trial-busy")
        if before is not None:
            before.cancel()
        self._trying[who.id] = asyncio.create_task(self._end_later(who.id))
        room = f"{TRYING}:{who.id}"
        await self._relay.steer(Policy(room, (), None, codec=self._codec, echo=True))
        try:
            return await self._relay.join(room, who.id + TRYING, sdp)
        except BaseException:
            await self.end(who)
            raise

    async def end(self, who: Principal) -> None:
        """WHO has seen enough, or is gone."""
        task = self._trying.pop(who.id, None)
        if task is not None:
            task.cancel()
            await self._forget(who.id)

    async def _end_later(self, who: str) -> None:
        await asyncio.sleep(LONGEST_S)
        self._trying.pop(who, None)
        await self._forget(who)

    async def _forget(self, who: str) -> None:
        room = f"{TRYING}:{who}"
        await self._relay.leave(room, who + TRYING)
        await self._relay.steer(Policy(room, (), None))
