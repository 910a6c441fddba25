"""One at a time for each key: of many who want the same thing made, one makes it and the others find it there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from weakref import WeakValueDictionary


class Locks:
    """Of one process; a key that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[None]:
        lock = self._known.setdefault(key, asyncio.Lock())
        async with lock:
            yield
