"""RTCP as bytes: what viewers ask for, and what publishers are told (RFC 3550, RFC 4585, transport-wide-cc). Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from store.errors import Malformed

RTPFB, PSFB = 205, 206
NACK, PLI, FIR, TRANSPORT_CC = 1, 1, 4, 15
MOST_ASKED = 256  # packets in one compound; more is no loss but a flood
OURS = 1  # our own SSRC in feedback


def packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, count or format, body) of each packet of a compound. Raises Malformed."""
    at = 0
    if len(data) < 8:
        raise Malformed("rtcp")
    while at < len(data):
        if at + 4 > len(data) or data[at] >> 6 != 2:
            raise Malformed("rtcp")
        size = 4 + 4 * int.from_bytes(data[at + 2 : at + 4])
        if at + size > len(data):
            raise Malformed("rtcp")
        yield data[at + 1], data[at] & 31, data[at + 4 : at + size]
        at += size


def key_frames_asked(data: bytes) -> list[int]:
    """SSRCs for which a viewer wants a key frame, by PLI or FIR (RFC 4585 6.3.1, RFC 5104 4.3.1)."""
    wanted = []
    for kind, form, body in packets(data):
        if kind != PSFB or len(body) < 8:
            continue
        if form == PLI:
            wanted.append(int.from_bytes(body[4:8]))
        elif form == FIR:
            wanted += [int.from_bytes(body[at : at + 4]) for at in range(8, len(body) - 7, 8)]
    return wanted


def asked_again(data: bytes) -> list[tuple[int, int]]:
    """(SSRC, sequence number) of what a viewer misses (RFC 4585, section 6.2.1); MOST_ASKED at most."""
    wanted: list[tuple[int, int]] = []
    for kind, form, body in packets(data):
        if kind != RTPFB or form != NACK or len(body) < 12:
            continue
        ssrc = int.from_bytes(body[4:8])
        for at in range(8, len(body) - 3, 4):
            first, mask = struct.unpack_from("!HH", body, at)
            wanted.append((ssrc, first))
            wanted += [(ssrc, first + 1 + bit & 0xFFFF) for bit in range(16) if mask >> bit & 1]
            if len(wanted) >= MOST_ASKED:
                return wanted[:MOST_ASKED]
    return wanted


def _packet(kind: int, form: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | form, kind, len(body) // 4) + body


def pli(ssrc: int) -> bytes:
    """Please send a key frame of SSRC."""
    return _packet(PSFB, PLI, struct.pack("!II", OURS, ssrc))


def nack(ssrc: int, missing: Sequence[tuple[int, int]]) -> bytes:
    """Please send again: (first number, mask of the sixteen behind it) of each run."""
    runs = b"".join(struct.pack("!HH", first, mask) for first, mask in missing)
    return _packet(RTPFB, NACK, struct.pack("!II", OURS, ssrc) + runs)


LONGEST_FEEDBACK = 1000  # packets told of at once


def transport_feedback(ssrc: int, count: int, arrivals: Sequence[tuple[int, int]]) -> bytes:
    """Which packets arrived when: (transport-wide number, microseconds), sorted, without doubles.

    draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. A sender works out its bandwidth from this.
    """
    first, last = arrivals[0][0], arrivals[-1][0]
    reference = arrivals[0][1] // 64_000
    times, statuses, deltas = dict(arrivals), [], bytearray()
    before = reference * 64_000
    for number in range(first, last + 1):
        at = times.get(number)
        if at is None:
            statuses.append(0)
            continue
        ticks = (at - before) // 250
        before += ticks * 250
        if 0 <= ticks <= 255:
            statuses.append(1)
            deltas.append(ticks)
        else:
            statuses.append(2)
            deltas += struct.pack("!h", max(-32768, min(32767, ticks)))
    head = struct.pack(
        "!IIHHI", OURS, ssrc, first & 0xFFFF, last - first + 1, (reference & 0xFFFFFF) << 8 | count & 0xFF
    )
    body = head + _chunks(statuses) + bytes(deltas)
    return _packet(RTPFB, TRANSPORT_CC, body + bytes(-len(body) % 4))


def _chunks(statuses: Sequence[int]) -> bytes:
    """Status chunks: a run where one status lasts, else seven two-bit symbols."""
    out, at = bytearray(), 0
    while at < len(statuses):
        run = 1
        while at + run < len(statuses) and statuses[at + run] == statuses[at] and run < 0x1FFF:
            run += 1
        if run >= 7:
            out += struct.pack("!H", statuses[at] << 13 | run)
            at += run
            continue
        symbols = 0
        for position in range(7):
            symbol = statuses[at + position] if at + position < len(statuses) else 0
            symbols |= symbol << 12 - 2 * position
        out += struct.pack("!H", 0xC000 | symbols)
        at += 7
    return bytes(out)
