"""Sound that carries the packets before it once more (RED, RFC 2198), against a line that loses. Pure.

Senders that can, send it so; what is missing here is taken out of what came. Towards a viewer whose line loses it is
made anew, with as many earlier packets as the losses ask for: one packet made serves all such viewers.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import Malformed

from .rtp import FIXED, HEAD, Packet

LONGEST_BACK = (1 << 14) - 1  # RTP ticks that a block may lie back
LONGEST_BLOCK = (1 << 10) - 1  # bytes
MOST_BLOCKS = 8


def unfold(payload: bytes) -> list[tuple[int, bytes]]:
    """(ticks back, Opus) of each block, oldest first, the packet's own last with 0. Raises Malformed."""
    heads, at = [], 0
    try:
        while payload[at] & 0x80:
            word = int.from_bytes(payload[at + 1 : at + 4])
            heads.append((word >> 10, word & 0x3FF))
            at += 4
            if len(heads) > MOST_BLOCKS:
                raise Malformed("red")
        at += 1
    except IndexError:
        raise Malformed("red") from None
    blocks = []
    for back, size in heads:
        blocks.append((back, payload[at : at + size]))
        at += size
    if at > len(payload):
        raise Malformed("red")
    return [*blocks, (0, payload[at:])]


def fold(packet: Packet, before: Sequence[Packet], opus_type: int) -> Packet:
    """PACKET with those BEFORE it (oldest first) in it, as one packet; OPUS_TYPE names their codec to the viewer."""
    heads, bodies = [], []
    for earlier in before:
        back, size = packet.ts - earlier.ts & 0xFFFFFFFF, earlier.size - FIXED
        if 0 < back <= LONGEST_BACK and 0 < size <= LONGEST_BLOCK:
            heads.append(bytes([0x80 | opus_type]) + (back << 10 | size).to_bytes(3))
            bodies.append(earlier.bare[FIXED:])
    if not heads:
        return _with(packet, bytes([opus_type]) + packet.bare[FIXED:])
    return _with(packet, b"".join((*heads, bytes([opus_type]), *bodies, packet.bare[FIXED:])))


def _with(packet: Packet, payload: bytes) -> Packet:
    """The same packet with another PAYLOAD. Padding has no place behind it."""
    head = HEAD.pack(packet.first & ~0x20, packet.marker, packet.seq, packet.ts, 0)
    return Packet(head + payload, "opus")
