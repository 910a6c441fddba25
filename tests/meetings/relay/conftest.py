"""A port of its own for each test, with the clients that join it; whatever breaks in the loop fails the test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from meetings.relay import rate
from meetings.relay.port import Port
from meetings.relay.room import Endpoint, Room
from meetings.relay.upkeep import Upkeep
from tests.kit.media import until

from .client import Client, faults_of

# A busy machine is slow, not wrong.
settings.register_profile("patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


class Desk:
    """A port, its clients, and what the port told."""

    def __init__(self, port: Port, faults: list[dict[str, Any]]) -> None:
        self.port, self.faults = port, faults
        self.upkeep = Upkeep(port)
        self.ticking = asyncio.create_task(self.upkeep.run())
        self.closed = False
        self.clients: list[Client] = []
        self.shown: list[tuple[str, list[str], list[str]]] = []
        self.lost: list[str] = []
        port.on_slots = self._slots
        port.on_lost = lambda _, endpoint: self.lost.append(endpoint.id)

    def _slots(self, _: Room, endpoint: Endpoint, audio: list[str], video: list[str]) -> None:
        self.shown.append((endpoint.id, audio, video))

    def client(self, name: str, **shape: Any) -> Client:
        self.clients.append(Client(name, **shape))
        return self.clients[-1]

    async def joined(self, name: str, **shape: Any) -> Client:
        return await self.client(name, **shape).join(self.port)

    def quiet(self) -> None:
        """Nothing broke so far."""
        faults, self.faults[:] = self.faults[:], []
        assert not faults, faults

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait for it while the port's clock ticks."""
        await until(lambda: (self.ticking.done() and not self.closed) or true(), 10, what)
        if self.ticking.done() and not self.ticking.cancelled():
            await self.ticking  # raises what stopped it

    async def close(self) -> None:
        """End the port; once."""
        if not self.closed:
            self.closed = True
            self.ticking.cancel()
            await self.port.close()

    async def settle(self) -> None:
        """Let the port read what was sent to it."""
        for _ in range(5):
            await asyncio.sleep(0.005)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(rate, "START", rate.MOST)  # nobody waits for his line to be tried; rate.py has tests of its own
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    made = Desk(port, faults_of(asyncio.get_running_loop()))
    port.open()
    try:
        yield made
        await made.close()
        with contextlib.suppress(asyncio.CancelledError):
            await made.ticking
    finally:
        for client in made.clients:
            await client.close()
        port._sock.close()  # also where the port broke before it came to this
    made.quiet()


@pytest.fixture
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiortc's peers use the loopback address, and no other: aioice would leave it out."""
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
