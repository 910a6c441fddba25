"""What an endpoint sends: a sound or a picture, in one layer or (simulcast) in several of the same picture. Pure.

A layer is one RTP stream. It knows the places it feeds, remembers its last packets for those who miss some, and counts
what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rtp, speaker
from .flow import Flow
from .history import Gaps, History

if TYPE_CHECKING:
    from .place import Place
    from .room import Endpoint

NEVER = 1 << 62
KEY_FRAME_GAP = 500  # ms between key-frame requests for one layer, however many watch
CLOCK = {"audio": 48, "video": 90}  # RTP ticks a millisecond
PLAIN, PACED = 0, -1  # ways to a place; for those above zero see `redundant`
STALE_MS = 1000  # a layer that sent nothing for so long is not being sent


def redundant(count: int, opus_type: int) -> int:
    """The way of sound with COUNT earlier packets in each (red.py), named to the viewer by OPUS_TYPE."""
    return count << 7 | opus_type if count else PLAIN


def told_by(way: int) -> tuple[int, int]:
    """COUNT and OPUS_TYPE of such a way."""
    return way >> 7, way & 0x7F


class Traffic:
    """What came of one stream (RFC 3550, appendix A.8): counts, jitter in RTP ticks, bits a second."""

    __slots__ = ("_transit", "at", "flow", "jitter", "lost", "packets", "unwrap")

    def __init__(self) -> None:
        self.packets = self.lost = 0
        self.flow = Flow()
        self.jitter = 0.0
        self.at = -STALE_MS  # ms of the newest packet
        self.unwrap = rtp.Unwrap()
        self._transit: int | None = None

    def count(self, now: int, seq: int, ts: int, size: int, clock: int) -> tuple[int | None, int]:
        """A packet came. Returns the newest number before it, and its own; both never wrap."""
        before = self.unwrap.last
        number = self.unwrap(seq)
        if before is not None and number > before + 1:
            self.lost += number - before - 1
        elif before is not None and number < before:
            self.lost = max(0, self.lost - 1)  # it came late, but it came
        self.packets += 1
        if not self.live(now):
            self.flow.begin(now)
        self.flow.bytes += size
        self.flow.look(now)
        transit = now * clock - ts
        if self._transit is not None:
            moved = abs((transit - self._transit + 0x80000000 & 0xFFFFFFFF) - 0x80000000)
            self.jitter += (moved - self.jitter) / 16
        self._transit, self.at = transit, now
        return before, number

    def live(self, now: int) -> bool:
        return now - self.at <= STALE_MS


class Layer:
    """One stream of a source. Its places are kept by the way they are reached."""

    __slots__ = (
        "asked_at", "coming", "gaps", "history", "index", "payload_type", "red_type", "repair_ssrc", "repair_type",
        "report", "rid", "settled_at", "source", "ssrc", "traffic", "wanted", "ways",
    )  # fmt: skip

    def __init__(self, source: Source, payload_type: int, rid: str = "", index: int = 0) -> None:
        self.source, self.payload_type, self.rid, self.index = source, payload_type, rid, index
        self.ssrc = self.repair_ssrc = 0
        self.repair_type = self.red_type = -1
        self.ways: dict[int, list[Place]] = {}
        self.coming: list[Place] = []  # wait for a key frame of this layer
        self.traffic = Traffic()
        self.gaps, self.history = Gaps(), History()
        self.asked_at = -KEY_FRAME_GAP
        self.wanted = False  # a key frame was asked for and not yet passed on
        self.settled_at = NEVER  # from this packet on, all its places take every packet
        self.report: tuple[int, int] = (0, 0)  # (packets and lost) told in the last receiver report

    @property
    def watched(self) -> bool:
        return bool(self.ways or self.coming)

    def add(self, place: Place) -> None:
        self.ways.setdefault(place.way, []).append(place)

    def drop(self, place: Place) -> None:
        """Out of whichever list it is in."""
        if place in self.coming:
            self.coming.remove(place)
        here = self.ways.get(place.way, [])
        if place in here:
            here.remove(place)
            if not here:
                del self.ways[place.way]

    def forget(self) -> None:
        """Nobody watched: what is remembered is of another time."""
        self.history, self.gaps = History(), Gaps()

    def wants_key_frame(self, now: int) -> bool:
        """Ask now? At most once in KEY_FRAME_GAP; what is held back is asked at a later tick."""
        self.wanted = True
        if not self.ssrc or now - self.asked_at < KEY_FRAME_GAP:
            return False
        self.asked_at = now
        return True


class Source:
    """`name`: sound, camera or screen of its endpoint; `kind`: audio or video; `layers` from the smallest up."""

    __slots__ = ("asked_top", "codec", "endpoint", "kind", "layers", "level", "name", "places")

    def __init__(self, endpoint: Endpoint, name: str, kind: str, codec: str) -> None:
        self.endpoint, self.name, self.kind, self.codec = endpoint, name, kind, codec
        self.layers: list[Layer] = []
        self.places: list[Place] = []
        self.level = speaker.Level()
        self.asked_top: int | None = None  # the highest layer that its sender was told is watched; -1: none

    def live(self, now: int) -> list[Layer]:
        """The layers that are being sent."""
        return [layer for layer in self.layers if layer.traffic.live(now)]
