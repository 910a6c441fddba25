"""RTP of one place into whole pictures, in order, none of which lacks what it needs. Pure; clock passed in.

What is missing is asked for; what stays missing costs all up to the next key frame, since a picture that was made from
one that is not there is a smear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..relay.rtp import FIXED, Packet

PATIENCE = 250  # ms a missing packet is waited for
AGAIN = 60  # ms until it is asked for once more
MOST_HELD = 2000  # packets
Unpack = Callable[[bytes], bytes]  # the payload of a packet -> what it holds of the picture. Raises ValueError.


@dataclass(frozen=True, slots=True)
class Picture:
    """`ts`: RTP time (90 kHz)."""

    data: bytes
    ts: int
    key: bool


class Assembler:
    """`add` packets; `pictures` gives what is whole. `missing` says what to ask for, `needs_key` that only a key frame
    helps."""

    def __init__(self, unpack: Unpack) -> None:
        self._unpack = unpack
        self._held: dict[int, Packet] = {}  # by number, unwrapped
        self._next: int | None = None  # the number that comes next
        self._top = 0
        self._stuck_at = 0  # ms since when the next one is missing; 0: it is not
        self._asked_at = 0
        self._parts: list[Packet] = []
        self.needs_key = True

    def add(self, packet: Packet) -> None:
        if self._next is None:
            self._next = self._top = packet.seq
        number = self._top + ((packet.seq - self._top + 0x8000 & 0xFFFF) - 0x8000)
        if number < self._next or len(self._held) >= MOST_HELD:
            return
        self._top = max(self._top, number)
        self._held[number] = packet

    def pictures(self, now: int) -> Iterator[Picture]:
        """All that have become whole."""
        while self._held:
            assert self._next is not None
            packet = self._held.pop(self._next, None)
            if packet is None:
                self._stuck_at = self._stuck_at or now
                if now - self._stuck_at < PATIENCE and len(self._held) < MOST_HELD:
                    return
                self._skip()
                continue
            self._stuck_at = self._asked_at = 0
            self._next += 1
            made = self._part(packet)
            if made is not None:
                yield made

    def _skip(self) -> None:
        """Give up what is missing."""
        self._next = min(self._held)
        self._stuck_at = 0
        self._parts, self.needs_key = [], True

    def missing(self, now: int) -> list[int]:
        """Numbers (16 bits) to ask for now."""
        if not self._stuck_at or self._next is None or now - self._asked_at < AGAIN:
            return []
        self._asked_at = now
        first = min(self._held, default=self._next)
        return [number & 0xFFFF for number in range(self._next, first)][:32]

    def _part(self, packet: Packet) -> Picture | None:
        if self._parts and self._parts[0].ts != packet.ts:
            self._parts, self.needs_key = [], True  # its end never came, though no number is missing
        self._parts.append(packet)
        if not packet.marker:
            return None
        parts, self._parts = self._parts, []
        key = any(part.key for part in parts)
        if self.needs_key and not key:
            return None
        try:
            data = b"".join(self._unpack(part.bare[FIXED:]) for part in parts if part.size > FIXED)
        except ValueError:
            self.needs_key = True
            return None
        if not data:  # padding only
            return None
        self.needs_key = False
        return Picture(data, packet.ts, key)


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height that a VP8 key frame names (RFC 6386, section 9.1)."""
    return int.from_bytes(picture[6:8], "little") & 0x3FFF, int.from_bytes(picture[8:10], "little") & 0x3FFF
