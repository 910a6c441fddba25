"""Sound and pictures as RTP packets, and a place that writes down what comes to it: for tests of the hot path.

A `Voice` or `Film` numbers its packets as it likes; each payload names its true origin, so that a test can tell, of
every packet that reaches a place, which one it was and whether the place's numbers tell the truth about it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from aiortc.codecs.vpx import VpxPayloadDescriptor

from meetings.relay import egress, router, rtp
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room, assign
from meetings.relay.source import PLAIN, Layer, Source

AUDIO, VIDEO = 111, 96
TICKS = (960, 3000)  # from one frame to the next: sound, picture
HEADER = struct.Struct("!BBHII")
ORIGIN = struct.Struct("!BIBB")  # behind the descriptor: VP8's own first byte, frame, packet of the frame, whose


def packet(payload_type: int, seq: int, ts: int, ssrc: int, payload: bytes, marker: bool = False) -> bytes:
    head = HEADER.pack(0x80, marker << 7 | payload_type, seq & 0xFFFF, ts & 0xFFFFFFFF, ssrc)
    return head + payload


def bared(data: bytes, codec: str = "opus") -> rtp.Packet:
    """DATA as the hot path makes it for the viewers."""
    return rtp.Packet(rtp.bare(data, rtp.payload_offset(data)), codec)


class Film:
    """A source of pictures; `frame` gives the packets of the next one."""

    def __init__(self, name: str, seq: int = 0, ts: int = 0, picture: int | None = 0, tl0: int = 0) -> None:
        self.name, self.ssrc = name, 0x1000 + ord(name[0])
        self.seq, self.ts, self.picture, self.tl0, self.count = seq, ts, picture, tl0, 0

    def frame(self, key: bool = False, size: int = 1, ticks: int = TICKS[1]) -> list[bytes]:
        packets = []
        for index in range(size):
            numbers = {} if self.picture is None else {"picture_id": self.picture & 0x7FFF, "tl0picidx": self.tl0 & 255}
            head = bytes(VpxPayloadDescriptor(partition_start=not index, partition_id=0, **numbers))
            origin = ORIGIN.pack(0x10 if key else 0x11, self.count, index, ord(self.name[0]))
            packets.append(packet(VIDEO, self.seq, self.ts, self.ssrc, head + origin, index == size - 1))
            self.seq += 1
        self.ts += ticks
        self.picture = None if self.picture is None else self.picture + 1
        self.tl0 += 1
        self.count += 1
        return packets


class Voice:
    """A source of sound."""

    def __init__(self, name: str, seq: int = 0, ts: int = 0) -> None:
        self.name, self.ssrc, self.seq, self.ts, self.count = name, 0x2000 + ord(name[0]), seq, ts, 0

    def next(self, ticks: int = TICKS[0]) -> bytes:
        made = packet(AUDIO, self.seq, self.ts, self.ssrc, ORIGIN.pack(0, self.count, 0, ord(self.name[0])))
        self.seq, self.ts, self.count = self.seq + 1, self.ts + ticks, self.count + 1
        return made


@dataclass(frozen=True)
class Got:
    """A packet that a place received."""

    run: int  # grows whenever the place turns to another source
    spacing: int  # RTP ticks between its source's frames
    seq: int
    ts: int
    picture: int
    tl0: int
    key: bool
    whose: str
    frame: int
    part: int
    marker: bool
    payload_type: int
    ssrc: int

    @property
    def origin(self) -> tuple[str, int, int]:
        return self.whose, self.frame, self.part


def publisher(room: Room, stream: Film | Voice) -> Endpoint:
    """An endpoint that sends STREAM."""
    made = room.endpoints[stream.name] = Endpoint(room, stream.name, None)
    kind = "video" if isinstance(stream, Film) else "audio"
    sends(made, kind, stream.ssrc)
    return made


def sends(endpoint: Endpoint, kind: str, *ssrcs: int) -> Source:
    """ENDPOINT sends sound or a picture, in as many layers as there are SSRCS."""
    source = endpoint.sources[kind] = Source(endpoint, kind, kind, "VP8" if kind == "video" else "opus")
    for index, ssrc in enumerate(ssrcs):
        layer = Layer(source, VIDEO if kind == "video" else AUDIO, "", index)
        layer.ssrc = ssrc
        endpoint.by_ssrc[ssrc] = layer
        source.layers.append(layer)
    return source


class Viewer:
    """One place, and all that came to it, as a browser would unwrap it."""

    def __init__(self, room: Room, kind: str, seq: int = 0, ts: int = 0) -> None:
        self.endpoint = Endpoint(room, "viewer", None)
        self.place = Place(self.endpoint, kind, 120, 0xFACE)
        self.place.seq, self.place.ts = seq, ts
        self.endpoint.places[kind].append(self.place)
        self.kind = kind
        self.run = 0
        self.got: list[Got] = []

    def watch(self, endpoint: Endpoint | None) -> None:
        """From now on this place shows ENDPOINT."""
        plan: dict[str, list[Source | None]] = {"audio": [], "video": []}
        plan[self.kind] = [endpoint.sources[self.kind] if endpoint else None]
        assign(self.endpoint, plan)
        if endpoint is not None:
            self.place.turn_to(endpoint.sources[self.kind].layers[0])
        self.run += 1

    def take(self, now: int, sender: Endpoint, data: bytes) -> Got | None:
        """Through the hot path, as egress does it: take, copy, renumber."""
        for way, went, places in router.take(now, sender, data):
            assert way == PLAIN and places == [self.place]
            copy = bytearray(went.bare)
            egress.renumber(self.place, now, copy, 0, went)
            self.got.append(read(bytes(copy), went.vp8, self.run))
            return self.got[-1]
        return None


def read(data: bytes, vp8: rtp.Vp8 | None, run: int) -> Got:
    _, second, seq, ts, ssrc = HEADER.unpack_from(data)
    picture = tl0 = -1
    body = data[rtp.FIXED :]
    if vp8 is not None:
        descriptor, body = VpxPayloadDescriptor.parse(body)
        picture = -1 if descriptor.picture_id is None else descriptor.picture_id
        tl0 = -1 if descriptor.tl0picidx is None else descriptor.tl0picidx
    first, frame, part, whose = ORIGIN.unpack(body)
    key = vp8 is not None and not first & 1
    marker, payload_type, spacing = bool(second & 0x80), second & 0x7F, TICKS[vp8 is not None]
    numbers = (run, spacing, seq, ts, picture, tl0)
    return Got(*numbers, key, chr(whose), frame, part, marker, payload_type, ssrc)


def check(got: list[Got], order: dict[tuple[str, int, int], int], start: int) -> None:
    """The promises of a place that began at START, over everything it received; a run is from one start of a source or
    layer to the next. ORDER: of each packet, by its origin, among those of its stream."""
    used: dict[int, Got] = {}
    unwrap, newest, top = rtp.Unwrap(), start, None
    unwrap(start)
    for one in got:
        seq = unwrap(one.seq)
        assert used.setdefault(seq, one) is one, "one number, two packets"
        if top is None or one.run > top.run:
            assert seq == newest + 1, "what is new goes right on"
            assert one.picture < 0 or (one.key and one.part == 0), "a picture begins with a key frame"
            if top is not None:
                assert 0 < (one.ts - top.ts) % (1 << 32) < 1 << 31, "time goes on"
                assert one.picture < 0 or one.picture == (top.picture + 1) % (1 << 15)
                assert one.tl0 < 0 or one.tl0 == (top.tl0 + 1) % 256
        else:
            assert one.run == top.run and one.whose == top.whose, "nothing of what was before comes behind it"
            assert seq - newest == order[one.origin] - order[top.origin], "gaps are the stream's own"
            frames = one.frame - top.frame
            assert (one.ts - top.ts) % (1 << 32) == one.spacing * frames % (1 << 32)
            assert one.picture < 0 or one.picture == (top.picture + frames) % (1 << 15)
            assert one.tl0 < 0 or one.tl0 == (top.tl0 + frames) % 256
        if seq > newest:
            newest, top = seq, one
