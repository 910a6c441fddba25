"""The queue of the public's checks: each takes a worker of the workshop, so the public has one, and few may wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator

from store.errors import Unavailable

MOST, MOST_OF_ONE = 16, 4  # places in all, and of one source


class PublicQueue:
    """`place` is taken before a byte of the file is read; `turn` is awaited when it is all there."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._places: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, source: str) -> Iterator[None]:
        """Raises Unavailable `busy-checking` where none is left."""
        if self._places.total() >= MOST or self._places[source] >= MOST_OF_ONE:
            raise Unavailable("busy-checking")
        self._places[source] += 1
        try:
            yield
        finally:
            self._places[source] -= 1
            if not self._places[source]:
                del self._places[source]
