"""Who gets what: endpoints, their sound and picture, the places on each screen, and the plan that joins them. Pure.

Times are milliseconds of a monotonic clock, passed in. `take` is the hot path: it looks a packet up and says to whom
it goes; egress.py does the copying. A place keeps its SSRC for good; when another source comes to it, numbers and
times go on without a gap, and a picture begins with a key frame.
"""

from __future__ import annotations

from . import rtp, speaker
from .history import Allowance, Gaps, History
from .rtp import Packet

KEY_FRAME_GAP = 500  # between key-frame requests for one source, however many watch
NEVER = 1 << 62
CLOCK = {"audio": 48, "video": 90}  # RTP ticks a millisecond


class Source:
    """A sound or picture that an endpoint sends."""

    __slots__ = (
        "asked_at", "bytes", "endpoint", "gaps", "history", "kind", "level", "lost", "packets", "payload_type",
        "places", "settled_at", "ssrc", "unwrap", "wanted",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, kind: str, payload_type: int) -> None:
        self.endpoint, self.kind, self.payload_type = endpoint, kind, payload_type
        self.ssrc = 0
        self.places: list[Place] = []
        self.packets = self.bytes = self.lost = 0
        self.level = speaker.Level()
        self.gaps, self.history = Gaps(), History()
        self.unwrap = rtp.Unwrap()
        self.asked_at = -KEY_FRAME_GAP
        self.wanted = False  # a key frame was asked for and not yet passed on
        self.settled_at = NEVER  # from this packet on, all its places take every packet


class Place:
    """A place on a viewer's screen, or one of its loudspeaker's voices: what is sent there now, and how far it got."""

    __slots__ = (
        "again", "at", "began", "endpoint", "floor", "kind", "payload_type", "picture", "picture_off", "run", "sent",
        "seq", "seq_off", "source", "ssrc", "tl0", "tl0_off", "ts", "ts_off", "waiting",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, kind: str, payload_type: int, ssrc: int) -> None:
        self.endpoint, self.kind, self.payload_type, self.ssrc = endpoint, kind, payload_type, ssrc
        self.source: Source | None = None
        self.seq = self.seq_off = self.ts = self.ts_off = self.at = self.sent = 0
        self.picture = self.picture_off = self.tl0 = self.tl0_off = 0
        self.run = 0  # numbers told since this source came here: what is older was another's
        self.again = Allowance()
        self.floor = 0  # packets of the source from before it came to this place are not for it
        self.waiting = True  # for the first packet, or the first key frame, of its source
        self.began = False

    def start(self, now: int, number: int, packet: Packet) -> None:
        """The source's numbers as this place will tell them: right behind what it told last."""
        elapsed, vp8 = (now - self.at) * CLOCK[self.kind] if self.began else 0, packet.vp8
        self.seq_off = self.seq + 1 - packet.seq & 0xFFFF
        self.ts_off = self.ts + max(1, elapsed) - packet.ts & 0xFFFFFFFF
        if vp8 is not None:
            self.picture_off = self.picture + 1 - vp8.picture & 0x7FFF
            self.tl0_off = self.tl0 + 1 - vp8.tl0 & 0xFF
        self.floor, self.waiting, self.began, self.run = number, False, True, 0


class Endpoint:
    """A browser's media: a site, or a person alone."""

    __slots__ = ("by_ssrc", "id", "level_id", "peer", "places", "room", "sources", "transport_id")

    def __init__(self, room: Room, endpoint: str, peer: object) -> None:
        self.room, self.id, self.peer = room, endpoint, peer
        self.sources: dict[str, Source] = {}
        self.by_ssrc: dict[int, Source] = {}
        self.places: dict[str, list[Place]] = {"audio": [], "video": []}
        self.level_id = self.transport_id = 0

    def source_of(self, ssrc: int, payload_type: int) -> Source | None:
        """The source of a packet: by SSRC, or the first time by payload type. An SSRC that was not announced and
        does not fit is nobody's."""
        found = self.by_ssrc.get(ssrc)
        if found is None:
            found = next((s for s in self.sources.values() if s.payload_type == payload_type and not s.ssrc), None)
            if found is not None:
                found.ssrc = ssrc
                self.by_ssrc[ssrc] = found
        return found

    def showing(self, kind: str) -> list[str]:
        """Which endpoint each of its places shows; "" for none."""
        return [place.source.endpoint.id if place.source else "" for place in self.places[kind]]


class Room:
    """One sitting's media. `heard` None: everyone may be heard."""

    __slots__ = ("endpoints", "heard", "id", "stage")

    def __init__(self, room: str) -> None:
        self.id = room
        self.endpoints: dict[str, Endpoint] = {}
        self.stage = ""
        self.heard: frozenset[str] | None = None

    def plan(self, viewer: Endpoint, now: int) -> dict[str, list[Source | None]]:
        """What each of VIEWER's places should show: the stage first, the others in the order they came; the voices
        of those allowed, loudest first."""
        pictures = [e.sources["video"] for e in self.endpoints.values() if e is not viewer and "video" in e.sources]
        pictures.sort(key=lambda source: source.endpoint.id != self.stage)
        voices = self._voices(viewer, self._audible(), now)
        return {"audio": voices, "video": _settled(pictures, viewer.places["video"], self.stage)}

    def ranked(self, now: int) -> list[tuple[Endpoint, list[Source | None]]]:
        """Viewers with fewer places than there are voices, and which voices those should hear now: all that time alone
        changes. With a place for every voice there is nothing to choose."""
        audible = self._audible()
        return [
            (viewer, self._voices(viewer, audible, now))
            for viewer in self.endpoints.values()
            if 0 < len(viewer.places["audio"]) < len(audible)
        ]

    def _audible(self) -> list[Source]:
        """The sounds of those who may be heard."""
        return [
            endpoint.sources["audio"]
            for endpoint in self.endpoints.values()
            if "audio" in endpoint.sources and (self.heard is None or endpoint.id in self.heard)
        ]

    def _voices(self, viewer: Endpoint, audible: list[Source], now: int) -> list[Source | None]:
        others = [source for source in audible if source.endpoint is not viewer]
        return speaker.loudest(others, [place.source for place in viewer.places["audio"]], now)


def _settled(pictures: list[Source], places: list[Place], stage: str) -> list[Source | None]:
    """PICTURES over PLACES: the stage on the first place, every other where it already is, newcomers where room is."""
    wanted: list[Source | None] = [None] * len(places)
    left = pictures[: len(places)]
    if left and (left[0].endpoint.id == stage or places[0].source not in left):
        wanted[0] = left.pop(0)
    for index, place in enumerate(places):
        if wanted[index] is None and place.source in left:
            wanted[index] = place.source
            left.remove(place.source)
    for index in range(len(places)):
        if wanted[index] is None and left:
            wanted[index] = left.pop(0)
    return wanted


def assign(viewer: Endpoint, plan: dict[str, list[Source | None]]) -> list[Source]:
    """Bring VIEWER's places of the kinds in PLAN in step with it; returns pictures that now need a key frame."""
    fresh = []
    for kind, wanted in plan.items():
        for index, place in enumerate(viewer.places[kind]):
            source = wanted[index] if index < len(wanted) else None
            if place.source is source:
                continue
            if place.source is not None:
                place.source.places.remove(place)
            place.source, place.waiting = source, True
            if source is not None:
                if not source.places:  # nobody watched: what is remembered is of another time
                    source.history, source.gaps = History(), Gaps()
                source.places.append(place)
                source.settled_at = NEVER
                if kind == "video":
                    fresh.append(source)
    return fresh


def remove(endpoint: Endpoint) -> None:
    """Take an endpoint out of its room: its places go empty, and so do those that showed it."""
    assign(endpoint, {"audio": [], "video": []})
    for source in endpoint.sources.values():
        for place in source.places:
            place.source, place.waiting = None, True
        source.places = []
    if endpoint.room.endpoints.get(endpoint.id) is endpoint:
        del endpoint.room.endpoints[endpoint.id]


def take(now: int, endpoint: Endpoint, data: bytes) -> tuple[Packet, list[Place]] | None:
    """The hot path. A plain packet from ENDPOINT: the bare packet, and the places it goes to.

    None for a packet that is nobody's. Raises Malformed."""
    at = rtp.payload_offset(data)
    _, second, seq, _, ssrc = rtp.HEAD.unpack_from(data)
    source = endpoint.source_of(ssrc, second & 0x7F)
    if source is None:
        return None
    number = _count(source, seq, len(data))
    if source.kind == "audio":
        level = rtp.extension(data, endpoint.level_id)
        if level:
            source.level.hear(now, level[0] & 0x7F)
    if not source.places or len(data) == at:
        return None
    packet = Packet(rtp.bare(data, at), source.kind == "video")
    key = packet.vp8 is None or packet.vp8.key
    if key:
        source.wanted = False
    if source.kind == "video":
        source.history.put(packet)
    if number < source.settled_at:
        return packet, _ready(now, source, number, packet, key)
    return packet, source.places


def _ready(now: int, source: Source, number: int, packet: Packet, key: bool) -> list[Place]:
    """The places that take this packet while some still wait for their first."""
    ready, waits = [], False
    for place in source.places:
        if place.waiting:
            if not key:
                waits = True
                continue
            place.start(now, number, packet)
        elif number < place.floor:
            continue
        ready.append(place)
    if not waits:
        source.settled_at = max(place.floor for place in source.places)
    return ready


def _count(source: Source, seq: int, size: int) -> int:
    before = source.unwrap.last
    number = source.unwrap(seq)
    if before is not None and number > before + 1:
        source.lost += number - before - 1
    elif before is not None and number < before:
        source.lost = max(0, source.lost - 1)  # it came late, but it came
    source.packets += 1
    source.bytes += size
    if source.kind == "video" and source.places:
        source.gaps.came(before, number)
    return number


def again(now: int, place: Place, seq: int) -> Packet | None:
    """The packet that PLACE got, or should have got, under SEQ, to be sent once more; None where it may not be.

    A number of the source before must never come again with this one's bytes: with AES-GCM that gives the key away."""
    source = place.source
    if source is None or place.waiting or place.seq - seq & 0xFFFF >= place.run:
        return None
    packet = source.history.get(seq - place.seq_off & 0xFFFF)
    return packet if packet is not None and place.again.grants(now, seq, place.sent) else None


def wants_key_frame(source: Source, now: int) -> bool:
    """Ask now? At most once in KEY_FRAME_GAP; what is held back is asked at a later tick."""
    source.wanted = True
    if not source.ssrc or now - source.asked_at < KEY_FRAME_GAP:
        return False
    source.asked_at = now
    return True
