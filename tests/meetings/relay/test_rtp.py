"""RTP bytes against aiortc's own reading of them, the VP8 descriptor in all its forms: meetings.relay.rtp."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket, unpack_header_extensions
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import rtp
from meetings.relay.sdp import LEVEL, TRANSPORT
from store.errors import Malformed

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
KEY, DELTA = b"\x10\x02\x00\x9d\x01\x2a", b"\x11\x02\x00"
SHORT = b"\x80\x60\x00\x01" + bytes(8)  # the shortest packet that there is; a bare one, before its payload


def ids(level: int, transport: int, mid: int = 1) -> HeaderExtensionsMap:
    made = HeaderExtensionsMap()
    numbers = {MID: mid, LEVEL: level, TRANSPORT: transport}
    made.configure(
        RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=n, uri=u) for u, n in numbers.items()])
    )
    return made


def packet(payload: bytes = b"hello", csrc: int = 0, mid: str | None = "0", level: int | None = 25) -> RtpPacket:
    made = RtpPacket(payload_type=111, marker=1, sequence_number=4711, timestamp=123456, ssrc=99, payload=payload)
    made.csrc = list(range(1, csrc + 1))
    made.extensions.mid = mid
    if level is not None:
        made.extensions.audio_level = (True, level)
    made.extensions.transport_sequence_number = 0xABCD
    return made


# ── header and extensions ──


@pytest.mark.parametrize("csrc", [0, 1, 15])
@pytest.mark.parametrize("mid", ["0", "a-mid-of-more-than-sixteen-bytes"], ids=["one-byte form", "two-byte form"])
def test_offsets_and_extensions_of_what_aiortc_wrote(csrc: int, mid: str) -> None:
    data = packet(csrc=csrc, mid=mid).serialize(ids(2, 3))
    at = rtp.payload_offset(data)
    assert data[at:] == b"hello"
    assert rtp.extension(data, 1) == mid.encode()
    assert rtp.extension(data, 2) == bytes([0x80 | 25])
    assert rtp.extension(data, 3) == b"\xab\xcd"
    assert rtp.extension(data, 4) == rtp.extension(data, 0) == b""


def test_ids_above_fourteen_need_the_two_byte_form() -> None:
    data = packet().serialize(ids(200, 15))
    assert rtp.extension(data, 200) == bytes([0x80 | 25])
    assert rtp.extension(data, 15) == b"\xab\xcd"


def test_padding_between_extensions_is_skipped() -> None:
    words = b"\x00\x00\x20\x07" + b"\x00\x31\xab\xcd"
    assert rtp.extension(b"\x90" + SHORT[1:] + b"\xbe\xde\x00\x02" + words, 3) == b"\xab\xcd"


def test_id_fifteen_ends_the_one_byte_form() -> None:
    assert rtp.extension(b"\x90" + SHORT[1:] + b"\xbe\xde\x00\x01" + b"\xf0\x00\x20\x07", 2) == b""


def test_another_profile_is_not_read_as_if_it_were_ours() -> None:
    """RFC 8285 knows 0xBEDE and 0x100X; what another profile's words mean is not ours to guess."""
    assert rtp.extension(b"\x90" + SHORT[1:] + b"\xca\xfe\x00\x01" + b"\x20\x07\x00\x00", 2) == b""


def test_no_extension_bit_no_extension() -> None:
    assert rtp.extension(SHORT + b"\xbe\xde\x00\x01\x20\x07\x00\x00", 2) == b""


def test_bare_keeps_what_a_viewer_needs_and_nothing_else() -> None:
    data = packet(csrc=3).serialize(ids(2, 3))
    bare = RtpPacket.parse(rtp.bare(data, rtp.payload_offset(data)))
    assert (bare.csrc, bare.payload, bare.marker, bare.payload_type) == ([], b"hello", 1, 111)
    assert (bare.sequence_number, bare.timestamp, bare.ssrc) == (4711, 123456, 99)
    assert bare.serialize() == rtp.bare(data, rtp.payload_offset(data))


def test_a_numbered_packet_is_the_same_but_for_its_number() -> None:
    plain = packet(payload=b"\x90\xe0\x81\x02\x09\x00" + KEY, csrc=3).serialize(ids(2, 3))
    bare = rtp.Packet(rtp.bare(plain, rtp.payload_offset(plain)), "VP8")
    made = rtp.numbered(bare, 3, 0xABCD)
    whole = bytes([made.first]) + made.bare[1:]  # as every copy gets it
    seen, was = RtpPacket.parse(whole, ids(2, 3)), RtpPacket.parse(bare.bare)
    assert (seen.extensions.transport_sequence_number, seen.payload) == (0xABCD, was.payload)
    assert (seen.sequence_number, seen.timestamp, seen.ssrc, seen.marker) == (4711, 123456, 99, 1)
    assert (made.size, made.seq, made.ts, made.marker) == (len(made.bare), bare.seq, bare.ts, bare.marker)
    assert (made.size - bare.size, made.key, made.urgent) == (rtp.NUMBERED, True, True)
    assert bare.vp8 is not None and made.vp8 is not None
    assert (made.vp8.picture, made.vp8.tl0, made.vp8.wide) == (bare.vp8.picture, bare.vp8.tl0, True)
    for at, there in ((bare.vp8.picture_at, made.vp8.picture_at), (bare.vp8.tl0_at, made.vp8.tl0_at)):
        assert there - at == rtp.NUMBERED and made.bare[there] == bare.bare[at]


def test_a_numbered_packet_without_counters_of_its_own_gets_none() -> None:
    made = rtp.numbered(rtp.Packet(SHORT + b"\x10" + KEY, "VP8"), 1, 0)
    assert made.vp8 is not None and (made.vp8.picture_at, made.vp8.tl0_at) == (0, 0)
    assert rtp.numbered(rtp.Packet(SHORT + b"\x67\x42", "H264"), 14, 65535).vp8 is None


def test_bare_keeps_padding_and_its_bit() -> None:
    made = packet()
    made.padding_size = 7
    data = made.serialize(ids(2, 3))
    bare = RtpPacket.parse(rtp.bare(data, rtp.payload_offset(data)))
    assert (bare.payload, bare.padding_size) == (b"hello", 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SHORT[:11],
        b"\x40" + SHORT[1:],
        b"\x81" + SHORT[1:],
        b"\x90" + SHORT[1:],
        b"\x90" + SHORT[1:] + b"\xbe\xde\x00\x01",
    ],
    ids=["empty", "short", "version 1", "no CSRC", "no extension head", "no extension"],
)
def test_a_header_that_promises_too_much_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        rtp.payload_offset(data)


# ── any bytes ──


def read(data: bytes) -> bytes | None:
    """Everything the relay asks of a packet; None for Malformed, which is all that may escape."""
    try:
        at = rtp.payload_offset(data)
        for number in (1, 2, 14, 15, 255):
            rtp.extension(data, number)
        bare = rtp.bare(data, at)
        with contextlib.suppress(Malformed):
            seen = rtp.Vp8(bare)
            assert seen.picture_at + (2 if seen.wide else 1) <= len(bare) or not seen.picture_at
            assert seen.tl0_at < len(bare)
    except Malformed:
        return None
    return bare


def compare(data: bytes) -> None:
    """With aiortc, wherever aiortc makes sense of it."""
    bare = read(data)
    try:
        theirs = RtpPacket.parse(data)
    except ValueError:
        return
    assert bare is not None
    again = RtpPacket.parse(bare)
    assert (again.payload, again.padding_size) == (theirs.payload, theirs.padding_size)
    assert (again.sequence_number, again.timestamp, again.ssrc) == (
        theirs.sequence_number, theirs.timestamp, theirs.ssrc,
    )  # fmt: skip
    if data[0] & 16:
        head = 12 + 4 * (data[0] & 15)
        profile = int.from_bytes(data[head : head + 2])
        found = unpack_header_extensions(profile, data[head + 4 : len(data) - len(bare) + rtp.FIXED])
        if profile == 0xBEDE and any(number == 15 for number, _ in found):
            return  # RFC 8285, 4.2: nothing behind it counts, but aiortc reads on
        for number, value in dict(reversed(found)).items():
            assert not number or rtp.extension(data, number) == value


def test_the_corpus_is_read_as_aiortc_reads_it(corpora: Path) -> None:
    files = [path for path in sorted((corpora / "rtc" / "rtp").iterdir()) if path.is_file()]
    assert len(files) > 20
    for path in files:
        compare(path.read_bytes())


def test_the_corpus_mutated(corpora: Path) -> None:
    dice = random.Random(7)
    for path in sorted((corpora / "rtc" / "rtp").iterdir()):
        whole = path.read_bytes()
        for _ in range(200):
            data = bytearray(whole[: dice.randrange(len(whole) + 1)])
            for _ in range(min(len(data), 4)):
                data[dice.randrange(min(len(data), 40))] = dice.randrange(256)
            read(bytes(data))


@given(st.binary(max_size=80), st.integers(0x80, 0xBF))
def test_any_bytes_are_read_or_malformed(data: bytes, first: int) -> None:
    compare(bytes([first]) + data)


# ── the VP8 descriptor ──


@pytest.mark.parametrize("picture", [None, 0, 1, 127, 128, 0x7FFF])
@pytest.mark.parametrize("tl0", [None, 0, 255])
@pytest.mark.parametrize("tid", [None, (1, 1)])
@pytest.mark.parametrize("starts", [0, 1])
def test_descriptors_of_aiortc(picture: int | None, tl0: int | None, tid: tuple[int, int] | None, starts: int) -> None:
    head = VpxPayloadDescriptor(partition_start=starts, partition_id=0, picture_id=picture, tl0picidx=tl0, tid=tid)
    bare = SHORT + bytes(head) + KEY
    seen = rtp.Vp8(bare)
    assert seen.key == bool(starts)
    assert (seen.picture_at > 0, seen.tl0_at > 0) == (picture is not None, tl0 is not None)
    assert (seen.picture, seen.tl0) == (picture or 0, tl0 or 0)
    if picture is not None:
        assert seen.wide and int.from_bytes(bare[seen.picture_at : seen.picture_at + 2]) == 0x8000 | picture
    if tl0 is not None:
        assert bare[seen.tl0_at] == tl0


def test_a_seven_bit_picture_id() -> None:
    bare = SHORT + b"\x90\xc0\x55\x09" + KEY
    seen = rtp.Vp8(bare)
    assert (seen.picture, seen.wide, seen.tl0, seen.key) == (0x55, False, 9, True)
    assert (bare[seen.picture_at], bare[seen.tl0_at]) == (0x55, 9)


@pytest.mark.parametrize(
    ("descriptor", "payload", "key"),
    [
        (b"\x10", KEY, True),
        (b"\x10", DELTA, False),
        (b"\x00", KEY, False),  # not the start of a partition
        (b"\x11", KEY, False),  # the start of the second partition
        (b"\x30", KEY, True),  # N: nothing refers to it
        (b"\x90\x30\x00", KEY, True),  # T and K share one byte
    ],
)
def test_where_a_key_frame_starts(descriptor: bytes, payload: bytes, key: bool) -> None:
    assert rtp.Vp8(SHORT + descriptor + payload).key is key


@pytest.mark.parametrize(
    "payload", [b"", b"\x80", b"\x90\x80", b"\x80\x80\x80", b"\x90\x80\x80\x01", b"\x80\x40", b"\x90\x30", b"\x10"]
)
def test_a_descriptor_that_ends_too_early_is_malformed(payload: bytes) -> None:
    """Also where the picture's number is cut in two: the egress would write its second byte behind the packet."""
    with pytest.raises(Malformed):
        rtp.Vp8(SHORT + payload)


# ── where an H.264 picture begins (RFC 6184, sections 5.6 to 5.8) ──

IDR, SLICE, SPS, PPS, SEI = 0x65, 0x41, 0x67, 0x68, 0x06


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (bytes([SPS, 0x42, 0xC0]), True),
        (bytes([IDR, 0x88]), True),
        (bytes([SLICE, 0x9A]), False),
        (bytes([PPS, 0xCE]), False),
        (bytes([SEI, 5]), False),
        (b"\x78\x00\x03" + bytes([SPS, 0x42, 0xC0]) + b"\x00\x02" + bytes([PPS, 0xCE]), True),
        (b"\x78\x00\x02" + bytes([SEI, 5]), False),
        (b"\x78\x00", False),
        (bytes([0x7C, 0x80 | 5, 0x88]), True),
        (bytes([0x7C, 5, 0x88]), False),
        (bytes([0x7C, 0x40 | 5, 0x88]), False),
        (bytes([0x7C, 0x80 | 1, 0x9A]), False),
    ],
    ids=[
        "SPS", "IDR", "slice", "PPS", "SEI", "STAP-A of SPS and PPS", "STAP-A of SEI", "STAP-A cut",
        "first part of an IDR", "middle part of an IDR", "last part of an IDR", "first part of a slice",
    ],
)  # fmt: skip
def test_where_an_h264_key_frame_begins(payload: bytes, key: bool) -> None:
    assert rtp.h264_begins(SHORT + payload) is key
    made = rtp.Packet(SHORT + payload, "H264")
    assert (made.key, made.vp8) == (key, None)


@pytest.mark.parametrize("payload", [b"\x67", b"\x7c", b"\x78"])
def test_an_h264_packet_of_one_byte_is_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        rtp.Packet(SHORT + payload, "H264")


@pytest.mark.parametrize("codec", ["VP8", "H264", "opus"])
def test_an_empty_packet_is_read_and_no_picture_begins_with_it(codec: str) -> None:
    """Some senders keep a line open so."""
    assert rtp.Packet(SHORT, codec).key is (codec == "opus")


@given(st.binary(max_size=40), st.sampled_from(["VP8", "H264", "opus"]))
def test_any_payload_makes_a_packet_or_is_malformed(payload: bytes, codec: str) -> None:
    with contextlib.suppress(Malformed):
        made = rtp.Packet(SHORT + payload, codec)
        assert (made.size, made.seq) == (rtp.FIXED + len(payload), 1)


# ── numbers that wrap ──


@given(st.integers(0, 0xFFFF), st.integers(-0x7FFF, 0x7FFF))
def test_newer_is_half_a_turn_ahead(seq: int, step: int) -> None:
    assert rtp.is_newer(seq + step & 0xFFFF, seq) == (step > 0)


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-50, 3000), max_size=400))
def test_unwrapped_numbers_follow_the_true_ones(first: int, steps: list[int]) -> None:
    """TRUE never wraps; each step is a little back (reordered) or ahead (lost) of the newest one."""
    unwrap, newest = rtp.Unwrap(), first
    assert unwrap(first) == first
    for step in steps:
        true = newest + step
        assert unwrap(true & 0xFFFF) == true
        newest = max(newest, true)
