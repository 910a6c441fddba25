"""A crowd joins a real port and counts what comes, over good lines and bad.

meetings.load.crowd, meetings.load.meter, meetings.relay.mmsg
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.tally import share
from meetings.relay.dtls import new_certificate
from meetings.relay.port import Port
from meetings.relay.upkeep import Upkeep
from tests.kit.link import Link, Weather
from tests.kit.media import until


@contextlib.asynccontextmanager
async def crowded(weather: Weather | None = None) -> AsyncIterator[tuple[Port, Crowd, Link]]:
    """A port and a crowd that joins its room; through a bad line, if told."""
    port = Port("127.0.0.1", 0, ["127.0.0.1" if weather is None else "127.0.0.2"])
    port.open()
    ticking = asyncio.create_task(Upkeep(port).run())

    async def join(number: int, peer: Peer) -> None:
        await peer.connect(await port.join("r", f"p{number}", peer.offer()))

    crowd = Crowd(join, careful=1)
    async with Link(("127.0.0.1", port.number), weather or Weather(), weather or Weather(), 3) as link:
        try:
            yield port, crowd, link
        finally:
            await crowd.close()
            ticking.cancel()
            await port.close()


def peers(watching: int) -> list[Peer]:
    certificate = new_certificate()
    return [Peer(certificate, [film.make("low")], 0, 0), *(Peer(certificate, [], 1, 1) for _ in range(watching))]


async def test_all_that_is_sent_comes_and_is_the_same() -> None:
    async with crowded() as (port, crowd, _):
        publisher, *viewers = peers(3)
        await crowd.enter([publisher], 0)
        joined = await crowd.enter(viewers, 0.3)
        assert all(not one.fault and one.connected < 10 for one in joined)
        await until(lambda: all(one.heard for one in joined), what="everyone to hear")
        crowd.begin_count()
        counts = [count for count in crowd.counts.values() if count.kinds]
        await until(
            lambda: crowd.careful[0].same > 60 and all(min(count.packets.values()) > 10 for count in counts),
            what="a second of media, pictures too",
        )
        assert len(counts) == 3 and not any(count.lost for count in counts)
        assert crowd.careful[0].other == 0 and 0 < min(crowd.careful[0].delays) < 5_000_000
        assert len(port.rooms["r"].endpoints) == 4


async def test_a_bad_line_shows_in_the_counts() -> None:
    async with crowded(Weather(loss=0.2, delay=20)) as (_, crowd, link):
        await crowd.enter(peers(1), 0)
        [count] = [count for count in crowd.counts.values() if count.kinds]
        await until(lambda: sum(count.packets.values()) > 150, what="media over the bad line")
        assert count.lost > 10 and sum(wire.down.lost for wire in link.wires.values()) > 10
        assert crowd.careful[0].other == 0
        # a key frame that is asked for right behind another is the same once more, and timed by the second
        assert share(sorted(crowd.careful[0].delays), 0.05) > 35_000


async def test_a_peer_that_finds_nobody_says_so_and_the_others_go_on() -> None:
    async def join(number: int, peer: Peer) -> None:
        raise ConnectionRefusedError("nobody there")

    crowd = Crowd(join)
    [joined] = await crowd.enter([peers(0)[0]], 0)
    assert joined.fault == "nobody there" and not crowd.counts
    await crowd.close()


def test_a_meter_reads_what_a_process_used() -> None:
    import os

    before = Meter.of(os.getpid())
    sum(range(3_000_000))
    after = Meter.of(os.getpid())
    assert 0 < after.cpu - before.cpu < 20 and after.at > before.at and after.kib > 1000


@pytest.mark.parametrize("count", [1, 64, 200])
async def test_an_inbox_reads_all_that_waits_and_when_it_came(count: int) -> None:
    import socket
    import time

    from meetings.relay.mmsg import Inbox

    inbox = Inbox()
    here, there = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    here.bind(("127.0.0.1", 0))
    inbox.stamp(here)
    sent = [bytes([number]) * (number + 1) for number in range(count)]
    began = time.time_ns()
    for data in sent:
        there.sendto(data, here.getsockname())
    got = [(bytes(data), came) for data, came in inbox.read(here.fileno())]
    assert [data for data, _ in got] == sent and all(began <= came <= time.time_ns() for _, came in got)
    assert list(inbox.read(here.fileno())) == []
    here.close()
    there.close()
