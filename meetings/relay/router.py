"""The hot path, pure: a packet comes in, and out come the places it goes to and how. The egress copies.

What a sender repairs (RTX) or repeats (RED) is put back in its place first, so that what follows knows one kind of
packet only.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import red, rtp
from .history import SIZE
from .place import Place
from .room import Endpoint
from .rtp import HEAD, Packet
from .source import CLOCK, NEVER, PLAIN, Layer, told_by

LARGEST = 1320  # bytes of payload: with our number, or as a repair, it must still fit one packet of SRTP
KEPT = SIZE - 12  # what is older than this is not remembered
Send = tuple[int, Packet, list[Place]]  # the way to the places, see source.py


def take(now: int, endpoint: Endpoint, data: bytes) -> Sequence[Send]:
    """A plain packet from ENDPOINT, at NOW in ms: where it goes; nowhere, if it is nobody's. Raises Malformed."""
    at = rtp.payload_offset(data)
    _, second, seq, ts, ssrc = HEAD.unpack_from(data)
    payload_type = second & 0x7F
    layer = endpoint.by_ssrc.get(ssrc) or endpoint.layer_of(data, ssrc, payload_type)
    if layer is None:
        return ()
    if payload_type == layer.payload_type:
        return _pass(now, endpoint, layer, data, at, seq, ts)
    if payload_type == layer.repair_type and ssrc == layer.repair_ssrc:
        return _repaired(now, endpoint, layer, data, at)
    if payload_type == layer.red_type:
        return _unfolded(now, endpoint, layer, data, at)
    return ()


def coming(endpoint: Endpoint, data: bytes) -> bool:
    """Might `take` of DATA set a place to other numbers? Then what was taken in before must be out first."""
    layer = endpoint.by_ssrc.get(int.from_bytes(data[8:12])) if len(data) >= rtp.FIXED else None
    return layer is None or bool(layer.coming)


def _pass(now: int, endpoint: Endpoint, layer: Layer, data: bytes, at: int, seq: int, ts: int) -> Sequence[Send]:
    source = layer.source
    before, number = layer.traffic.count(now, seq, ts, len(data), CLOCK[source.kind])
    picture = source.kind == "video"
    if not picture:
        level = rtp.extension(data, endpoint.level_id)
        if level:
            source.level.hear(now, level[0] & 0x7F)
    if not (layer.ways or layer.coming):
        return ()
    if before is not None and number <= before and (number < before - KEPT or layer.history.get(seq) is not None):
        return ()  # repaired before it came: one number never goes out with two contents
    if picture:
        layer.gaps.came(before, number)
    if len(data) - at > LARGEST:
        return ()
    packet = Packet(rtp.bare(data, at), source.codec)
    layer.history.put(packet)
    if packet.key:
        layer.wanted = False
        for place in list(layer.coming):
            place.start(now, number, packet)
    if number < layer.settled_at:
        return _unsettled(layer, number, packet)
    return [
        (way, packet if way <= PLAIN else _folded(layer, packet, way), places) for way, places in layer.ways.items()
    ]


def _unsettled(layer: Layer, number: int, packet: Packet) -> list[Send]:
    """As long as late packets may come that are older than what some place began with."""
    sends: list[Send] = []
    settled = 0
    for way, places in layer.ways.items():
        ready = [place for place in places if number >= place.floor]
        settled = max(settled, *(place.floor for place in places))
        if ready:
            sends.append((way, packet if way <= PLAIN else _folded(layer, packet, way), ready))
    layer.settled_at = settled if layer.ways else NEVER
    return sends


def _folded(layer: Layer, packet: Packet, way: int) -> Packet:
    """PACKET with those before it inside. Places that began later get some of what they never had: no harm."""
    count, opus_type = told_by(way)
    before = [layer.history.get(packet.seq - back & 0xFFFF) for back in range(count, 0, -1)]
    return red.fold(packet, [one for one in before if one is not None], opus_type)


def _repaired(now: int, endpoint: Endpoint, layer: Layer, data: bytes, at: int) -> Sequence[Send]:
    """RTX (RFC 4588): the packet as it first was. One of padding only is a sender that tries its line."""
    padding = data[-1] if data[0] & 0x20 else 0
    if len(data) - at - padding <= 2:
        return ()
    seq, ts = int.from_bytes(data[at : at + 2]), int.from_bytes(data[4:8])
    head = HEAD.pack(0x80, data[1] & 0x80 | layer.payload_type, seq, ts, layer.ssrc)
    whole = head + data[at + 2 : len(data) - padding]
    return _pass(now, endpoint, layer, whole, rtp.FIXED, seq, ts)


def _unfolded(now: int, endpoint: Endpoint, layer: Layer, data: bytes, at: int) -> Sequence[Send]:
    """RED: those of its blocks that never came by themselves, then its own. The blocks are the packets before it."""
    _, second, seq, ts, _ = HEAD.unpack_from(data)
    blocks = red.unfold(data[at : len(data) - (data[-1] if data[0] & 0x20 else 0)])
    sends: list[Send] = []
    last, ahead = layer.traffic.unwrap.last, len(blocks) - 1
    for back, opus in blocks[:-1]:
        earlier = seq - ahead & 0xFFFF
        ahead -= 1
        if last is not None and rtp.is_newer(earlier, last & 0xFFFF) and opus:
            head = HEAD.pack(0x80, layer.payload_type, earlier, ts - back & 0xFFFFFFFF, layer.ssrc)
            sends += _pass(now, endpoint, layer, head + opus, rtp.FIXED, earlier, ts - back & 0xFFFFFFFF)
    head = bytes((data[0] & 0xDF, second & 0x80 | layer.payload_type)) + data[2:at]
    sends += _pass(now, endpoint, layer, head + blocks[-1][1], at, seq, ts)
    return sends


def again(now: int, place: Place, seq: int) -> Packet | None:
    """The packet that PLACE got, or should have got, under SEQ, to be sent once more; None where it may not be.

    A number of the layer before must never come again with this one's bytes: with AES-GCM that gives the key away."""
    layer = place.layer
    if layer is None or place.way > PLAIN or place.seq - seq & 0xFFFF >= place.run:
        return None
    packet = layer.history.get(seq - place.seq_off & 0xFFFF)
    return packet if packet is not None and place.again.grants(now, seq, place.sent) else None
