"""What was lost on the way: the last packets of a source, for viewers who miss some, and the gaps in what came to us.

Pure; clock passed in. One history serves all viewers of a source: a place only knows how its numbers differ. Asking is
bounded on both sides (RFC 4585, section 3.4): a viewer is answered once in a while for each packet and not for more
than a share of what it gets; we ask a sender three times for a packet and then for a key frame.
"""

from __future__ import annotations

from collections.abc import Iterable

from .rtp import Packet

SIZE = 512  # packets: one to two seconds of a picture
AGAIN_MS = 20  # before the same packet is sent, or asked for, once more
TRIES = 3
LONGEST_GAP = 64  # packets: what is missing behind more is no loss to mend, but a line that was cut
FREE, SHARE = 64, 4  # a viewer may be sent so many again, and one more for every SHARE that it was sent


class History:
    """The last SIZE packets of a source, by their sequence number."""

    __slots__ = ("_packets",)

    def __init__(self) -> None:
        self._packets: list[Packet | None] = [None] * SIZE

    def put(self, packet: Packet) -> None:
        self._packets[packet.seq % SIZE] = packet

    def get(self, seq: int) -> Packet | None:
        """The packet with this number; None where it never came, or is too old."""
        found = self._packets[seq % SIZE]
        return found if found is not None and found.seq == seq else None


class Allowance:
    """How much one place may have sent to it again."""

    __slots__ = ("_asked", "used")

    def __init__(self) -> None:
        self._asked: dict[int, int] = {}  # number -> when it was last sent again, ms
        self.used = 0

    def grants(self, now: int, seq: int, sent: int) -> bool:
        """May packet SEQ go once more to a place that was SENT so many?"""
        last = self._asked.get(seq)
        if (last is not None and now - last < AGAIN_MS) or self.used >= FREE + sent // SHARE:
            return False
        if len(self._asked) >= SIZE:
            self._asked.pop(next(iter(self._asked)))
        self._asked.pop(seq, None)
        self._asked[seq] = now
        self.used += 1
        return True


class Gaps:
    """What is missing of a source, by ever-growing numbers."""

    __slots__ = ("_missing", "given_up")

    def __init__(self) -> None:
        self._missing: dict[int, tuple[int, int]] = {}  # number -> (times asked, when last)
        self.given_up = False  # something stays missing: a key frame is wanted

    def __bool__(self) -> bool:
        return bool(self._missing) or self.given_up

    def came(self, before: int | None, number: int) -> None:
        """Packet NUMBER came; BEFORE was the newest until then."""
        self._missing.pop(number, None)
        if before is None or number <= before + 1:
            return
        if number - before > LONGEST_GAP:
            self._missing.clear()
            self.given_up = True
            return
        if len(self._missing) > SIZE:
            self._missing.clear()
            self.given_up = True
        for missing in range(before + 1, number):
            self._missing[missing] = (0, -AGAIN_MS)

    def due(self, now: int) -> list[int]:
        """Sequence numbers to ask for now. What was asked for TRIES times is given up."""
        asked = []
        for number, (times, last) in list(self._missing.items()):
            if now - last < AGAIN_MS:
                continue
            if times == TRIES:
                del self._missing[number]
                self.given_up = True
                continue
            self._missing[number] = (times + 1, now)
            asked.append(number & 0xFFFF)
        return asked

    def take_given_up(self) -> bool:
        """Is a key frame wanted? Says so once."""
        given_up, self.given_up = self.given_up, False
        return given_up


def pairs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """NUMBERS (16 bits, in order) as RFC 4585 has them: the first of up to 17, and a mask of those behind it."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and 0 < (ahead := number - found[-1][0] & 0xFFFF) <= 16:
            found[-1] = (found[-1][0], found[-1][1] | 1 << ahead - 1)
        else:
            found.append((number, 0))
    return found
