"""store/bus.py: in process and over Redis alike."""

from __future__ import annotations

import asyncio

from store.bus import INBOX, Bus, LocalBus, RedisBus

from ..kit import servers


async def heard(inbox: asyncio.Queue[bytes]) -> bytes:
    return await asyncio.wait_for(inbox.get(), 5)


async def test_subscribers_of_a_topic_hear_its_hints_and_no_others(bus: Bus) -> None:
    async with bus.subscribe("a") as first, bus.subscribe("a") as second, bus.subscribe("b") as other:
        await bus.publish("a", b"1")
        await bus.publish("b", b"2")
        assert [await heard(first), await heard(second), await heard(other)] == [b"1", b"1", b"2"]
        assert first.empty()


async def test_a_slow_subscriber_loses_the_oldest_hints_only() -> None:
    bus = LocalBus()
    async with bus.subscribe("a") as inbox:
        for number in range(INBOX + 3):
            await bus.publish("a", str(number).encode())
        assert inbox.get_nowait() == b"3"
        assert inbox.qsize() == INBOX - 1


async def test_redis_gone_is_late_not_lost_within_the_process() -> None:
    with servers.redis() as (url, process):
        bus = RedisBus(url)
        await asyncio.wait_for(bus.ready(), 10)
        async with bus.subscribe("a") as inbox:
            process.kill()
            process.wait()
            await bus.publish("a", b"still here")
            assert await heard(inbox) == b"still here"
        await bus.close()
