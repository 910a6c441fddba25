"""The hot path: whose packet it is, and that no place's numbers lie: meetings.relay.router, meetings.relay.egress."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import router
from meetings.relay.egress import renumber
from meetings.relay.room import Endpoint, Room
from meetings.relay.rtp import FIXED
from meetings.relay.sdp import LEVEL
from meetings.relay.source import PLAIN, Traffic
from store.errors import Malformed

from .stream import AUDIO, VIDEO, Film, Viewer, Voice, check, packet, publisher


def traffic(sender: Endpoint, kind: str = "video") -> Traffic:
    return sender.sources[kind].layers[0].traffic


# ── whose packet ──


def test_an_unknown_ssrc_is_nobodys() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    film.ssrc += 1
    assert viewer.take(0, sender, film.frame(key=True)[0]) is None
    assert traffic(sender).packets == 0


def test_an_unannounced_ssrc_is_known_by_its_payload_type_once() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    sender.sources["video"].layers[0].ssrc, sender.by_ssrc = 0, {}
    viewer.watch(sender)
    assert not router.take(0, sender, packet(97, 1, 1, 5, b"\x10\x00"))  # rtx: no source has this type
    assert viewer.take(0, sender, film.frame(key=True)[0]) is not None
    assert sender.sources["video"].layers[0].ssrc == film.ssrc
    assert not router.take(0, sender, packet(VIDEO, 1, 1, film.ssrc + 1, b"\x10\x00"))


def test_what_is_not_rtp_is_malformed() -> None:
    sender = publisher(Room("r"), Film("a"))
    for data in (b"", b"\x80", bytes(12), b"\x8f" + bytes(11), b"\x90" + bytes(11)):
        with pytest.raises(Malformed):
            router.take(0, sender, data)


def test_a_picture_without_its_descriptor_is_malformed() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    with pytest.raises(Malformed):
        router.take(0, sender, packet(VIDEO, 1, 1, film.ssrc, b"\x90\x80"))


def test_nobody_watches_nothing_is_copied() -> None:
    film = Film("a")
    sender = publisher(Room("r"), film)
    assert not router.take(0, sender, film.frame(key=True)[0])
    assert (traffic(sender).packets, traffic(sender).flow.bytes > 12) == (1, True)


def test_the_level_of_a_voice_is_heard() -> None:
    ids = HeaderExtensionsMap()
    ids.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=5, uri=LEVEL)]))
    made = RtpPacket(payload_type=AUDIO, ssrc=0x2000 + ord("a"), payload=b"sound")
    made.extensions.audio_level = (True, 10)
    sender = publisher(Room("r"), Voice("a"))
    before = sender.sources["audio"].level.value
    router.take(7, sender, made.serialize(ids))
    assert sender.sources["audio"].level.value == before  # its id was not agreed on
    sender.level_id = 5
    router.take(7, sender, made.serialize(ids))
    assert sender.sources["audio"].level.value < before and sender.sources["audio"].level.loud_at == 7


def test_losses_are_counted_and_late_packets_forgiven() -> None:
    voice = Voice("a", seq=65533)
    sender = publisher(Room("r"), voice)
    packets = [voice.next() for _ in range(8)]
    for index in (0, 1, 4, 3, 7):
        router.take(0, sender, packets[index])
    assert (traffic(sender, "audio").packets, traffic(sender, "audio").lost) == (5, 3)  # 2, 5 and 6


# ── a place and its first source ──


def test_a_place_has_its_own_ssrc_and_payload_type() -> None:
    room, film = Room("r"), Film("a", seq=65535, ts=2**32 - 1)
    sender, viewer = publisher(room, film), Viewer(room, "video", seq=100, ts=7)
    viewer.watch(sender)
    for part in film.frame(key=True, size=3):
        viewer.take(0, sender, part)
    assert [(g.seq, g.ts, g.ssrc, g.payload_type, g.marker) for g in viewer.got] == [
        (101, 8, 0xFACE, 120, False), (102, 8, 0xFACE, 120, False), (103, 8, 0xFACE, 120, True),
    ]  # fmt: skip


def test_a_picture_begins_with_a_key_frame_and_not_in_its_middle() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    key = film.frame()[:1] + film.frame(key=True, size=3)
    assert viewer.take(0, sender, key[0]) is None
    assert viewer.take(0, sender, key[2]) is None  # its first packet was lost
    following = film.frame() + film.frame(key=True, size=2)
    assert [viewer.take(0, sender, part) is not None for part in following] == [False, True, True]


def test_a_key_frame_that_came_is_no_longer_wanted() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    layer = sender.sources["video"].layers[0]
    assert layer.wants_key_frame(10_000)
    viewer.take(10_020, sender, film.frame()[0])
    assert layer.wanted
    viewer.take(10_040, sender, film.frame(key=True)[0])
    assert not layer.wanted


def test_a_seven_bit_picture_id_goes_on_too() -> None:
    room, film = Room("r"), Film("a", picture=None)
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    viewer.place.picture = 127
    pictures = []
    for seq, number in enumerate((100, 101, 127, 0)):
        head = b"\x90\x80" + bytes([number])
        taken = router.take(0, sender, packet(VIDEO, seq, 0, film.ssrc, head + b"\x10\x02\x00"))
        [(way, went, places)] = taken
        assert way == PLAIN
        copy = bytearray(went.bare)
        renumber(places[0], 0, copy, 0, went)
        assert len(copy) == went.size and copy[FIXED + 3 :] == went.bare[FIXED + 3 :]
        pictures.append(copy[FIXED + 2])
    assert pictures == [0, 1, 27, 28]


def test_a_picture_in_h264_begins_with_its_parameters_or_an_idr() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video", seq=9)
    sender.sources["video"].codec = "H264"
    viewer.watch(sender)
    payloads = (b"\x41\x9a", b"\x7c\x45\x00", b"\x67\x42\xc0", b"\x68\xce", b"\x65\x88", b"\x41\x9a")
    numbers = []
    for seq, payload in enumerate(payloads):
        for _, went, [place] in router.take(0, sender, packet(VIDEO, seq, 0, film.ssrc, payload)):
            copy = bytearray(went.bare)
            renumber(place, 0, copy, 0, went)
            assert copy[FIXED:] == payload
            numbers.append((seq, int.from_bytes(copy[2:4])))
    assert numbers == [(2, 10), (3, 11), (4, 12), (5, 13)]
    with pytest.raises(Malformed):
        router.take(0, sender, packet(VIDEO, 9, 0, film.ssrc, b"\x41"))


# ── stragglers: a number once used is never used for another packet (with AES-GCM that would give the key away) ──


def test_a_late_voice_packet_does_not_take_a_number_of_the_voice_before() -> None:
    room, a, b = Room("r"), Voice("a", seq=10), Voice("b", seq=500)
    first, second, viewer = publisher(room, a), publisher(room, b), Viewer(room, "audio")
    viewer.watch(first)
    for _ in range(3):
        viewer.take(0, first, a.next())
    viewer.watch(second)
    late, early = b.next(), b.next()
    viewer.take(20, second, early)
    viewer.take(21, second, late)
    numbers = [got.seq for got in viewer.got]
    assert len(set(numbers)) == len(numbers), numbers


def test_a_late_picture_packet_does_not_take_a_number_of_the_picture_before() -> None:
    room, a, b = Room("r"), Film("a", seq=10), Film("b", seq=500)
    first, second, viewer = publisher(room, a), publisher(room, b), Viewer(room, "video")
    viewer.watch(first)
    for part in a.frame(key=True, size=2):
        viewer.take(0, first, part)
    viewer.watch(second)
    late, key = b.frame()[0], b.frame(key=True)[0]
    viewer.take(20, second, key)
    viewer.take(21, second, late)
    assert [(got.whose, got.frame) for got in viewer.got] == [("a", 0), ("a", 0), ("b", 1)]


# ── any loss, any order, any change of sources ──


@dataclass(frozen=True)
class Trip:
    """What happens on the way: seeds of numbers, and for each frame its parts and their fate."""

    starts: tuple[int, ...]
    frames: list[tuple[int, bool, list[int]]]  # size, key, delay of each packet (-1: lost)
    turns: list[int]  # after how many packets the place turns to the other source
    steps: list[int]  # ms between packets


number = st.one_of(st.integers(0, 0xFFFF), st.integers(0xFFF0, 0xFFFF))
clock = st.one_of(st.integers(0, 2**32 - 1), st.integers(2**32 - 9000, 2**32 - 1))
fate = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 5, -1])
frame = st.integers(1, 3).flatmap(
    lambda size: st.tuples(st.just(size), st.booleans(), st.lists(fate, min_size=size, max_size=size))
)
trips = st.builds(
    Trip,
    st.tuples(number, number, clock, clock, number, number, clock),
    st.lists(frame, min_size=1, max_size=25),
    st.lists(st.integers(1, 12), min_size=30, max_size=30),
    st.lists(st.integers(0, 60), min_size=5, max_size=5),
)


def arrivals(packets: list[bytes], delays: list[int]) -> list[tuple[int, bytes]]:
    """(index, packet) in the order they arrive: each late by as many places as its delay says, or lost."""
    order = sorted((index + delay, index) for index, delay in enumerate(delays) if delay >= 0)
    return [(index, packets[index]) for _, index in order]


def play(trip: Trip, kind: str) -> tuple[Viewer, dict[tuple[str, int, int], int]]:
    """Send the trip's frames from two sources side by side; returns the viewer and the order of the packets."""
    room, starts = Room("r"), trip.starts
    make = Film if kind == "video" else Voice
    streams = [make("a", starts[0], starts[2]), make("b", starts[1], starts[3])]
    senders = [publisher(room, stream) for stream in streams]
    viewer = Viewer(room, kind, starts[4], starts[6])
    order: dict[tuple[str, int, int], int] = {}
    traffic: list[tuple[int, bytes]] = []
    for which, stream in enumerate(streams):
        packets: list[bytes] = []
        for size, key, _ in trip.frames:
            made = stream.frame(key, size) if isinstance(stream, Film) else [stream.next() for _ in range(size)]
            for part, data in enumerate(made):
                frame_number = stream.count - 1 if isinstance(stream, Film) else stream.count - size + part
                order[(stream.name, frame_number, part if isinstance(stream, Film) else 0)] = len(packets)
                packets.append(data)
        delays = [delay for _, _, fates in trip.frames for delay in fates]
        for position, (_, data) in enumerate(arrivals(packets, delays)):
            traffic.insert(min(len(traffic), 2 * position + which), (which, data))
    now, left, turn, watching = 0, 0, 0, 1
    for index, (which, data) in enumerate(traffic):
        if left == 0:
            watching, left, turn = 1 - watching, trip.turns[turn % 30], turn + 1
            viewer.watch(senders[watching])
        left, now = left - 1, now + trip.steps[index % 5]
        viewer.take(now, senders[which], data)
    return viewer, order


@given(trips)
def test_a_picture_place_never_lies(trip: Trip) -> None:
    viewer, order = play(trip, "video")
    check(viewer.got, order, trip.starts[4])


@given(trips)
def test_a_voice_place_never_lies(trip: Trip) -> None:
    viewer, order = play(trip, "audio")
    check(viewer.got, order, trip.starts[4])


def test_the_trips_arrive() -> None:
    """The two tests above mean something: with no loss, everything of the watched source comes through."""
    trip = Trip((65530, 9, 5, 2**32 - 5, 65535, 0, 11), [(2, True, [0, 0])] * 20, [8] * 30, [20] * 5)
    for kind, least in (("video", 30), ("audio", 38)):
        viewer, order = play(trip, kind)
        assert len(viewer.got) >= least
        assert {got.whose for got in viewer.got} == {"a", "b"}
        check(viewer.got, order, 65535)
