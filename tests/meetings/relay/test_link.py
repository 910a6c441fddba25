"""The bad line of the tests does what it says: tests/kit/link.py."""

from __future__ import annotations

import asyncio
import random
import socket
import statistics

import pytest

from tests.kit.link import Line, Link, Weather


def through(weather: Weather, count: int = 20_000, every: float = 10, size: int = 972) -> list[float | None]:
    line = Line(weather, random.Random(7))
    return [line.take(number * every, size) for number in range(count)]


@pytest.mark.parametrize(("loss", "burst"), [(0.05, 1), (0.3, 1), (0.05, 4), (0.3, 8)])
def test_as_many_are_lost_as_it_says_and_in_such_runs(loss: float, burst: float) -> None:
    out = through(Weather(loss=loss, burst=burst))
    runs, run = [], 0
    for one in out:
        if one is None:
            run += 1
        elif run:
            runs.append(run)
            run = 0
    assert abs(sum(one is None for one in out) / len(out) - loss) < 0.02
    assert abs(statistics.mean(runs) - (burst if burst > 1 else 1 / (1 - loss))) < 0.6


def test_delay_and_jitter_keep_the_order_unless_told_otherwise() -> None:
    out = [one for one in through(Weather(delay=100, jitter=50)) if one is not None]
    waits = [one - 10 * number for number, one in enumerate(out)]
    assert out == sorted(out) and min(waits) >= 100 and max(waits) <= 151
    mixed = through(Weather(delay=100, jitter=50, reorder=0.5))
    assert mixed != sorted(one for one in mixed if one is not None)


def test_a_rate_makes_a_queue_that_spills() -> None:
    out = through(Weather(rate=400, queue=200), count=1000)  # 800 kbit/s are offered
    passed = [one for one in out if one is not None]
    assert abs(len(passed) / 1000 - 0.5) < 0.05
    last = [one - 10 * number for number, one in enumerate(out) if one is not None][-100:]
    assert all(180 < wait < 240 for wait in last)


async def test_each_client_has_its_own_wire_and_a_cut_line_carries_nothing() -> None:
    loop = asyncio.get_running_loop()
    relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for sock in (relay, *clients):
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
    async with Link(relay.getsockname(), Weather(delay=5), Weather(delay=5), 1) as link:
        came = []
        for number, client in enumerate(clients):
            await loop.sock_sendto(client, b"%d" % number, link.address)
            came.append(await asyncio.wait_for(loop.sock_recvfrom(relay, 100), 5))
        assert [data for data, _ in came] == [b"0", b"1"] and came[0][1] != came[1][1]
        await loop.sock_sendto(relay, b"back", came[1][1])
        assert await asyncio.wait_for(loop.sock_recvfrom(clients[1], 100), 5) == (b"back", link.address)
        link.cut = True
        await loop.sock_sendto(clients[0], b"lost", link.address)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.sock_recvfrom(relay, 100), 0.2)
        link.cut = False
        await loop.sock_sendto(clients[0], b"again", link.address)
        assert (await asyncio.wait_for(loop.sock_recvfrom(relay, 100), 5))[0] == b"again"
    for sock in (relay, *clients):
        sock.close()
