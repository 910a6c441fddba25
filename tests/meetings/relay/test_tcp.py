"""Media over TCP: frames however they are cut, strangers, full lines, and a whole call: meetings.relay.tcp."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import tcp
from meetings.relay.dtls import Address
from meetings.relay.port import Port
from meetings.relay.tcp import LONGEST, MOST, MOST_PICTURES, Stream, Streams
from tests.kit.media import until

from .client import Client, one
from .conftest import Desk


def framed(*parts: bytes) -> bytes:
    """RFC 4571: two bytes of length before each."""
    return b"".join(len(part).to_bytes(2) + part for part in parts)


class Box:
    """Keeps what streams hand on."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.gone: list[Stream] = []
        self.streams = Streams(lambda _, data: self.got.append(data), self.gone.append)


class Wire(asyncio.Transport):
    """The far side of a stream, which takes as much as it is told."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.9", 4711), "socket": socket.socket()})
        self.sent, self.waiting, self.aborted = b"", 0, False

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True


@contextlib.contextmanager
def wired(box: Box) -> Any:
    """A stream of BOX, and its wire."""
    stream, wire = Stream(box.streams), Wire()
    stream.connection_made(wire)
    try:
        yield stream, wire
    finally:
        wire.get_extra_info("socket").close()


# ── frames ──


@given(st.lists(st.binary(max_size=60), max_size=12), st.lists(st.integers(1, 9), max_size=400))
def test_frames_come_whole_however_they_were_cut(parts: list[bytes], cuts: list[int]) -> None:
    box = Box()
    stream, data = Stream(box.streams), framed(*parts)
    for cut in cuts:
        stream.data_received(data[:cut])
        data = data[cut:]
    stream.data_received(data)
    assert box.got == [part for part in parts if part]  # an empty frame is nothing


def test_the_longest_frame_comes_and_a_longer_one_ends_the_stream() -> None:
    async def run() -> None:
        box = Box()
        with wired(box) as (stream, wire):
            stream.data_received(framed(bytes(LONGEST)))
            assert [len(data) for data in box.got] == [LONGEST] and not wire.aborted
            stream.data_received(framed(b"before") + (LONGEST + 1).to_bytes(2))
            assert box.got[-1] == b"before" and wire.aborted

    asyncio.run(run())


def test_no_more_is_held_back_than_one_frame() -> None:
    box = Box()
    stream = Stream(box.streams)
    for _ in range(5000):
        stream.data_received(framed(b"x" * 100)[:50])
        stream.data_received(framed(b"x" * 100)[50:])
    stream.data_received((LONGEST).to_bytes(2) + bytes(LONGEST - 1))
    assert len(box.got) == 5000 and len(stream._held) == LONGEST + 1


async def test_what_is_sent_is_framed() -> None:
    with wired(Box()) as (stream, wire):
        assert stream.peer == ("192.0.2.9", 4711)
        assert stream.send(b"one") and stream.send(b"another")
        assert wire.sent == framed(b"one", b"another")


async def test_a_line_that_cannot_take_it_gets_nothing_more() -> None:
    with wired(Box()) as (stream, wire):
        wire.waiting = MOST + 1
        assert not stream.send(b"lost") and wire.sent == b""
        wire.waiting = 0
        assert stream.send(b"sent") and wire.sent == framed(b"sent")
        stream.close()
        assert not stream.send(b"too late") and wire.sent == framed(b"sent")


async def test_pictures_are_dropped_long_before_sound() -> None:
    with wired(Box()) as (stream, wire):
        wire.waiting = MOST_PICTURES + 1
        assert not stream.send(b"picture", picture=True) and stream.send(b"sound")
        assert wire.sent == framed(b"sound")


def test_nothing_is_sent_before_there_is_a_line() -> None:
    stream = Stream(Box().streams)
    assert not stream.send(b"too early")
    stream.close()


# ── strangers ──


async def test_who_does_not_prove_himself_in_time_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROVE_S", 0.0)
    box = Box()
    with wired(box) as (stranger, wire), wired(box) as (guest, other):
        guest.proved = True
        await until(lambda: wire.aborted, what="the stranger to be closed")
        await asyncio.sleep(0)
        assert not other.aborted and not stranger.proved


async def test_there_are_only_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "MOST_STREAMS", 2)
    box = Box()
    with wired(box) as (first, one), wired(box) as (_, two), wired(box) as (_, three):
        assert (one.aborted, two.aborted, three.aborted) == (False, False, True)
        first.connection_lost(None)
        assert box.gone == [first] and len(box.streams.open) == 1
        with wired(box) as (_, four):
            assert not four.aborted


@pytest.fixture
async def listening() -> AsyncIterator[Box]:
    box = Box()
    await box.streams.listen("127.0.0.1", 0)
    yield box
    await box.streams.close()
    await until(lambda: not box.streams.open)


async def test_over_a_real_socket(listening: Box) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.streams.number)
    writer.write(framed(b"hello", b"there")[:-2])
    await until(lambda: listening.got == [b"hello"])
    writer.write(b"re")
    await until(lambda: listening.got == [b"hello", b"there"])
    [stream] = listening.streams.open
    assert stream.send(b"answer") and await reader.readexactly(8) == framed(b"answer")
    writer.close()
    await until(lambda: listening.gone == [stream])
    assert not stream.send(b"gone")


async def test_a_port_that_is_taken_is_an_error(listening: Box) -> None:
    with pytest.raises(OSError):
        await Box().streams.listen("127.0.0.1", listening.streams.number)


# ── a call ──


class Caller(Client):
    """A client that reaches the relay by TCP only."""

    async def dial(self, number: int) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", number)
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int.from_bytes(await self.reader.readexactly(2))
                self._take(await self.reader.readexactly(size))

    def _take(self, data: bytes) -> None:
        """As if it had come in a datagram."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with near, far:
            near.setblocking(False)
            far.send(data)
            self._readable(near)

    def send(self, data: bytes, sock: socket.socket | None = None) -> None:
        self.writer.write(framed(data))

    def _send_to(self, data: bytes, address: Address) -> None:
        self.send(data)

    async def join(self, port: Port, room: str = "r", offer: str = "") -> Client:
        await self.dial(port.streams.number)
        return await super().join(port, room, offer)

    async def close(self) -> None:
        await super().close()
        self.writer.close()
        self.reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.reading


@pytest.fixture
async def caller(desk: Desk) -> Callable[[str], Caller]:
    """Makes callers of a desk that listens on TCP too."""
    await desk.port.streams.listen("127.0.0.1", 0)

    def make(name: str) -> Caller:
        made = Caller(name)
        desk.clients.append(made)
        return made

    return make


async def test_a_call_over_tcp_is_like_one_over_udp(desk: Desk, caller: Callable[[str], Caller]) -> None:
    a, b = await caller("a").join(desk.port), await desk.joined("b")
    for sender, viewer in ((a, b), (b, a)):
        await desk.until(lambda viewer=viewer: desk.port.rooms["r"].endpoints[viewer.name].places["video"][0].coming)
        sender.show(3)
        for _ in range(3):
            sender.say(sender.voice.next())
        await desk.until(lambda viewer=viewer: len(viewer.of("video")) == 3 and len(viewer.of("audio")) == 3)
    seen = {one.endpoint: one.tcp for one in desk.upkeep.health(0)}
    assert seen == {"a": True, "b": False}
    assert desk.port._egress.sent >= 12
    desk.quiet()


async def test_the_answer_names_the_port(desk: Desk, caller: Callable[[str], Caller]) -> None:
    client = caller("a")
    await client.dial(desk.port.streams.number)
    answer = await desk.port.join("r", "a", client.offer())
    assert one(r"a=candidate:2 1 tcp \d+ 127.0.0.1 (\d+) typ host tcptype passive", answer) == str(
        desk.port.streams.number
    )


async def test_who_moves_from_tcp_to_udp_is_found_there(desk: Desk, caller: Callable[[str], Caller]) -> None:
    a, b = await caller("a").join(desk.port), await desk.joined("b")
    await desk.until(lambda: desk.port.rooms["r"].endpoints["a"].places["video"][0].coming)
    Client.send(a, a.check())
    peer = desk.port._by_name[a.name_there]
    await desk.until(lambda: peer.transport.address == a.sock.getsockname())
    b.show()
    await desk.until(lambda: a.of("video"), "a picture by UDP")
    desk.quiet()


async def test_a_line_that_was_cut_is_taken_up_by_the_next(desk: Desk, caller: Callable[[str], Caller]) -> None:
    made = caller("a")
    a, b = await made.join(desk.port), await desk.joined("b")
    peer = desk.port._by_name[a.name_there]
    made.writer.transport.abort()
    await desk.until(lambda: peer.transport.address is None, "the relay to see it")
    await made.reading
    await made.dial(desk.port.streams.number)
    a.send(a.check())
    await desk.until(lambda: peer.transport.address is not None, "the next line")
    await desk.until(lambda: b.rtcp)
    b.show()
    await desk.until(lambda: a.of("video"), "a picture")
    desk.quiet()


async def test_who_leaves_is_hung_up_on(desk: Desk, caller: Callable[[str], Caller]) -> None:
    made = caller("a")
    await made.join(desk.port)
    await desk.port.leave("r", "a")
    await desk.until(lambda: made.reader.at_eof() or made.reading.done(), "the line to end")
    await desk.until(lambda: not desk.port.streams.open)
    assert desk.port._by_address == {}


async def test_who_lost_his_stream_costs_the_others_nothing(desk: Desk, caller: Callable[[str], Caller]) -> None:
    made = caller("a")
    a, b = await made.join(desk.port), await desk.joined("b")
    await desk.joined("c")
    peer = desk.port._by_name[a.name_there]
    made.writer.transport.abort()
    await desk.until(lambda: peer.transport.address is None)
    b.show()
    await desk.settle()
    desk.quiet()
