"""Pictures for a weak line, let out at the pace it carries, so that they queue here and not before a voice. Pure.

Sound never passes through here: it goes at once, ahead of what waits. What waits too long is thrown away, and its place
begins anew with the next key frame.
"""

from __future__ import annotations

from collections import deque

from .place import Place
from .rtp import Packet

FASTER = 1.15  # than the estimate: what is sent may not fill the line, but must be able to catch up
LEAST = 120  # bits a millisecond
LONGEST_MS = 700  # waiting
BURST_MS = 15  # worth of bits may go at once
OVERHEAD = 28 + 16  # bytes of UDP, IP and SRTP


class Pacer:
    """One viewer's queue."""

    __slots__ = ("_at", "_credit", "_queue")

    def __init__(self) -> None:
        self._queue: deque[tuple[int, Packet, Place, int]] = deque()
        self._credit = 0.0
        self._at = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, now: int, packet: Packet, place: Place) -> None:
        self._queue.append((now, packet, place, place.starts))

    def due(self, now: int, bits: int) -> list[tuple[Packet, Place]]:
        """What may go now over a line of BITS a second, in order."""
        pace = max(LEAST, bits * FASTER / 1000)
        self._credit = min(self._credit + (now - self._at) * pace, BURST_MS * pace)
        self._at = now
        out: list[tuple[Packet, Place]] = []
        while self._queue and self._credit > 0:
            _, packet, place, starts = self._queue.popleft()
            # another start has other numbers: under them this would be a second packet with the number of a first
            if place.layer is not None and place.starts == starts:
                self._credit -= (packet.size + OVERHEAD) * 8
                out.append((packet, place))
        return out

    def spill(self, now: int) -> list[Place]:
        """Throw all away where the oldest has waited too long; the places that were waiting for it."""
        if not self._queue or now - self._queue[0][0] <= LONGEST_MS:
            return []
        places = list(dict.fromkeys(place for _, _, place, _ in self._queue))
        self._queue.clear()
        return places
