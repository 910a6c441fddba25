"""Publish and subscribe between processes of one installation: hints only, never the truth.

Whoever hears a hint reads the journal; whoever misses one reads it a little later. Losing or flushing Redis
therefore loses nothing. One process has no need of Redis: `LocalBus` does the same in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from . import background

log = logging.getLogger(__name__)

INBOX = 256  # hints a slow subscriber may have waiting; the oldest goes first, since any one says "look again"
RETRY = 1.0  # seconds between attempts to reach Redis again


class Bus(Protocol):
    async def publish(self, topic: str, hint: bytes) -> None: ...

    def subscribe(self, topic: str) -> contextlib.AbstractAsyncContextManager[asyncio.Queue[bytes]]: ...

    async def close(self) -> None: ...


class LocalBus:
    """Within one process."""

    def __init__(self) -> None:
        self._inboxes: dict[str, set[asyncio.Queue[bytes]]] = {}

    async def publish(self, topic: str, hint: bytes) -> None:
        self.hand_out(topic, hint)

    def hand_out(self, topic: str, hint: bytes) -> None:
        for inbox in self._inboxes.get(topic, ()):
            if inbox.full():
                inbox.get_nowait()
            inbox.put_nowait(hint)

    @contextlib.asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[asyncio.Queue[bytes]]:
        inbox: asyncio.Queue[bytes] = asyncio.Queue(INBOX)
        self._inboxes.setdefault(topic, set()).add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[topic].discard(inbox)
            if not self._inboxes[topic]:
                del self._inboxes[topic]

    async def close(self) -> None:
        self._inboxes.clear()


class RedisBus:
    """Between processes and nodes. One pattern subscription feeds a LocalBus; Redis away means late, not lost."""

    def __init__(self, url: str, prefix: str = "bacap:") -> None:
        from redis.asyncio import Redis  # not needed by a node that stands alone
        from redis.exceptions import RedisError

        self._lost = (RedisError, OSError)
        self._connect = Redis.from_url
        self._redis = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._prefix = prefix
        self._local = LocalBus()
        self._ready = asyncio.Event()
        self._pump = asyncio.create_task(self._listen(url), name="redis-bus")

    async def _listen(self, url: str) -> None:
        while True:
            try:
                async with self._connect(url, socket_connect_timeout=2) as redis, redis.pubsub() as channel:
                    await channel.psubscribe(f"{self._prefix}*")
                    async for message in channel.listen():
                        if message["type"] == "psubscribe":
                            self._ready.set()
                        elif message["type"] == "pmessage":
                            self._local.hand_out(
                                message["channel"].decode().removeprefix(self._prefix), message["data"]
                            )
            except self._lost as error:
                self._ready.clear()
                log.warning("redis is away: %s", error)
                await asyncio.sleep(RETRY)

    async def ready(self) -> None:
        """Wait until subscriptions are in force."""
        await self._ready.wait()

    async def publish(self, topic: str, hint: bytes) -> None:
        try:
            await self._redis.publish(f"{self._prefix}{topic}", hint)
        except self._lost:
            self._local.hand_out(topic, hint)  # at least this process hears it at once

    def subscribe(self, topic: str) -> contextlib.AbstractAsyncContextManager[asyncio.Queue[bytes]]:
        return self._local.subscribe(topic)

    async def close(self) -> None:
        await background.end(self._pump)
        await self._redis.aclose()
        await self._local.close()


def open_bus(url: str) -> Bus:
    """`local:` or `redis://...`; call inside a running loop."""
    return LocalBus() if url == "local:" else RedisBus(url)
