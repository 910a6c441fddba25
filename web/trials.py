"""Trying a line before it counts: a browser alone in a room of the relay, which shows it what it sends itself.

So a person or a site sees its own picture as the others will, over the way it will take. Many sites are rung at once,
and a try costs as much as taking part: so only some try at a time, and none for long.
"""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from meetings.people.rights import Principal
from meetings.relay.control import Policy
from meetings.relay.fleet import Fleet
from store.errors import Refused

MOST, MOST_PEOPLE = 20, 8  # tries at a time, and of them by people: a sitting's sites are not to wait for those
LONGEST_S = 30.0
TRYING = "#trial"  # before a room's and behind an endpoint's name: it is no sitting's, and told nothing of its places


@dataclass(frozen=True, slots=True)
class Trial:
    """One try, in a room of the relay that nobody else ever comes to."""

    id: str  # of the offer
    kind: str  # of who tries: person | site
    room: str
    endpoint: str
    ending: asyncio.Task[None]


class TrialDesk:
    def __init__(self, relay: Fleet, codec: str = "VP8") -> None:
        self._relay = relay
        self._codec = codec
        self._trying: dict[str, Trial] = {}  # by who tries
        self._numbers = itertools.count(1)

    async def close(self) -> None:
        ending = [trial.ending for trial in self._trying.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def offer(self, who: Principal, id: str, sdp: str) -> str:
        """The relay's answer; a try of WHO's that went on is over. Raises Refused `trial-busy`, Malformed,
        Unavailable."""
        others = [trial.kind for by, trial in self._trying.items() if by != who.id]
        if len(others) >= MOST or (who.kind == "person" and others.count("person") >= MOST_PEOPLE):
            raise Refused("trial-busy")
        before = self._trying.pop(who.id, None)
        room = f"{TRYING}:{next(self._numbers)}:{who.id}"
        ending = asyncio.create_task(self._end_later(who.id, id))
        trial = self._trying[who.id] = Trial(id, who.kind, room, who.id + TRYING, ending)
        if before is not None:
            await self._forget(before)
        await self._relay.steer(Policy(room, (), None, codec=self._codec, echo=True))
        try:
            return await self._relay.join(room, trial.endpoint, sdp)
        except BaseException:
            await self.end(who, id)
            raise

    async def end(self, who: Principal, id: str = "") -> None:
        """WHO has seen enough of the try ID, or (without one) is gone."""
        trial = self._trying.get(who.id)
        if trial is not None and id in ("", trial.id):
            del self._trying[who.id]
            await self._forget(trial)

    async def _end_later(self, who: str, id: str) -> None:
        await asyncio.sleep(LONGEST_S)
        trial = self._trying.get(who)
        if trial is not None and trial.id == id:
            del self._trying[who]
            await self._leave(trial)

    async def _forget(self, trial: Trial) -> None:
        trial.ending.cancel()
        await self._leave(trial)

    async def _leave(self, trial: Trial) -> None:
        await self._relay.leave(trial.room, trial.endpoint)
        await self._relay.steer(Policy(trial.room, (), None))
