"""Packets into whole pictures: meetings.recorder.picture, meetings.recorder.unpack."""

from __future__ import annotations

import random
import struct

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.load import film
from meetings.recorder.picture import PATIENCE, Assembler, Picture, size_of
from meetings.recorder.unpack import UNPACK
from meetings.relay.rtp import FIXED, Packet, received
from store.errors import Malformed
from tests.meetings.relay.stream import Film


def assembler() -> Assembler:
    return Assembler(UNPACK["VP8"])


def packets(count: int = 4, size: int = 3) -> list[Packet]:
    """COUNT pictures of SIZE packets, the first of them a key frame."""
    made = Film("a", seq=65_530)
    return [received(part, 12, "VP8") for number in range(count) for part in made.frame(key=number == 0, size=size)]


def test_pictures_come_whole_and_in_order_however_the_packets_come() -> None:
    sent = packets(6)
    for seed in range(20):
        made, shuffled = assembler(), list(sent)
        made.add(shuffled.pop(0))
        for start in range(0, len(shuffled), 4):  # within a few places, as networks do
            part = shuffled[start : start + 4]
            random.Random(seed).shuffle(part)
            shuffled[start : start + 4] = part
        seen = []
        for packet in shuffled:
            made.add(packet)
            seen += list(made.pictures(0))
        assert [picture.ts for picture in seen] == sorted({packet.ts for packet in sent})
        assert [picture.key for picture in seen] == [True] + [False] * 5


def test_what_is_missing_is_asked_for_and_then_waited_for() -> None:
    sent, made = packets(3), assembler()
    for packet in [*sent[:4], *sent[5:]]:
        made.add(packet)
    assert len(list(made.pictures(1000))) == 1
    assert made.missing(1000) == [sent[4].seq]
    assert made.missing(1010) == []
    made.add(sent[4])
    assert len(list(made.pictures(1020))) == 2
    assert made.missing(1200) == []


def test_what_stays_missing_costs_all_up_to_the_next_key_frame() -> None:
    sent, made = packets(3), assembler()
    later = Film("a", seq=sent[-1].seq + 1 & 0xFFFF, ts=sent[-1].ts + 3000)
    for packet in [*sent[:4], *sent[5:]]:
        made.add(packet)
    assert len(list(made.pictures(1))) == 1
    assert list(made.pictures(1 + PATIENCE)) == []
    assert made.needs_key
    for part in [*later.frame(size=2), *later.frame(key=True, size=2)]:
        made.add(received(part, 12, "VP8"))
    [picture] = made.pictures(500)
    assert (picture.key, made.needs_key) == (True, False)


def test_it_begins_with_a_key_frame() -> None:
    made, strip = assembler(), Film("a")
    for part in [*strip.frame(), *strip.frame(), *strip.frame(key=True)]:
        made.add(received(part, 12, "VP8"))
    assert [picture.key for picture in made.pictures(0)] == [True]


def test_the_bytes_are_those_that_the_encoder_made() -> None:
    frames, made = film.make("low").frames[:8], assembler()
    seq, seen = 0, list[Picture]()
    for number, frame in enumerate(frames):
        parts = [frame[at : at + 900] for at in range(0, len(frame), 900)]
        for index, part in enumerate(parts):
            marker = 0x80 if index == len(parts) - 1 else 0
            head = struct.pack("!BBHII", 0x80, 96 | marker, seq, number * 3000, 9)
            made.add(received(head + (b"\x00" if index else b"\x10") + part, 12, "VP8"))
            seq += 1
        seen += list(made.pictures(0))
    assert [picture.data for picture in seen] == list(frames)
    assert size_of(frames[0]) == (320, 180)
    decoder = av.CodecContext.create("vp8", "r")
    assert sum(len(decoder.decode(av.Packet(picture.data))) for picture in seen) == len(frames)


def test_padding_is_no_part_of_a_picture() -> None:
    head = struct.pack("!BBHII", 0xA0, 96 | 0x80, 1, 0, 9)
    assert received(head + b"\x10\x00\x00\x01" + b"\x00\x00\x03", 12, "VP8").bare[FIXED:] == b"\x10\x00\x00\x01"
    with pytest.raises(Malformed):
        received(head + b"\x10\xff", 12, "VP8")


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.binary(max_size=30)), max_size=60))
def test_whatever_comes_only_pictures_or_nothing_come_of_it(given_: list[tuple[int, bool, bytes]]) -> None:
    made = assembler()
    for now, (seq, marker, payload) in enumerate(given_):
        head = struct.pack("!BBHII", 0x80, 96 | marker << 7, seq, seq * 7, 9)
        try:
            made.add(received(head + payload, 12, "VP8"))
        except Malformed:
            continue
        for picture in made.pictures(now * 100):
            assert picture.data
        made.missing(now * 100)
