"""Who is in a sitting's media and what each screen shows: the plan that joins sources to places. Pure; clock passed in.

What everybody sees is decided by the web process (`stage`), and who may be heard. Places beyond the stage go to whoever
spoke last, and stay as they are while nobody new speaks. A mosaic's places show what their viewer asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import rtp, speaker
from .lines import FULL, Line
from .place import Place
from .rate import Estimate
from .source import Layer, Source

SCREEN = "#screen"  # behind an endpoint's name: its shared screen, not its camera


class Endpoint:
    """A browser's media: a site, or a person alone."""

    __slots__ = (
        "by_ssrc", "estimate", "id", "level_id", "mid_id", "mosaic", "peer", "places", "redundancy", "repaired_id",
        "rid_id", "room", "sharing", "sources", "sources_by_mid", "spent", "spoke_at", "transport_id", "watching",
    )  # fmt: skip

    def __init__(self, room: Room, endpoint: str, peer: object) -> None:
        self.room, self.id, self.peer = room, endpoint, peer
        self.sources: dict[str, Source] = {}  # by name: audio, video, screen
        self.sources_by_mid: dict[bytes, Source] = {}
        self.by_ssrc: dict[int, Layer] = {}
        self.places: dict[str, list[Place]] = {"audio": [], "video": []}
        self.level_id = self.transport_id = self.mid_id = self.rid_id = self.repaired_id = 0
        self.estimate = Estimate()
        self.spent = 0  # bits a second of what it was given
        self.redundancy = 0  # earlier packets in each one of sound
        self.mosaic = 0  # so many of the last picture places are a mosaic
        self.watching: tuple[str, ...] = ()  # what the mosaic is to show
        self.sharing = False  # its screen
        self.spoke_at = 0  # ms; 0: never

    @property
    def pictured(self) -> bool:
        """Does it get any picture?"""
        return any(place.layer is not None for place in self.places["video"])

    @property
    def line(self) -> Line:
        return self.room.lines.get(self.id, FULL)

    def layer_of(self, data: bytes, ssrc: int, payload_type: int) -> Layer | None:
        """The layer of a packet whose SSRC is new: by the names in its extensions (RFC 8852), else by payload type.
        An SSRC that was not announced and does not fit is nobody's."""
        named = self.sources_by_mid.get(rtp.extension(data, self.mid_id))
        repaired = rtp.extension(data, self.repaired_id)
        rid = (repaired or rtp.extension(data, self.rid_id)).decode("ascii", "replace")
        for source in (named,) if named is not None else self.sources.values():
            for layer in source.layers:
                if repaired and layer.rid == rid and layer.repair_type == payload_type:
                    self.by_ssrc.pop(layer.repair_ssrc, None)
                    layer.repair_ssrc = ssrc
                elif repaired or layer.ssrc or layer.rid != rid:
                    continue
                elif payload_type in (layer.payload_type, layer.red_type):
                    layer.ssrc = ssrc
                else:
                    continue
                self.by_ssrc[ssrc] = layer
                return layer
        return None

    def showing(self, kind: str) -> list[str]:
        """What each of its places shows; "" for nothing."""
        return [name_of(place.source) for place in self.places[kind]]


def name_of(source: Source | None) -> str:
    if source is None:
        return ""
    return source.endpoint.id + (SCREEN if source.name == "screen" else "")


@dataclass(frozen=True)
class Policy:
    """What a room's screens show: the endpoints on the stage, the first of them large; who may be heard (None:
    everyone); the codec of all pictures; whether everybody is shown and heard by themselves too."""

    stage: tuple[str, ...] = ()
    heard: frozenset[str] | None = None
    codec: str = "VP8"
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Who comes before whom, for all viewers alike: the stage, screens that are shared, then who spoke last, then who
    came first; and the sounds of those who may be heard, the loudest first."""

    pictures: list[Source]
    voices: list[Source]


class Room:
    """One sitting's media."""

    __slots__ = ("endpoints", "id", "lines", "policy")

    def __init__(self, room: str) -> None:
        self.id = room
        self.endpoints: dict[str, Endpoint] = {}
        self.policy = Policy()
        self.lines: Mapping[str, Line] = {}

    def standing(self, now: int) -> Standing:
        return Standing(self._pictures(), self._by_loudness(now))

    def plan(self, viewer: Endpoint, standing: Standing, now: int) -> dict[str, list[Source | None]]:
        """What each of VIEWER's places should show."""
        if not viewer.line.receives:
            return {kind: [None] * len(places) for kind, places in viewer.places.items()}
        places = viewer.places["video"]
        plain = len(places) - viewer.mosaic
        others = (source for source in standing.pictures if self._comes(source, viewer))
        pictures = _settled(list(itertools.islice(others, plain)), places[:plain], self.policy.stage)
        for index in range(viewer.line.pictures, plain):
            pictures[index] = None
        return {"audio": self._voices(viewer, standing.voices, now), "video": pictures + self._mosaic(viewer)}

    def _pictures(self) -> list[Source]:
        stage = {endpoint: place for place, endpoint in enumerate(self.policy.stage)}
        found: list[tuple[tuple[int, int], Source]] = []
        for endpoint in self.endpoints.values():
            if "video" in endpoint.sources:
                rank = stage.get(endpoint.id, len(stage) + 1)
                found.append(((rank, -endpoint.spoke_at), endpoint.sources["video"]))
            screen = endpoint.sources.get("screen")
            if screen is not None and endpoint.sharing and self._heard(endpoint.id):
                found.append(((1 if stage else 0, -1), screen))
        found.sort(key=lambda one: one[0])
        return [source for _, source in found]

    def _mosaic(self, viewer: Endpoint) -> list[Source | None]:
        wanted: list[Source | None] = []
        for name in viewer.watching[: viewer.mosaic]:
            endpoint = self.endpoints.get(name)
            there = endpoint is not None and endpoint is not viewer
            wanted.append(endpoint.sources.get("video") if endpoint is not None and there else None)
        return wanted + [None] * (viewer.mosaic - len(wanted))

    def ranked(self, now: int) -> list[tuple[Endpoint, list[Source | None]]]:
        """Viewers with fewer places than there are voices, and which voices those should hear now: all that time alone
        changes. With a place for every voice there is nothing to choose."""
        audible = self._by_loudness(now)
        return [
            (viewer, self._voices(viewer, audible, now))
            for viewer in self.endpoints.values()
            if 0 < len(viewer.places["audio"]) < len(audible) and viewer.line.receives
        ]

    def notice_speakers(self, now: int) -> bool:
        """Mark who speaks now. True where someone speaks who had been quiet: screens may have to change."""
        fresh = False
        for source in self._by_loudness(now):
            if source.level.at(now) < speaker.LOUD:
                fresh = fresh or now - source.endpoint.spoke_at > speaker.HOLD_MS
                source.endpoint.spoke_at = now
        return fresh

    def _comes(self, source: Source, viewer: Endpoint) -> bool:
        return self.policy.echo or source.endpoint is not viewer

    def _heard(self, endpoint: str) -> bool:
        return self.policy.heard is None or endpoint in self.policy.heard

    def _by_loudness(self, now: int) -> list[Source]:
        """The sounds of those who may be heard."""
        audible = (
            endpoint.sources["audio"]
            for endpoint in self.endpoints.values()
            if "audio" in endpoint.sources and self._heard(endpoint.id)
        )
        return sorted(audible, key=lambda source: source.level.at(now))

    def _voices(self, viewer: Endpoint, audible: list[Source], now: int) -> list[Source | None]:
        """AUDIBLE by loudness: only the first of it can come to a place, so that a large room costs no more than a
        small one."""
        held = [place.source for place in viewer.places["audio"]]
        kept = [source for source in held if source is not None and self._heard(source.endpoint.id)]
        first = [source for source in audible[: 2 * len(held) + 1] if self._comes(source, viewer)]
        return speaker.loudest(list(dict.fromkeys((*first, *kept))), held, now)


def _settled(pictures: list[Source], places: list[Place], stage: tuple[str, ...]) -> list[Source | None]:
    """PICTURES, not more than there are PLACES, over these: the head of the stage on the first, every other where it
    already is, newcomers where room is."""
    wanted: list[Source | None] = [None] * len(places)
    left = list(pictures)
    if left and (left[0].endpoint.id == (stage[0] if stage else "") or places[0].source not in left):
        wanted[0] = left.pop(0)
    for index, place in enumerate(places):
        if wanted[index] is None and place.source in left:
            wanted[index] = place.source
            left.remove(place.source)
    for index in range(len(places)):
        if wanted[index] is None and left:
            wanted[index] = left.pop(0)
    return wanted


def assign(viewer: Endpoint, plan: Mapping[str, Iterable[Source | None]]) -> None:
    """Bring VIEWER's places of the kinds in PLAN in step with it. Sound has one layer; a picture's is chosen apart
    (layers.py)."""
    for kind, wanted in plan.items():
        sources = list(wanted)
        for index, place in enumerate(viewer.places[kind]):
            source = sources[index] if index < len(sources) else None
            if place.source is not source:
                place.show(source)
                if source is not None and kind == "audio":
                    place.turn_to(source.layers[0])


def remove(endpoint: Endpoint) -> None:
    """Take an endpoint out of its room: its places go empty, and so do those that showed it."""
    assign(endpoint, {"audio": (), "video": ()})
    for source in endpoint.sources.values():
        for place in list(source.places):
            place.show(None)
    if endpoint.room.endpoints.get(endpoint.id) is endpoint:
        del endpoint.room.endpoints[endpoint.id]
