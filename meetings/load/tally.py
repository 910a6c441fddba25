"""What came to one peer: counts by header alone, and a careful account of a few. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ..relay.rtp import Unwrap, payload_offset

HEAD = struct.Struct("!BBHII")
AGAIN_NS = 1_000_000_000
KEPT = 4096  # sent packets a careful peer remembers, of each source


class Count:
    """Packets by kind, losses by sequence number."""

    __slots__ = ("_last", "_unwrap", "careful", "first_picture", "first_sound", "kinds", "lost", "packets")

    def __init__(self, kinds: Mapping[int, str]) -> None:
        self.kinds = kinds
        self.careful: Careful | None = None
        self.first_sound = self.first_picture = 0  # ns since 1970
        self._unwrap = {ssrc: Unwrap() for ssrc in kinds}
        self.clear()

    def clear(self) -> None:
        self.packets = {"audio": 0, "video": 0}
        self.lost = 0
        self._last: dict[int, int] = {}

    def take(self, data: memoryview, came: int) -> bool:
        """A datagram that came at CAME (ns since 1970). False: it is no media of ours."""
        if len(data) < 12 or not 127 < data[0] < 192 or 191 < data[1] < 224:
            return False
        _, _, seq, _, ssrc = HEAD.unpack_from(data)
        kind = self.kinds.get(ssrc)
        if kind is None:
            return False
        self.packets[kind] += 1
        number = self._unwrap[ssrc](seq)
        last = self._last.get(ssrc)
        if last is None or number > last:
            self.lost += number - last - 1 if last is not None else 0
            self._last[ssrc] = number
        else:
            self.lost -= 1  # it was only late
        if kind == "audio" and not self.first_sound:
            self.first_sound = came
        elif kind == "video" and not self.first_picture:
            self.first_picture = came
        if self.careful is not None:
            self.careful.take(ssrc, bytes(data), came)
        return True


class Careful:
    """Decrypts all that comes, compares it with what was sent, and times it."""

    def __init__(self, unprotect: Callable[[bytes], bytes | None], kinds: Mapping[int, str]) -> None:
        self._unprotect, self._kinds = unprotect, kinds
        self._sent: dict[tuple[str, bytes], int] = {}  # (kind, payload) -> ns when it last was sent
        self.clear()

    def clear(self) -> None:
        self.same = self.other = 0
        self.delays: list[int] = []  # us

    def sent(self, kind: str, packet: bytes, at: int) -> None:
        """A publisher sent PACKET at AT (ns since 1970)."""
        key = (kind, body(kind, packet))
        before = self._sent.pop(key, None)
        # of a film that has just begun anew the same picture may be under way twice: its delay counts from the first
        self._sent[key] = before if before is not None and at - before < AGAIN_NS else at
        if len(self._sent) > KEPT:
            self._sent.pop(next(iter(self._sent)))

    def take(self, ssrc: int, data: bytes, came: int) -> None:
        kind = self._kinds[ssrc]
        plain = self._unprotect(data)
        at = self._sent.get((kind, body(kind, plain))) if plain is not None else None
        if at is None:
            self.other += 1
            return
        self.same += 1
        self.delays.append((came - at) // 1000)


def body(kind: str, packet: bytes) -> bytes:
    """The payload without what a relay may renumber: VP8's picture id of 15 bits (RFC 7741), as film.py writes it."""
    at = payload_offset(packet)
    return packet[at : at + 2] + packet[at + 4 :] if kind == "video" else packet[at:]


def share(values: list[float], part: float) -> float:
    """The value that PART of VALUES do not exceed; 0 where there are none."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else 0.0
