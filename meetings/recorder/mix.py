"""Voices into one: sound is laid where it belongs in time, and taken off the front once nothing more can come. Pure.

Positions are samples of 48 kHz, mono, 16 bits, counted from the start of the recording.
"""

from __future__ import annotations

from array import array
from operator import add

PITCH = 48_000
STEP = 960  # samples of 20 ms: what is taken at once
SILENCE = array("l", bytes(array("l").itemsize * STEP))
LEAST, MOST = -32768, 32767
NEARLY_MS = 200  # what comes may be so far from where it should be before it is laid anew


class Mix:
    """What is laid twice at one place sounds together; where nothing was laid there is silence."""

    def __init__(self) -> None:
        self.taken = 0  # samples
        self._ahead: dict[int, array[int]] = {}  # number of the step -> its sum so far, 32 bits each

    def lay(self, at: int, sound: bytes) -> None:
        """Samples that begin at AT; those whose time has passed are left out."""
        samples = array("h", sound)
        late = max(0, self.taken - at)
        del samples[:late]
        at += late
        while samples:
            step, offset = divmod(at, STEP)
            part = samples[: STEP - offset]
            del samples[: len(part)]
            there = self._ahead.setdefault(step, array("l", SILENCE))
            end = offset + len(part)
            there[offset:end] = array("l", map(add, there[offset:end], part))
            at += len(part)

    def take(self) -> bytes:
        """The next step, as loud as 16 bits can be."""
        there = self._ahead.pop(self.taken // STEP, None)
        self.taken += STEP
        if there is None:
            return bytes(2 * STEP)
        return array("h", [min(MOST, max(LEAST, value)) for value in there]).tobytes()


class Timing:
    """Where what comes to one place belongs: by its RTP times, which go on evenly, near the moment it came."""

    def __init__(self, pitch: int) -> None:
        """PITCH: RTP times a second; positions are in the same."""
        self._nearly = pitch * NEARLY_MS // 1000
        self._shift: int | None = None  # from RTP time to position
        self._last = 0

    def place(self, ts: int, now: int) -> int:
        """The position of what has RTP time TS and came at position NOW."""
        if self._shift is not None:
            at = self._last + ((ts + self._shift - self._last + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000)
            if abs(at - now) <= self._nearly:
                self._last = at
                return at
        self._shift, self._last = now - ts, now
        return now
