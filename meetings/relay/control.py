"""What the web process and a relay worker say to each other: JSON lines over a local socket, the same over any link.

The web process says what each room's screens should show, and sends offers; the worker answers, and tells what became
of them. After a cut the web process sends everything anew (`Sync`), so neither side needs to have seen it all.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from store import background
from store.errors import Malformed, Unavailable

log = logging.getLogger("bacap.relay")

LONGEST = 4 * 1024**2  # one line: the health of a whole node's endpoints, some 500 bytes each
ANSWER_S = 5.0
AGAIN_S = 0.2


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """Base of all messages."""


class Policy(Message, frozen=True):
    """What a room's screens show: the endpoints on the stage, the first of them large; who may be heard (None:
    everyone); the line profile (lines.py) of those whose is not full; the codec of its pictures; whether everybody is
    shown and heard by themselves too, to try a line."""

    room: str
    stage: tuple[str, ...]
    heard: tuple[str, ...] | None
    lines: dict[str, str] = {}
    codec: str = "VP8"
    echo: bool = False


class Sync(Message, frozen=True):
    rooms: tuple[Policy, ...]


class Join(Message, frozen=True):
    id: int
    room: str
    endpoint: str
    sdp: str
    mosaic: int = 0  # so many of the last places for pictures are a mosaic


class Watch(Message, frozen=True):
    """What ENDPOINT's mosaic is to show."""

    room: str
    endpoint: str
    names: tuple[str, ...]


class Share(Message, frozen=True):
    """ENDPOINT shares its screen, or does no more."""

    room: str
    endpoint: str
    on: bool


class Leave(Message, frozen=True):
    room: str
    endpoint: str


class Joined(Message, frozen=True):
    id: int
    sdp: str


class Failed(Message, frozen=True):
    id: int
    code: str


class Shown(Message, frozen=True):
    """Which endpoint each place of ENDPOINT's screen shows."""

    room: str
    endpoint: str
    audio: tuple[str, ...]
    video: tuple[str, ...]


class Wanted(Message, frozen=True):
    """The highest layer of a source of ENDPOINT that anybody watches; -1: none, so nothing need be sent."""

    room: str
    endpoint: str
    name: str
    top: int


class Gone(Message, frozen=True):
    room: str
    endpoint: str


class StreamHealth(msgspec.Struct, frozen=True):
    """What comes of one source: `loss` per mille, `jitter` ms, `packets` since the last report."""

    name: str
    kbit: int
    loss: int
    jitter: int
    layers: int
    packets: int


class PeerHealth(msgspec.Struct, frozen=True):
    """Losses per mille, `rtt` ms; `carries_kbit`: what its line is held to carry towards it; `queued`: there is a queue
    in it (rate.py)."""

    room: str
    endpoint: str
    camera: bool
    sound: bool
    video_kbit: int
    loss: int
    weak: bool
    down_loss: int = 0
    down_kbit: int = 0
    carries_kbit: int = 0
    rtt: int = 0
    queued: bool = False
    tcp: bool = False
    streams: tuple[StreamHealth, ...] = ()


class Healths(Message, frozen=True):
    peers: tuple[PeerHealth, ...]


ToRelay = Policy | Sync | Join | Watch | Share | Leave
ToWeb = Joined | Failed | Shown | Wanted | Gone | Healths


async def write(writer: asyncio.StreamWriter, message: Message) -> None:
    writer.write(msgspec.json.encode(message) + b"\n")
    await writer.drain()


async def listen(
    path: Path, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
) -> asyncio.Server:
    """A local socket that only this user may open."""
    await asyncio.to_thread(_clear, path)
    server = await asyncio.start_unix_server(serve, path, limit=LONGEST)
    await asyncio.to_thread(path.chmod, 0o600)
    return server


def _clear(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)


class RelayLink:
    """The web process's end. Connects by itself, again and again; calls fail with Unavailable while it is cut."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[str]] = {}
        self._ids = itertools.count(1)
        self._policies: dict[str, Policy] = {}
        self._task: asyncio.Task[None] | None = None
        self.on_message: Callable[[ToWeb], None] = lambda _: None
        self.on_connected: Callable[[bool], None] = lambda _: None  # True: the relay is there; False: it went away

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="relay-link")

    @property
    def connected(self) -> bool:
        return self._writer is not None

    async def close(self) -> None:
        await background.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST)
            except OSError:
                await asyncio.sleep(AGAIN_S)
                continue
            self._writer = writer
            try:
                await write(writer, Sync(tuple(self._policies.values())))
                self.on_connected(True)
                while line := await reader.readline():
                    self._hear(msgspec.json.decode(line, type=ToWeb))
            except (OSError, ValueError) as error:  # DecodeError is one, and so is a line too long
                log.warning("relay link: %r", error)
            finally:
                self._writer = None
                writer.close()
                for waiting in self._waiting.values():
                    if not waiting.done():
                        waiting.set_exception(Unavailable("media-away"))
                self._waiting.clear()
                self.on_connected(False)

    def _hear(self, message: ToWeb) -> None:
        if isinstance(message, Joined | Failed):
            waiting = self._waiting.pop(message.id, None)
            if waiting is not None and not waiting.done():
                if isinstance(message, Joined):
                    waiting.set_result(message.sdp)
                else:
                    waiting.set_exception(Malformed(message.code))
        else:
            self.on_message(message)

    async def _say(self, message: Message) -> None:
        if self._writer is None:
            raise Unavailable("media-away")
        try:
            await write(self._writer, message)
        except OSError as error:
            raise Unavailable("media-away") from error

    async def join(self, room: str, endpoint: str, offer: str, mosaic: int = 0) -> str:
        """The relay's answer to an offer. Raises Malformed, Unavailable `media-away`."""
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._say(Join(number, room, endpoint, offer, mosaic))
            return await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError:
            raise Unavailable("media-away") from None
        finally:
            self._waiting.pop(number, None)

    async def leave(self, room: str, endpoint: str) -> None:
        with contextlib.suppress(Unavailable):
            await self._say(Leave(room, endpoint))

    async def watch(self, room: str, endpoint: str, names: tuple[str, ...]) -> None:
        with contextlib.suppress(Unavailable):
            await self._say(Watch(room, endpoint, names))

    async def share(self, room: str, endpoint: str, on: bool) -> None:
        with contextlib.suppress(Unavailable):
            await self._say(Share(room, endpoint, on))

    async def steer(self, policy: Policy) -> None:
        """From now on the room's screens show this; told again after every cut, unless it asks for nothing."""
        self._policies.pop(policy.room, None)
        if policy != Policy(policy.room, (), None):
            self._policies[policy.room] = policy
        with contextlib.suppress(Unavailable):
            await self._say(policy)
