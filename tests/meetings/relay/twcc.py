"""A reader of transport-wide feedback, written from draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1,
and from nothing else: it holds meetings.relay.rtcp to what senders understand.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

RUN, ONE_BIT = 0, 2  # how a chunk begins: 0 a run, 10 fourteen one-bit symbols, 11 seven two-bit symbols
SMALL, LARGE = 1, 2  # received, with a delta of one byte or of two
WRAP = (1 << 24) * 64_000  # the reference time is 24 bits of 64 ms


@dataclass
class Feedback:
    sender: int
    media: int
    base: int
    count: int
    feedback: int
    arrivals: dict[int, int]  # transport-wide number (16 bits) -> microseconds, modulo WRAP
    rest: bytes  # what follows the last delta: padding


def symbols(chunk: int) -> list[int]:
    if chunk >> 15 == RUN:
        return [chunk >> 13 & 3] * (chunk & 0x1FFF)
    if chunk >> 14 == ONE_BIT:
        return [chunk >> bit & 1 for bit in range(13, -1, -1)]
    return [chunk >> bit & 3 for bit in range(12, -1, -2)]


def decode(packet: bytes) -> Feedback:
    """One RTCP packet; AssertionError where it breaks the draft."""
    first, kind, words = struct.unpack_from("!BBH", packet)
    assert (first & 0xDF, kind) == (0x80 | 15, 205)
    assert len(packet) == 4 + 4 * words
    sender, media, base, count, clock = struct.unpack_from("!IIHHI", packet, 4)
    at, statuses = 20, list[int]()
    while len(statuses) < count:
        statuses += symbols(int.from_bytes(packet[at : at + 2]))
        at += 2
    assert not any(statuses[count:]), "symbols behind the last packet"
    reference = clock >> 8
    now, arrivals = (reference - (1 << 24) if reference & 1 << 23 else reference) * 64_000, {}
    for index, status in enumerate(statuses[:count]):
        assert status in (0, SMALL, LARGE), "a reserved symbol"
        if status == SMALL:
            now += packet[at] * 250
        elif status == LARGE:
            now += struct.unpack_from("!h", packet, at)[0] * 250
        if status:
            arrivals[base + index & 0xFFFF] = now % WRAP
        at += status
    assert len(packet) - 4 < at <= len(packet), "more than padding behind the deltas"
    return Feedback(sender, media, base, count, clock & 0xFF, arrivals, packet[at:])
