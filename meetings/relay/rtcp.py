"""RTCP as bytes: what viewers ask for, and what publishers are told (RFC 3550, RFC 4585, transport-wide-cc). Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from store.errors import Malformed

SR, RR, RTPFB, PSFB = 200, 201, 205, 206
NACK, PLI, FIR, TRANSPORT_CC = 1, 1, 4, 15
NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970
MOST_BLOCKS = 31
LONGEST_FEEDBACK = 1000  # packets told of at once
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


@dataclass(slots=True)
class Report:
    """How a receiver does with one stream (RFC 3550, section 6.4.1): `fraction` of 256 lost since the last, `lost` in
    all, `jitter` in RTP ticks; `last` and `delay` (1/65536 s) of our sender report, for the round trip."""

    ssrc: int
    fraction: int
    lost: int
    jitter: int
    last: int
    delay: int


@dataclass(slots=True)
class Feedback:
    """What one compound says that we act on."""

    key_frames: list[int] = field(default_factory=list)  # SSRCs, by PLI or FIR
    missed: list[tuple[int, int]] = field(default_factory=list)  # (SSRC, sequence number), MOST_ASKED at most
    reports: list[Report] = field(default_factory=list)
    senders: list[tuple[int, int]] = field(default_factory=list)  # (SSRC, middle of the NTP time) of sender reports
    arrivals: list[tuple[int, int]] = field(default_factory=list)  # (transport-wide number, us; -1: it did not come)


def read(data: bytes) -> Feedback:
    """Raises Malformed."""
    made = Feedback()
    for kind, form, body in packets(data):
        if kind == PSFB and len(body) >= 8:
            _read_picture_feedback(made, form, body)
        elif kind == RTPFB and form == NACK and len(body) >= 12:
            _read_nack(made, body)
        elif kind == RTPFB and form == TRANSPORT_CC and len(body) >= 16:
            _read_arrivals(made, body)
        elif kind == RR and len(body) >= 4:
            _read_reports(made, body, 4, form)
        elif kind == SR and len(body) >= 24:
            made.senders.append((int.from_bytes(body[:4]), int.from_bytes(body[6:10])))
            _read_reports(made, body, 24, form)
    return made


def _read_picture_feedback(made: Feedback, form: int, body: bytes) -> None:
    if form == PLI:
        made.key_frames.append(int.from_bytes(body[4:8]))
    elif form == FIR:
        made.key_frames += [int.from_bytes(body[at : at + 4]) for at in range(8, len(body) - 7, 8)]


def _read_nack(made: Feedback, body: bytes) -> None:
    ssrc = int.from_bytes(body[4:8])
    for at in range(8, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, at)
        made.missed.append((ssrc, first))
        made.missed += [(ssrc, first + 1 + bit & 0xFFFF) for bit in range(16) if mask >> bit & 1]
        if len(made.missed) >= MOST_ASKED:
            del made.missed[MOST_ASKED:]
            return


def _read_arrivals(made: Feedback, body: bytes) -> None:
    """Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1). What does not add up
    is left unread."""
    first, count, word = struct.unpack_from("!HHI", body, 8)
    statuses: list[int] = []
    at, room = 16, LONGEST_FEEDBACK - len(made.arrivals)
    count = min(count, room)
    while len(statuses) < count and at + 2 <= len(body):
        chunk = int.from_bytes(body[at : at + 2])
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13 & 3] * min(chunk & 0x1FFF, count - len(statuses))
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    time = (word >> 8) * 64_000
    for number, status in enumerate(statuses[:count], first):
        if status == 1 and at < len(body):
            time += body[at] * 250
            at += 1
        elif status == 2 and at + 2 <= len(body):
            time += int.from_bytes(body[at : at + 2], signed=True) * 250
            at += 2
        elif status:
            return
        made.arrivals.append((number & 0xFFFF, time if status else -1))


def _read_reports(made: Feedback, body: bytes, at: int, count: int) -> None:
    for start in range(at, min(len(body) - 23, at + 24 * count), 24):
        ssrc, word, _, jitter, last, delay = struct.unpack_from("!IIIIII", body, start)
        lost = (word & 0xFFFFFF) - (1 << 24 if word & 0x800000 else 0)
        made.reports.append(Report(ssrc, word >> 24, lost, jitter, last, delay))


def _packet(kind: int, form: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | form, kind, len(body) // 4) + body


def pli(ssrc: int) -> bytes:
    """Please send a key frame of SSRC."""
    return _packet(PSFB, PLI, struct.pack("!II", OURS, ssrc))


def nack(ssrc: int, missing: Sequence[tuple[int, int]]) -> bytes:
    """Please send again: (first number, mask of the sixteen behind it) of each run."""
    runs = b"".join(struct.pack("!HH", first, mask) for first, mask in missing)
    return _packet(RTPFB, NACK, struct.pack("!II", OURS, ssrc) + runs)


def receiver_report(blocks: Sequence[Report]) -> bytes:
    """How the streams of one sender came; MOST_BLOCKS at most."""
    body = struct.pack("!I", OURS)
    for one in blocks:
        word = one.fraction << 24 | max(-(1 << 23), min((1 << 23) - 1, one.lost)) & 0xFFFFFF
        body += struct.pack("!IIIIII", one.ssrc, word, 0, one.jitter & 0xFFFFFFFF, one.last, one.delay)
    return _packet(RR, len(blocks), body)


def sender_report(ssrc: int, wall_ns: int, ts: int, packets_sent: int, bytes_sent: int) -> bytes:
    """What we sent of SSRC: RTP time TS is the moment WALL_NS (ns since 1970)."""
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    ntp = (seconds + NTP_EPOCH & 0xFFFFFFFF) << 32 | (rest << 32) // 1_000_000_000
    counts = struct.pack("!II", packets_sent & 0xFFFFFFFF, bytes_sent & 0xFFFFFFFF)
    return _packet(SR, 0, struct.pack("!IQI", ssrc, ntp, ts & 0xFFFFFFFF) + counts)


def middle(wall_ns: int) -> int:
    """The middle 32 bits of an NTP time, as reports have it: 1/65536 s."""
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    return (seconds + NTP_EPOCH << 16 | (rest << 16) // 1_000_000_000) & 0xFFFFFFFF


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
