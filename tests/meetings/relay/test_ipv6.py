"""One socket for both families, over UDP and over TCP: meetings.relay.port, meetings.relay.tcp."""

from __future__ import annotations

import asyncio
import socket

import pytest

from meetings.relay.port import Port
from meetings.relay.tcp import Streams
from tests.kit.media import until

from .client import Client, faults_of


class Client6(Client):
    """The same over IPv6."""

    FAMILY, HERE = socket.AF_INET6, "::1"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
async def test_both_families_meet_on_one_port() -> None:
    faults = faults_of(asyncio.get_running_loop())
    port = Port("::", 0, ["127.0.0.1"])
    port.open()
    old, new = Client("a"), Client6("b")
    try:
        await old.join(port)
        new.accept((await port.join("r", "b", new.offer())).replace(" 127.0.0.1 ", " ::1 "))
        await new.connect()
        await until(lambda: "b" in port.rooms["r"].endpoints)
        await asyncio.sleep(0.1)
        for _ in range(20):
            old.show()
            new.show()
            old.say(old.voice.next())
            new.say(new.voice.next())
            await asyncio.sleep(0.05)
        assert all(client.of(kind) for client in (old, new) for kind in ("audio", "video"))
        mapped = [message.attributes["XOR-MAPPED-ADDRESS"][0] for client in (old, new) for message in client.stun[:1]]
        assert mapped == ["127.0.0.1", "::1"]
    finally:
        for client in (old, new):
            await client.close()
        await port.close()
    assert not faults


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
async def test_streams_come_from_both_families() -> None:
    box: list[str] = []
    streams = Streams(lambda stream, _: box.append(stream.peer[0]), lambda _: None)
    await streams.listen("::", 0)
    for count, host in enumerate(("127.0.0.1", "::1"), 1):
        _, writer = await asyncio.open_connection(host, streams.number)
        writer.write(b"\x00\x01x")
        await until(lambda count=count: len(box) == count, what=f"a stream from {host}")
        writer.close()
    assert box == ["::ffff:127.0.0.1", "::1"]
    await streams.close()
