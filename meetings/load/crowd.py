"""Many peers in one sitting: joining at a pace, sending on time, and an account of all that came.

Every datagram is counted by its header; a few peers, `careful` ones, decrypt what they get, hold each payload against
what was sent, and time its way by the kernel's own stamps.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ..relay.mmsg import Inbox
from .film import RATE
from .peer import Peer
from .tally import Careful, Count

Join = Callable[[int, Peer], Awaitable[None]]  # signals for peer number so and so, until it is connected

READ_S = 0.02
SEND_S = 0.002
PACE = 12  # packets of one picture a round: libwebrtc lets 40 ms of its rate go at once
REPORT_S, CHECK_TURNS = 1.0, 4  # a check with every fourth report


@dataclass
class Joined:
    """How a peer got in."""

    began: int  # ns since 1970
    connected: float = 0.0  # seconds it took
    fault: str = ""
    count: Count | None = None

    @property
    def heard(self) -> float:
        """Seconds till its first sound; 0: none came."""
        return self._since(self.count.first_sound if self.count else 0)

    @property
    def seen(self) -> float:
        """Seconds till the first of a picture; 0: none came."""
        return self._since(self.count.first_picture if self.count else 0)

    def _since(self, first: int) -> float:
        return (first - self.began) / 1e9 if first else 0.0


@dataclass
class Sent:
    """What was sent since the count began, by kind."""

    packets: dict[str, int] = field(default_factory=lambda: {"audio": 0, "video": 0})


class Crowd:
    """`enter` peers; from then on media runs. `begin_count` as often as wanted; `counts`, `careful` and `sent` tell."""

    def __init__(self, join: Join, careful: int = 3) -> None:
        self._join = join
        self._careful = careful
        self._inbox = Inbox()
        self.peers: list[Peer] = []
        self.joined: list[Joined] = []
        self.counts: dict[Peer, Count] = {}
        self.careful: list[Careful] = []
        self.sent = Sent()
        self.late = 0.0  # the longest that sending ever lagged behind its time, s
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._send())]
        self._tasks.append(asyncio.create_task(self._stay()))

    # ── coming and going ──

    async def enter(self, peers: list[Peer], over: float, at_once: int = 10) -> list[Joined]:
        """PEERS join, evenly over so many seconds, or AT_ONCE at a time where OVER is 0."""
        gate = asyncio.Semaphore(at_once if not over else len(peers))
        start = time.monotonic()

        async def one(index: int, peer: Peer) -> Joined:
            await asyncio.sleep(max(0.0, start + over * index / len(peers) - time.monotonic()))
            async with gate:
                return await self._enter(len(self.peers), peer)

        return list(await asyncio.gather(*(one(index, peer) for index, peer in enumerate(peers))))

    async def _enter(self, number: int, peer: Peer) -> Joined:
        self.peers.append(peer)
        made = Joined(time.time_ns())
        self.joined.append(made)
        self._inbox.stamp(peer.sock)
        try:
            await self._join(number, peer)
        except Exception as error:  # whatever it was, this peer is not in: told, and the others go on
            made.fault = str(error) or type(error).__name__
            return made
        made.connected = (time.time_ns() - made.began) / 1e9
        count = made.count = self.counts[peer] = Count(peer.kinds)
        if len(self.careful) < self._careful and peer.voice is None and peer.session is not None:
            count.careful = Careful(peer.session.unprotect, peer.kinds)
            self.careful.append(count.careful)
        return made

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for peer in self.peers:
            await peer.close()

    # ── what goes on meanwhile ──

    def begin_count(self) -> None:
        """From now on only what comes is counted, and what is sent."""
        for count in self.counts.values():
            count.clear()
        for careful in self.careful:
            careful.clear()
        self.sent, self.late = Sent(), 0.0

    @property
    def came(self) -> int:
        """Packets of all peers since the count began."""
        return sum(sum(count.packets.values()) for count in self.counts.values())

    @property
    def lost(self) -> int:
        return sum(count.lost for count in self.counts.values())

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(READ_S)
            for peer, count in list(self.counts.items()):
                for data, came in self._inbox.read(peer.sock.fileno()):
                    if not count.take(data, came) and peer.voice is not None:
                        peer.hear(bytes(data))

    async def _send(self) -> None:
        """Every picture and every 20 ms of sound at its time; a large picture is spread."""
        sounds, pictures, start = 0, 0, time.monotonic()
        waiting: dict[Peer, deque[bytes]] = {}
        while True:
            now = time.monotonic() - start
            senders = [peer for peer in self.peers if peer.voice is not None and peer.session is not None]
            self.late = max(self.late, now - sounds / 50 - 0.02)
            while sounds < now * 50:
                for peer in senders:
                    if peer.voice is not None:
                        self._say(peer, "audio", peer.voice.sound())
                sounds += 1
            while pictures < now * RATE:
                for peer in senders:
                    for picture in peer.pictures[: peer.top + 1]:
                        waiting.setdefault(peer, deque()).extend(picture.picture_packets())
                pictures += 1
            for peer in senders:
                due = waiting.get(peer)
                for _ in range(min(PACE, len(due)) if due else 0):
                    self._say(peer, "video", waiting[peer].popleft())
            await asyncio.sleep(SEND_S)

    def _say(self, peer: Peer, kind: str, packet: bytes) -> None:
        for careful in self.careful:
            careful.sent(kind, packet, time.time_ns())
        peer.say(packet)
        self.sent.packets[kind] += 1

    async def _stay(self) -> None:
        """Connectivity checks and reports, spread out, as browsers make them."""
        for turn in itertools.count():
            for peer in list(self.peers):
                if peer.session is not None and peer.sock.fileno() >= 0:
                    if turn % CHECK_TURNS == 0:
                        peer.check()
                    peer.report()
                await asyncio.sleep(REPORT_S / max(1, len(self.peers)))
            await asyncio.sleep(0.1)
