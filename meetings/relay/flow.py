"""How much flows: bytes ever, and bits a second over the last stretch and the one before. Pure; clock passed in."""

from __future__ import annotations

STRETCH_MS = 1000  # a rate is taken over at least so long


class Flow:
    """Whoever moves bytes adds to `bytes`, and someone has a `look` every so often."""

    __slots__ = ("_at", "_counted", "before", "bytes", "rate")

    def __init__(self) -> None:
        self.bytes = self.rate = self.before = 0  # rates in bits a second: of the last stretch, and the one before
        self._at = self._counted = 0

    @property
    def least(self) -> int:
        """Bits a second that it lately was at least: for those whose word of it lags."""
        return min(self.rate, self.before)

    def look(self, now: int) -> None:
        if now - self._at >= STRETCH_MS:
            rate = (self.bytes - self._counted) * 8000 // (now - self._at) if self._at else 0
            self.before, self.rate = self.rate, rate
            self.begin(now)

    def begin(self, now: int) -> None:
        """From here on a new stretch: after a pause, the pause is no part of it."""
        self._at, self._counted = now, self.bytes
