"""A world under a test's control: time moves when told, randomness comes from a seed."""

import random

from store.world import Instant


class Fixed:
    """Wall clock starts at 2026-11-24 09:00 in Vietnam; `step` moves both clocks, `wind` only the wall clock."""

    def __init__(self, seed: int = 1) -> None:
        self.utc_ms = 1_795_485_600_000
        self.mono_ms = 0
        self._random = random.Random(seed)

    def now(self) -> Instant:
        return Instant(self.utc_ms, self.mono_ms)

    def random(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def step(self, ms: int) -> None:
        self.utc_ms += ms
        self.mono_ms += ms

    def wind(self, ms: int) -> None:
        self.utc_ms += ms
