"""A bad line: seeded loss, delay, jitter, reordering, a rate and a queue, between client and relay, in user space.

`Line` decides (pure; clock and randomness passed in); `Link` is the wire: a UDP socket on another loopback address with
the relay's own port number. A client whose candidate names that address sends and hears everything through it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

Address = tuple[str, int]


@dataclass(frozen=True)
class Weather:
    """What a line does to a packet. Loss is a share of packets; `burst` is the mean length of a run of losses
    (Gilbert's model; 1: each by itself). Times in ms, rate in kbit/s (0: none), queue in ms of that rate."""

    loss: float = 0.0
    burst: float = 1.0
    delay: float = 0.0
    jitter: float = 0.0
    reorder: float = 0.0  # share of packets that do not wait for their turn
    rate: float = 0.0
    queue: float = 300.0


@dataclass
class Line:
    """One direction. `take` says when a packet comes out; None: never."""

    weather: Weather
    chance: random.Random
    bad: bool = False
    free_at: float = 0.0  # when the bottleneck has sent all it holds
    last: float = 0.0  # when the last packet came out: later ones come behind it
    taken: int = 0
    lost: int = 0
    spilt: int = 0  # of these, for want of room in the queue
    waits: list[float] = field(default_factory=list)  # ms in the queue, for the record

    def take(self, now: float, size: int) -> float | None:
        """NOW in ms, SIZE in bytes of the datagram."""
        w = self.weather
        self.taken += 1
        if self._strikes():
            self.lost += 1
            return None
        out = now
        if w.rate:
            begins = max(now, self.free_at)
            if begins - now > w.queue:
                self.lost += 1
                self.spilt += 1
                return None
            self.waits.append(begins - now)
            out = self.free_at = begins + (size + 28) * 8 / w.rate  # IP and UDP headers travel too
        out += w.delay + (self.chance.uniform(0, w.jitter) if w.jitter else 0.0)
        if w.reorder and self.chance.random() < w.reorder:
            return out
        out = self.last = max(out, self.last)
        return out

    def _strikes(self) -> bool:
        w = self.weather
        if not w.loss:
            return False
        if w.burst <= 1:
            return self.chance.random() < w.loss
        leaves = 1 / w.burst  # of the bad state; entered so often that LOSS comes out on average
        enters = leaves * w.loss / (1 - w.loss)
        self.bad = self.chance.random() >= leaves if self.bad else self.chance.random() < enters
        return self.bad


class Wire:
    """One client's own line through a link: a socket towards the relay, so that the relay tells clients apart."""

    def __init__(self, link: Link, client: Address, up: Line, down: Line) -> None:
        self.client, self.up, self.down = client, up, down
        self.open(link)

    def open(self, link: Link) -> None:
        """From a port of its own, as a NAT gives one."""
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024**2)
        self.sock.bind((link.relay[0], 0))
        self.sock.connect(link.relay)
        self.sock.setblocking(False)


class Link:
    """`async with Link(relay, up, down, seed) as link`: listens at `link.address`. A Weather may be changed while it
    runs (`change`), and the line cut (`cut`)."""

    def __init__(self, relay: Address, up: Weather, down: Weather, seed: int, host: str = "127.0.0.2") -> None:
        self.relay, self.address = relay, (host, relay[1])
        self._up, self._down, self._seed = up, down, seed
        self.wires: dict[Address, Wire] = {}
        self.cut = False
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024**2)
        self._sock.setblocking(False)
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Link:
        self._loop = asyncio.get_running_loop()
        self._sock.bind(self.address)
        self._loop.add_reader(self._sock, self._from_clients)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for sock in (self._sock, *(wire.sock for wire in self.wires.values())):
            self._loop.remove_reader(sock)
            sock.close()

    def change(self, up: Weather, down: Weather) -> None:
        self._up, self._down = up, down
        for wire in self.wires.values():
            wire.up.weather, wire.down.weather = up, down

    def rebind(self) -> None:
        """As a NAT that forgot: from now on everybody comes from another port, and nothing reaches the old one."""
        for wire in self.wires.values():
            self._loop.remove_reader(wire.sock)
            wire.sock.close()
            wire.open(self)
            self._loop.add_reader(wire.sock, self._from_relay, wire)

    def _wire(self, client: Address) -> Wire:
        wire = self.wires.get(client)
        if wire is None:
            up, down = (random.Random(f"{self._seed} {len(self.wires)} {way}") for way in ("up", "down"))
            wire = self.wires[client] = Wire(self, client, Line(self._up, up), Line(self._down, down))
            self._loop.add_reader(wire.sock, self._from_relay, wire)
        return wire

    def _from_clients(self) -> None:
        while True:
            try:
                data, client = self._sock.recvfrom(4096)
            except OSError:
                return
            wire = self._wire(client)
            self._pass(wire.up, data, lambda data=data, wire=wire: wire.sock.send(data))

    def _from_relay(self, wire: Wire) -> None:
        while True:
            try:
                data = wire.sock.recv(4096)
            except OSError:
                return
            self._pass(wire.down, data, lambda data=data: self._sock.sendto(data, wire.client))

    def _pass(self, line: Line, data: bytes, send: Callable[[], object]) -> None:
        now = self._loop.time() * 1000
        out = None if self.cut else line.take(now, len(data))
        if out is not None:
            heapq.heappush(self._due, (out, next(self._order), send))
            self._wake()

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due[0][0] / 1000, self._deliver) if self._due else None

    def _deliver(self) -> None:
        now = self._loop.time() * 1000 + 0.5
        while self._due and self._due[0][0] <= now:
            _, _, send = heapq.heappop(self._due)
            try:
                send()
            except OSError:
                continue  # nobody listens there, or its buffer is full: a line does not care
        self._wake()
