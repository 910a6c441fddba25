"""The line between web process and worker: messages, cuts, and coming back: meetings.relay.control."""

from __future__ import annotations

import asyncio
import contextlib
import stat
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meetings.relay import control, sdp
from meetings.relay import worker as worker_module
from meetings.relay.control import (
    Failed,
    Gone,
    Healths,
    Join,
    Joined,
    Leave,
    PeerHealth,
    Policy,
    RelayLink,
    Share,
    Shown,
    StreamHealth,
    Sync,
    ToRelay,
    ToWeb,
    Wanted,
    Watch,
)
from meetings.relay.peer import Peer
from meetings.relay.port import Port
from store.errors import Malformed, Unavailable
from tests.kit.media import until

from . import offers

STREAMS = (StreamHealth("screen", 1, 2, 3, 4, 5),)
FROM_WEB: list[Any] = [
    Policy("r", ("stage",), None),
    Policy("phòng", (), ("a", "b"), {"a": "64k"}, "H264"),
    Policy("r", (), ()),
    Sync((Policy("r", ("x",), ("y",)),)),
    Sync(()),
    Join(7, "r", "e", "v=0\r\no=- …\n"),
    Join(8, "r", "e", "v=0\r\n", 3),
    Watch("r", "e", ("a", "phòng")),
    Share("r", "e", True),
    Leave("r", "e"),
]
FROM_RELAY: list[Any] = [
    Joined(7, "v=0\r\n"),
    Failed(7, "sdp"),
    Shown("r", "e", ("a", ""), ("", "b")),
    Wanted("r", "e", "video", -1),
    Gone("r", "e"),
    Healths(
        (PeerHealth("r", "e", True, True, 9, 1, True, tcp=True, streams=(StreamHealth("screen", 1, 2, 3, 4, 5),)),)
    ),
    Healths((PeerHealth("r", "e", True, False, 900, 12, False),)),
    Healths(()),
]


# ── the messages ──


@pytest.mark.parametrize(("messages", "union"), [(FROM_WEB, ToRelay), (FROM_RELAY, ToWeb)], ids=["to relay", "to web"])
def test_every_message_is_one_line_and_comes_back_the_same(messages: list[Any], union: Any) -> None:
    for message in messages:
        line = msgspec.json.encode(message)
        assert b"\n" not in line
        assert msgspec.json.decode(line, type=union) == message


def test_every_message_is_tried() -> None:
    assert {type(one) for one in FROM_WEB} == set(ToRelay.__args__)
    assert {type(one) for one in FROM_RELAY} == set(ToWeb.__args__)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"type":"nothing"}', b'{"type":"join","id":"x"}', b"\xff"])
def test_what_is_no_message_is_refused_by_type(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(line, type=ToRelay)


# ── a worker's end that says what it is told to ──


class Far:
    """A worker's end of the line, in this process: keeps what it hears, answers joins by the sdp they carry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[Any] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        self.server = await control.listen(self.path, self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                message = msgspec.json.decode(line, type=ToRelay)
                self.heard.append(message)
                if isinstance(message, Join) and message.sdp == "good":
                    await control.write(writer, Joined(message.id, "answer to " + message.endpoint))
                elif isinstance(message, Join) and message.sdp == "bad":
                    await control.write(writer, Failed(message.id, "sdp"))
        writer.close()

    async def cut(self) -> None:
        """Every line that there is, and no new one."""
        if self.server is not None:
            self.server.close()
        for writer in self.writers:
            writer.close()
        self.writers.clear()
        await asyncio.sleep(0)

    def say(self, data: bytes) -> None:
        self.writers[-1].write(data)


class Line:
    """Both ends."""

    def __init__(self, folder: Path) -> None:
        self.far = Far(folder / "run" / "relay.sock")
        self.link = RelayLink(self.far.path)
        self.told: list[Any] = []
        self.connected: list[bool] = []
        self.link.on_message = self.told.append
        self.link.on_connected = self.connected.append


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    with tempfile.TemporaryDirectory(prefix="bacap-") as folder:
        made = Line(Path(folder))
        try:
            yield made
            await made.link.close()
        finally:
            await made.far.cut()


async def together(line: Line) -> None:
    await line.far.start()
    line.link.start()
    await until(lambda: line.connected == [True])


async def test_the_socket_is_this_users_alone(line: Line) -> None:
    await line.far.start()
    assert stat.S_IMODE(line.far.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(line.far.path.parent.stat().st_mode) == 0o700


async def test_a_socket_left_over_is_replaced(line: Line) -> None:
    line.far.path.parent.mkdir()
    line.far.path.write_text("left over")
    await together(line)


async def test_joins_are_answered_each_its_own(line: Line) -> None:
    await together(line)
    answers = await asyncio.gather(*(line.link.join("r", f"e{number}", "good") for number in range(20)))
    assert answers == [f"answer to e{number}" for number in range(20)]
    assert len({message.id for message in line.far.heard if isinstance(message, Join)}) == 20


async def test_a_failed_join_is_malformed(line: Line) -> None:
    await together(line)
    with pytest.raises(Malformed) as caught:
        await line.link.join("r", "e", "bad")
    assert caught.value.code == "sdp"
    assert await line.link.join("r", "e", "good") == "answer to e"


async def test_a_join_that_is_never_answered_is_unavailable(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ANSWER_S", 0.2)
    await together(line)
    with pytest.raises(Unavailable):
        await line.link.join("r", "e", "no answer")
    line.far.say(msgspec.json.encode(Joined(1, "too late")) + b"\n")
    assert await line.link.join("r", "e", "good") == "answer to e"


async def test_before_there_is_a_line_calls_are_unavailable_and_policies_wait(line: Line) -> None:
    line.link.start()
    with pytest.raises(Unavailable) as caught:
        await line.link.join("r", "e", "good")
    assert caught.value.code == "media-away"
    await line.link.leave("r", "e")
    await line.link.steer(Policy("r", ("s",), ("a",)))
    await line.far.start()
    await until(lambda: line.far.heard)
    assert line.far.heard == [Sync((Policy("r", ("s",), ("a",)),))]


async def test_after_a_cut_everything_is_said_anew(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ANSWER_S", 600)  # who waits learns of the cut itself
    await together(line)
    await line.link.steer(Policy("r", ("one",), None))
    await line.link.steer(Policy("q", ("x",), ()))
    await line.link.steer(Policy("r", ("two",), None))
    await until(lambda: len(line.far.heard) == 4)
    assert line.far.heard == [
        Sync(()),
        Policy("r", ("one",), None),
        Policy("q", ("x",), ()),
        Policy("r", ("two",), None),
    ]
    waiting = asyncio.create_task(line.link.join("r", "e", "no answer"))
    await until(lambda: len(line.far.heard) == 5)
    await line.far.cut()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, 10)
    await until(lambda: line.connected == [True, False])
    await line.link.steer(Policy("q", (), None))  # asks for nothing: need not be said again
    line.far.heard.clear()
    await line.far.start()
    await until(lambda: line.connected == [True, False, True])
    await until(lambda: line.far.heard)
    assert line.far.heard == [Sync((Policy("r", ("two",), None),))]
    assert await line.link.join("r", "e", "good") == "answer to e"


async def test_what_the_relay_tells_is_passed_on(line: Line) -> None:
    await together(line)
    told = [message for message in FROM_RELAY if not isinstance(message, Joined | Failed)]
    for message in told:
        line.far.say(msgspec.json.encode(message) + b"\n")
    await until(lambda: line.told == told)
    line.far.say(msgspec.json.encode(Joined(999, "nobody asked")) + b"\n")
    line.far.say(msgspec.json.encode(told[0]) + b"\n")
    await until(lambda: len(line.told) == len(told) + 1)


@pytest.mark.parametrize("noise", [b"hello\n", b'{"type":"join"}\n', b"x" * (control.LONGEST + 10) + b"\n"])
async def test_noise_cuts_the_line_and_it_comes_back(line: Line, noise: bytes) -> None:
    await together(line)
    line.far.say(noise)
    await until(lambda: line.connected[:3] == [True, False, True], 10)
    assert await line.link.join("r", "e", "good") == "answer to e"


async def test_the_report_of_a_full_node_arrives(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plenaries at once, each of 136 sites and 1,000 tablets (the numbers of the design): the line must hold."""
    monkeypatch.setattr(worker_module, "HEALTH_S", 0.1)
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    offer, names = sdp.parse(offers.chromium()), set()
    for sitting in range(2):
        room = port.room(str(uuid.UUID(int=sitting)))
        for _ in range(1136):
            endpoint = Peer(room, str(uuid.uuid4()), offer, port.certificate, port.send_to).endpoint
            room.endpoints[endpoint.id] = endpoint
            names.add(endpoint.id)
    worker = worker_module.Worker(port)
    line.far.server = await control.listen(line.far.path, worker.serve)
    line.link.start()
    await until(lambda: line.connected)
    reporting = asyncio.create_task(worker.report())
    try:
        told: set[str] = set()
        await until(lambda: told.update(*map(told_of, line.told)) or told == names or len(line.connected) > 1, 20)
        assert (len(told), line.connected) == (len(names), [True])
    finally:
        reporting.cancel()
        await line.link.close()
        with contextlib.suppress(asyncio.CancelledError):
            await reporting
        await worker.close()
        await port.close()


def told_of(message: Any) -> set[str]:
    return {peer.endpoint for peer in message.peers} if isinstance(message, Healths) else set()


async def test_a_closed_link_stays_closed(line: Line) -> None:
    await together(line)
    await line.link.close()
    assert line.connected == [True, False]
    with pytest.raises(Unavailable):
        await line.link.join("r", "e", "good")
    await line.link.close()
    await RelayLink(line.far.path).close()  # one that never started
