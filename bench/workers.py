"""Two relay workers at once, each with a sitting of its own, beside one alone: what a packet costs then. Where it costs
the same, the second one doubles what a machine can do."""

from __future__ import annotations

import asyncio
import contextlib
import statistics

from meetings.load import film
from meetings.load.crowd import Crowd, Join
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.rows import Row
from meetings.relay.dtls import new_certificate

VIEWERS = 60
SETTLE_S = 6.0
WITHIN = 1.15


class Sitting:
    """A crowd at one worker."""

    def __init__(self, pid: int, join: Join) -> None:
        self.pid = pid
        self.crowd = Crowd(join, careful=0)

    async def enter(self, shown: film.Film) -> None:
        certificate = new_certificate()
        await self.crowd.enter([Peer(certificate, [shown], 0, 0)], 0)
        await self.crowd.enter([Peer(certificate, [], 1, 1) for _ in range(VIEWERS)], 0)


async def _cost(sittings: list[Sitting], seconds: float) -> float:
    """Microseconds of server CPU a packet, of all together."""
    for one in sittings:
        one.crowd.begin_count()
    before = [Meter.of(one.pid) for one in sittings]
    await asyncio.sleep(seconds)
    spent = sum(Meter.of(one.pid).cpu - was.cpu for one, was in zip(sittings, before, strict=True))
    return spent / max(1, sum(one.crowd.came for one in sittings)) * 1e6


async def rows(first: tuple[int, Join], second: tuple[int, Join], runs: int, seconds: float) -> list[Row]:
    """FIRST and SECOND: process of each worker, and how peers join it. The first goes alone, then both together."""
    shown = film.make()
    async with contextlib.AsyncExitStack() as stack:
        one = Sitting(*first)
        stack.push_async_callback(one.crowd.close)
        await one.enter(shown)
        await asyncio.sleep(SETTLE_S)
        alone = [await _cost([one], seconds) for _ in range(runs)]
        two = Sitting(*second)
        stack.push_async_callback(two.crowd.close)
        await two.enter(shown)
        await asyncio.sleep(SETTLE_S)
        together = [await _cost([one, two], seconds) for _ in range(runs)]
    value, peer = statistics.median(together), statistics.median(alone)
    name = f"CPU per packet, two workers with {VIEWERS} viewers each, beside one alone"
    return [Row(name, value, "us", peer, WITHIN, (min(together), max(together)), by_ratio=True)]
