"""When packets left for one viewer, and when it says they came: how full its line is. Pure; clock passed in.

Only pictures on a measured way (pacer.py) are numbered. What a packet took beyond the quickest of late is the time that
it stood in a queue; that says more, and sooner, than losses do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

KEPT = 1024  # packets under way
WINDOW_US = 500_000  # a rate is taken over so long
QUICKEST_MS = 15_000  # the quickest of so long is the line without a queue; clocks drift
WRAP_US = (1 << 24) * 64_000  # of the receiver's clock in feedback


@dataclass(frozen=True, slots=True)
class Trip:
    """`queue` ms; `rate` bits a second that came, 0 while too little did."""

    queue: float
    rate: int


class Transit:
    __slots__ = ("_arrived", "_number", "_quickest", "_sent", "extension_id")

    def __init__(self) -> None:
        self.extension_id = 0  # the viewer's id of the number; 0: it knows none
        self._number = 0
        self._sent: dict[int, tuple[int, int]] = {}  # number -> (ms, bytes)
        self._arrived: list[tuple[int, int]] = []  # (us of the receiver's clock, bytes) within the window
        self._quickest: list[tuple[int, int]] = []  # (ms when, us) of the least time, the oldest first

    def depart(self, now: int, size: int) -> int:
        """A packet of SIZE bytes leaves; its number."""
        self._number = self._number + 1 & 0xFFFF
        if len(self._sent) >= KEPT:
            self._sent.pop(next(iter(self._sent)))
        self._sent[self._number] = (now, size)
        return self._number

    def arrive(self, now: int, arrivals: Sequence[tuple[int, int]]) -> Trip | None:
        """The viewer tells of (number, us; -1: lost). None where that tells us nothing."""
        took: list[int] = []
        for number, at in arrivals:
            sent = self._sent.pop(number, None) if at >= 0 else None
            if sent is None:
                continue
            took.append((at - sent[0] * 1000) % WRAP_US)
            self._arrived.append((at, sent[1]))
        if not took:
            return None
        self._note(now, min(took))
        base = min(us for _, us in self._quickest)
        return Trip(max(0.0, (took[-1] - base) / 1000), self._rate())

    def _note(self, now: int, us: int) -> None:
        self._quickest = [(when, least) for when, least in self._quickest if now - when < QUICKEST_MS and least < us]
        self._quickest.append((now, us))

    def _rate(self) -> int:
        last = self._arrived[-1][0]
        self._arrived = [(at, size) for at, size in self._arrived[-KEPT:] if 0 <= last - at <= WINDOW_US]
        long = last - self._arrived[0][0]
        return sum(size for _, size in self._arrived[1:]) * 8_000_000 // long if long > WINDOW_US // 4 else 0
