"""Feedback as senders and viewers write and read it: meetings.relay.rtcp."""

from __future__ import annotations

import contextlib
import itertools
import random
import struct
from pathlib import Path

import pytest
from aiortc.rtp import (
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import rtcp
from store.errors import Malformed

from . import twcc

INFO = RtcpReceiverInfo(77, 1, 2, 3, 4, 5, 6)
REPORT = bytes(RtcpRrPacket(ssrc=1, reports=[INFO]))
SENDER = bytes(RtcpSrPacket(ssrc=1, sender_info=RtcpSenderInfo(1, 2, 3, 4), reports=[INFO]))
NAMES = bytes(RtcpSdesPacket(chunks=[RtcpSourceInfo(ssrc=1, items=[(1, b"someone")])]))


def pli(ssrc: int) -> bytes:
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc))


def fir(*ssrcs: int) -> bytes:
    entries = b"".join(struct.pack("!IBxxx", ssrc, number) for number, ssrc in enumerate(ssrcs))
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_FIR, ssrc=1, media_ssrc=0, fci=entries))


# ── key frames ──


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (pli(7), [7]),
        (pli(0xFFFFFFFF), [0xFFFFFFFF]),
        (fir(7), [7]),
        (fir(7, 8, 9), [7, 8, 9]),
        (fir(), []),
        (REPORT + pli(7), [7]),
        (SENDER + NAMES + pli(7) + fir(8), [7, 8]),
        (REPORT, []),
        (SENDER + NAMES + bytes(RtcpByePacket(sources=[7])), []),
        (bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=7, lost=[1, 2])), []),
        (bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(300_000, [7]))), []),
    ],
    ids=[
        "PLI",
        "PLI highest",
        "FIR",
        "FIR three",
        "FIR none",
        "RR PLI",
        "SR SDES PLI FIR",
        "RR",
        "BYE",
        "NACK",
        "REMB",
    ],
)
def test_who_is_asked_for_a_key_frame(data: bytes, asked: list[int]) -> None:
    assert rtcp.read(data).key_frames == asked


def test_our_pli_is_one_for_aiortc() -> None:
    [packet] = RtcpPacket.parse(rtcp.pli(0xDEADBEEF))
    assert packet == RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=rtcp.OURS, media_ssrc=0xDEADBEEF)


# ── bad input ──


@pytest.mark.parametrize(
    "data",
    [b"", b"\x81\xce\x00\x00", b"\x41" + pli(7)[1:], pli(7)[:-1], pli(7) + b"\x00", pli(7) + b"\x80\xce\x00\x01"],
    ids=["empty", "head only", "version 1", "cut", "one byte more", "a second that is cut"],
)
def test_a_broken_compound_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        rtcp.read(data)


@pytest.mark.parametrize("form", [RTCP_PSFB_PLI, RTCP_PSFB_FIR])
@pytest.mark.parametrize("size", [0, 4, 8, 12])
def test_short_feedback_asks_nobody_it_does_not_name(form: int, size: int) -> None:
    data = struct.pack("!BBH", 0x80 | form, 206, size // 4) + bytes(size) + REPORT
    assert rtcp.read(data).key_frames == ([0] if form == RTCP_PSFB_PLI and size >= 8 else [])


def test_the_corpus_escapes_only_as_malformed(corpora: Path) -> None:
    files = [path for path in sorted((corpora / "rtc" / "rtcp").iterdir()) if path.is_file()]
    assert len(files) > 50
    dice, read = random.Random(7), 0
    for path in files:
        whole = path.read_bytes()
        with contextlib.suppress(Malformed):
            rtcp.read(whole)
            read += 1
        for _ in range(100):
            data = bytearray(whole[: dice.randrange(len(whole) + 1)])
            for _ in range(min(len(data), 3)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            with contextlib.suppress(Malformed):
                rtcp.read(bytes(data))
    assert read > 5  # among them are whole ones
    assert rtcp.read((corpora / "rtc" / "rtcp" / "fir.rtcp").read_bytes()).key_frames == [0xF310A866]


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert all(0 <= ssrc < 1 << 32 for ssrc in rtcp.read(b"\x81\xce" + data).key_frames)


def mutated(whole: bytes, dice: random.Random) -> bytes:
    data = bytearray(whole[: dice.randrange(len(whole) + 1)])
    for _ in range(min(len(data), 3)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def read(data: bytes) -> rtcp.Feedback | None:
    """All that is taken from a compound fits where it goes; None for Malformed, which is all that may escape."""
    try:
        seen = rtcp.read(data)
    except Malformed:
        return None
    assert all(0 <= ssrc < 1 << 32 for ssrc in seen.key_frames)
    assert len(seen.missed) <= rtcp.MOST_ASKED
    assert all(0 <= ssrc < 1 << 32 and 0 <= number <= 0xFFFF for ssrc, number in seen.missed)
    assert all(0 <= one.fraction < 256 and -(1 << 23) <= one.lost < 1 << 23 for one in seen.reports)
    assert all(0 <= number <= 0xFFFF for number, _ in seen.arrivals)
    return seen


def test_all_of_the_corpus_mutated_fits_where_it_goes(corpora: Path) -> None:
    dice = random.Random(11)
    for path in sorted((corpora / "rtc" / "rtcp").iterdir()):
        read(path.read_bytes())
        for _ in range(100):
            read(mutated(path.read_bytes(), dice))


@given(
    st.lists(
        st.tuples(st.sampled_from([200, 201, 202, 203, 205, 206]), st.integers(0, 31), st.binary(max_size=120)),
        min_size=1,
        max_size=4,
    )
)
def test_any_compound_is_read_or_malformed(made: list[tuple[int, int, bytes]]) -> None:
    data = b"".join(
        struct.pack("!BBH", 0x80 | form, kind, len(body) // 4) + body[: len(body) // 4 * 4] for kind, form, body in made
    )
    assert read(data) is not None or len(data) < 8


# ── reports ──


def test_a_report_of_aiortc_is_read() -> None:
    info = RtcpReceiverInfo(77, 200, -5, 3, 4, 5, 6)
    other = RtcpReceiverInfo(78, 0, 8_000_000, 3, 9, 0, 0)
    expected = [rtcp.Report(77, 200, -5, 4, 5, 6), rtcp.Report(78, 0, 8_000_000, 9, 0, 0)]
    seen = rtcp.read(bytes(RtcpRrPacket(ssrc=1, reports=[info, other])))
    assert (seen.reports, seen.senders) == (expected, [])
    sender = RtcpSenderInfo(0x1122334455667788, 2, 3, 4)
    seen = rtcp.read(bytes(RtcpSrPacket(ssrc=7, sender_info=sender, reports=[info, other])))
    assert (seen.reports, seen.senders) == (expected, [(7, 0x33445566)])


def test_our_reports_are_read_by_aiortc() -> None:
    [report] = RtcpPacket.parse(rtcp.receiver_report([rtcp.Report(77, 255, -1, 4, 5, 6)]))
    assert isinstance(report, RtcpRrPacket) and report.ssrc == rtcp.OURS
    assert report.reports == [RtcpReceiverInfo(77, 255, -1, 0, 4, 5, 6)]
    [sender] = RtcpPacket.parse(rtcp.sender_report(5, 1_500_000_000, 2**32 + 9, 2**32 + 3, 7))
    assert isinstance(sender, RtcpSrPacket) and (sender.ssrc, sender.reports) == (5, [])
    seconds = rtcp.NTP_EPOCH + 1
    assert sender.sender_info == RtcpSenderInfo(seconds << 32 | 1 << 31, 9, 3, 7)


@given(st.integers(-(1 << 30), 1 << 30), st.integers(0, 1 << 40))
def test_losses_beyond_24_bits_are_told_as_the_most_there_is(lost: int, jitter: int) -> None:
    [seen] = rtcp.read(rtcp.receiver_report([rtcp.Report(1, 0, lost, jitter, 0, 0)])).reports
    assert seen.lost == max(-(1 << 23), min((1 << 23) - 1, lost)) and seen.jitter == jitter & 0xFFFFFFFF


@given(st.integers(0, 1 << 62))
def test_the_middle_of_a_time_is_what_a_sender_report_says(wall_ns: int) -> None:
    [(_, middle)] = rtcp.read(rtcp.sender_report(5, wall_ns, 0, 0, 0)).senders
    assert middle == rtcp.middle(wall_ns)


def test_a_report_that_promises_more_than_there_is_tells_what_there_is() -> None:
    data = bytearray(REPORT)
    data[0] = 0x80 | 31
    assert [one.ssrc for one in rtcp.read(bytes(data)).reports] == [77]


# ── transport-wide feedback ──


def test_a_browsers_feedback_is_read_as_the_draft_has_it(corpora: Path) -> None:
    data = (corpora / "rtc" / "rtcp" / "twcc-feedback.rtcp").read_bytes()
    assert dict(rtcp.read(data).arrivals) == twcc.decode(data).arrivals


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 30), st.integers(-30_000, 60_000)), min_size=1, max_size=60),
)
def test_what_we_write_we_read(first: int, steps: list[tuple[int, int]]) -> None:
    numbers = list(itertools.accumulate((gap for gap, _ in steps), initial=first))
    times = list(itertools.accumulate((delay for _, delay in steps), initial=1 << 30))
    data = rtcp.transport_feedback(1, 0, list(zip(numbers, times, strict=True)))
    if numbers[-1] - first >= rtcp.LONGEST_FEEDBACK:
        return
    seen = rtcp.read(data).arrivals
    assert [number for number, _ in seen] == [number & 0xFFFF for number in range(first, numbers[-1] + 1)]
    came = [(number, at) for number, at in seen if at >= 0]
    assert came == [(number, at) for number, at in twcc.decode(data).arrivals.items()]


@pytest.mark.parametrize(
    "chunks",
    [
        b"\x20\x05",  # five came, small deltas
        b"\xb0\x00",  # fourteen one-bit symbols: 1, 1, 0 ...
        b"\xd4\x00",  # seven two-bit symbols: 1, 1, 0 ...
    ],
    ids=["a run", "one bit", "two bits"],
)
def test_every_kind_of_chunk_is_read_as_the_draft_has_it(chunks: bytes) -> None:
    body = struct.pack("!IIHHI", 1, 2, 65534, 5, 3 << 8) + chunks + b"\x04" * 5
    body += bytes(-len(body) % 4)
    data = struct.pack("!BBH", 0x8F, 205, len(body) // 4) + body
    came = {number: at for number, at in rtcp.read(data).arrivals if at >= 0}
    assert len(came) in (2, 5)
    times = [at - 3 * 64_000 for at in came.values()]
    assert list(came)[:2] == [65534, 65535] and times == [1000 * (index + 1) for index in range(len(times))]


@pytest.mark.parametrize("count", [0, 1, 5, 0xFFFF])
@pytest.mark.parametrize(
    "rest", [b"", b"\x3f\xff", b"\x5f\xff\x00\x01", b"\x7f\xff" * 40], ids=["none", "run", "cut", "odd"]
)
def test_feedback_that_does_not_add_up_tells_no_more_than_it_holds(count: int, rest: bytes) -> None:
    body = struct.pack("!IIHHI", 1, 2, 5, count, 0) + rest
    body += bytes(-len(body) % 4)
    seen = read(struct.pack("!BBH", 0x8F, 205, len(body) // 4) + body)
    assert seen is not None and len(seen.arrivals) <= min(count, 0x1FFF)
    assert sum(at >= 0 for _, at in seen.arrivals) <= len(body)


def test_the_reader_itself_reads_a_browsers_feedback(corpora: Path) -> None:
    seen = twcc.decode((corpora / "rtc" / "rtcp" / "twcc-feedback.rtcp").read_bytes())
    assert (seen.base, seen.count, seen.feedback, len(seen.arrivals)) == (0x0A74, 10, 0xBB, 10)
    assert sorted(seen.arrivals.values()) == list(seen.arrivals.values())


def told(arrivals: list[tuple[int, int]], count: int = 0) -> twcc.Feedback:
    """What a sender learns, checked against ARRIVALS."""
    data = rtcp.transport_feedback(0xCAFE, count, arrivals)
    assert next(rtcp.packets(data))[:2] == (rtcp.RTPFB, rtcp.TRANSPORT_CC)
    seen = twcc.decode(data)
    assert (seen.sender, seen.media, seen.feedback) == (rtcp.OURS, 0xCAFE, count)
    assert seen.base == arrivals[0][0] & 0xFFFF
    assert list(seen.arrivals) == [number & 0xFFFF for number, _ in arrivals]
    for number, at in arrivals:
        off = (at - seen.arrivals[number & 0xFFFF]) % twcc.WRAP
        assert min(off, twcc.WRAP - off) <= 250, (number, at)
    return seen


gaps = st.one_of(st.just(1), st.integers(1, 9), st.integers(1, 60))
delays = st.one_of(st.integers(0, 3_000), st.integers(-40_000, 60_000), st.integers(-8_000_000, 8_000_000))


@given(
    st.integers(-5, 1 << 20),
    st.integers(0, 1 << 43),
    st.integers(0, 255),
    st.lists(st.tuples(gaps, delays), max_size=60),
)
def test_a_sender_reads_what_arrived(first: int, start: int, count: int, steps: list[tuple[int, int]]) -> None:
    """Over losses, gaps, reordering and delays of up to what 16 bits of 250 us can say."""
    numbers = itertools.accumulate((gap for gap, _ in steps), initial=first)
    times = itertools.accumulate((delay for _, delay in steps), initial=start + 500_000_000)
    told(list(zip(numbers, times, strict=True)), count)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(0, 3))
def test_runs_of_arrivals_and_losses_of_any_length(runs: list[int], burst: int) -> None:
    numbers, at = [], 0
    for index, run in enumerate(runs):
        numbers += range(at, at + run) if index % 2 == 0 else []
        at += run
    told([(number, number * 20_000 * burst) for number in numbers])


def test_a_long_run_is_split_where_thirteen_bits_end() -> None:
    told([(number, number * 100) for number in range(0x1FFF + 10)])


def test_one_packet_is_enough() -> None:
    assert told([(65535, 64_000)]).count == 1


def test_numbers_wrap_within_one_feedback() -> None:
    assert list(told([(65534, 0), (65535, 250), (65536, 500), (65538, 750)]).arrivals) == [65534, 65535, 0, 2]


def test_a_pause_longer_than_a_delta_can_say_does_not_shift_what_follows() -> None:
    """The longest delta is 8.19 s; after a pause of 20 s the next packets are at least told in their true distance."""
    seen = twcc.decode(rtcp.transport_feedback(1, 0, [(0, 0), (1, 20_000_000), (2, 20_001_000), (3, 20_005_000)]))
    assert [seen.arrivals[n] - seen.arrivals[1] for n in (2, 3)] == [1_000, 5_000]
