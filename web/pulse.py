"""How late the event loop is: what a command waits for before anybody looks at it, whatever else is slow."""

from __future__ import annotations

import asyncio
from collections import deque

from store import background

BEAT_S = 0.05
KEPT = 1200  # beats: a minute


class Pulse:
    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=KEPT)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._beat(), name="pulse")

    async def close(self) -> None:
        await background.end(self._task)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self._late.append(max(0.0, loop.time() - due))

    def late(self, share: float) -> float:
        """Seconds; SHARE of the beats of the last minute were not later."""
        ordered = sorted(self._late)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
