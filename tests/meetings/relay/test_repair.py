"""What a sender repairs or repeats is put back in its place, and what a viewer misses comes as agreed.

RTX (RFC 4588) and RED (RFC 2198) in and out: meetings.relay.router, meetings.relay.egress.
"""

from __future__ import annotations

import struct

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx, wrap_rtx
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import egress, red, router
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room
from meetings.relay.rtp import FIXED, Packet
from meetings.relay.source import Layer, redundant
from store.errors import Malformed

from .client import extended
from .stream import AUDIO, Film, Viewer, Voice, packet, publisher

RTX, RTX_SSRC, RED = 97, 0xABCD, 63


def repairing(film: Film, starts: int = 0) -> tuple[Endpoint, Layer, Viewer]:
    """A sender of FILM that repairs what is missed, and a viewer of it."""
    room = Room("r")
    sender, viewer = publisher(room, film), Viewer(room, "video", starts)
    layer = sender.sources["video"].layers[0]
    layer.repair_type, layer.repair_ssrc = RTX, RTX_SSRC
    sender.by_ssrc[RTX_SSRC] = layer
    viewer.watch(sender)
    return sender, layer, viewer


def again(data: bytes, seq: int = 5) -> bytes:
    """DATA once more, as aiortc sends it."""
    made = wrap_rtx(RtpPacket.parse(data), payload_type=RTX, sequence_number=seq, ssrc=RTX_SSRC)
    return made.serialize()


# ── RTX from a sender ──


@pytest.mark.parametrize("first", [10, 65534])
def test_a_repaired_packet_goes_to_its_place_as_it_first_was(first: int) -> None:
    film = Film("a", seq=first, ts=2**32 - 4000)
    sender, layer, viewer = repairing(film, starts=65534)
    frames = [film.frame(key=index == 0, size=2) for index in range(3)]
    packets = [data for frame in frames for data in frame]
    for index in (0, 1, 2, 4, 5):
        viewer.take(index * 10, sender, packets[index])
    assert layer.gaps.due(100) == [first + 3 & 0xFFFF] and layer.traffic.lost == 1
    got = viewer.take(110, sender, again(packets[3]))
    assert got is not None
    assert (got.frame, got.part, got.marker, got.key, got.payload_type) == (1, 1, True, False, 120)
    other = viewer.got[2]
    assert (got.seq, got.ts, got.picture) == (other.seq + 1 & 0xFFFF, other.ts, other.picture)
    assert not layer.gaps and layer.traffic.lost == 0
    assert sorted((one.seq - 65534) & 0xFFFF for one in viewer.got) == list(range(1, 7))


def test_what_came_already_never_goes_out_again() -> None:
    film = Film("a")
    sender, _, viewer = repairing(film)
    data = film.frame(key=True)[0]
    assert viewer.take(0, sender, data) is not None
    assert viewer.take(1, sender, again(data)) is None and viewer.take(2, sender, data) is None
    missed, later = film.frame()[0], film.frame()[0]
    viewer.take(10, sender, later)
    assert viewer.take(11, sender, again(missed)) is not None
    assert viewer.take(12, sender, missed) is None  # late, after its repair
    assert len({one.seq for one in viewer.got}) == len(viewer.got) == 3


def test_a_key_frame_may_begin_with_a_repaired_packet() -> None:
    film = Film("a")
    sender, _, viewer = repairing(film)
    key = film.frame(key=True)[0]
    viewer.take(0, sender, film.frame()[0])
    got = viewer.take(10, sender, again(key))
    assert got is not None and got.key and len(viewer.got) == 1


def test_the_time_in_the_repairs_extensions_and_padding_are_not_the_packets() -> None:
    film = Film("a")
    sender, _, _ = repairing(film)
    data = film.frame(key=True)[0]
    padded = bytearray(extended(again(data), 3, b"\x00\x01")) + b"\x00\x00\x00\x04"
    padded[0] |= 0x20
    [(_, went, _)] = router.take(0, sender, bytes(padded))
    assert (went.bare[FIXED:], went.first & 0x20) == (data[FIXED:], 0)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00\x05"], ids=["empty", "half a number", "a number alone"])
def test_a_repair_of_nothing_is_a_sender_that_tries_its_line(payload: bytes) -> None:
    film = Film("a")
    sender, layer, viewer = repairing(film)
    viewer.take(0, sender, film.frame(key=True)[0])
    assert not router.take(0, sender, packet(RTX, 9, 0, RTX_SSRC, payload))
    padding = bytearray(packet(RTX, 9, 0, RTX_SSRC, payload + bytes(200) + b"\xc9"))
    padding[0] |= 0x20
    assert not router.take(0, sender, bytes(padding))
    assert layer.traffic.packets == 1


@given(st.binary(max_size=40), st.booleans(), st.integers(0, 1))
def test_any_repair_is_taken_or_malformed(payload: bytes, padding: bool, marker: int) -> None:
    film = Film("a")
    sender, _, _ = repairing(film)
    data = bytearray(packet(RTX, 9, 0, RTX_SSRC, payload, bool(marker)))
    data[0] |= 0x20 * padding
    try:
        for _, went, _ in router.take(0, sender, bytes(data)):
            assert went.size == len(went.bare) >= FIXED
    except Malformed:
        return


def test_a_repair_by_another_ssrc_is_nobodys() -> None:
    film = Film("a")
    sender, _, viewer = repairing(film)
    viewer.take(0, sender, film.frame(key=True)[0])
    missed = film.frame()[0]
    assert not router.take(0, sender, packet(RTX, 1, 0, 77, again(missed)[FIXED:]))
    assert not router.take(0, sender, packet(RTX, 1, 0, film.ssrc, again(missed)[FIXED:]))


# ── RTX to a viewer ──


def test_what_is_sent_again_has_numbers_of_its_own_and_names_the_old_ones() -> None:
    film = Film("a", seq=65530, picture=100, tl0=7)
    sender, _, viewer = repairing(film, starts=300)
    place = viewer.place
    place.repair_type, place.repair_ssrc, place.repair_seq = 121, 0xBEEF, 65534
    for index in range(6):
        viewer.take(index * 33, sender, film.frame(key=index == 0)[0])
    before = (place.seq, place.ts, place.picture, place.tl0, place.sent, place.run)
    numbers = []
    for first in viewer.got:
        missed = router.again(1000, place, first.seq)
        assert missed is not None
        made = RtpPacket.parse(egress.repaired(place, missed))
        assert (made.ssrc, made.payload_type, made.marker) == (0xBEEF, 121, first.marker)
        numbers.append(made.sequence_number)
        back = unwrap_rtx(made, payload_type=120, ssrc=0xFACE)
        assert (back.sequence_number, back.timestamp) == (first.seq, first.ts)
        copy = bytearray(missed.bare)
        egress.renumber(Twin(place), 0, copy, 0, missed)
        assert back.serialize() == bytes(copy)  # what the browser makes of it is what it would have got
    assert numbers == [65535, 0, 1, 2, 3, 4]
    assert (place.seq, place.ts, place.picture, place.tl0, place.sent, place.run) == before


class Twin(Place):
    """A place with the same numbers, to be spoilt."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.endpoint, place.kind, place.payload_type, place.ssrc)
        for name in ("seq_off", "ts_off", "picture_off", "tl0_off"):
            setattr(self, name, getattr(place, name))


def test_who_agreed_on_no_repairs_gets_the_same_bytes_once_more() -> None:
    film = Film("a", seq=65530)
    sender, _, _ = repairing(film)
    data = film.frame(key=True)[0]
    [(_, went, [place])] = router.take(0, sender, data)
    copy = bytearray(went.bare)
    egress.renumber(place, 0, copy, 0, went)
    for _ in range(2):
        assert egress.repaired(place, went) == bytes(copy)
    assert place.repair_seq == 0


# ── RED from a sender ──


class Talk:
    """A voice whose packets carry those before it, and a viewer of it."""

    def __init__(self, first: int = 100, depth: int = 2) -> None:
        room, self.voice = Room("r"), Voice("a", seq=first, ts=2**32 - 2000)
        self.sender, self.viewer = publisher(room, self.voice), Viewer(room, "audio", 65533)
        self.layer = self.sender.sources["audio"].layers[0]
        self.layer.red_type = RED
        self.viewer.watch(self.sender)
        self._depth = depth
        self.plain: list[bytes] = []
        self.seen: list[tuple[int, int, bytes]] = []  # number, time and all of what went out

    def next(self) -> bytes:
        """The next packet, and so many before it inside."""
        data = self.voice.next()
        self.plain.append(data)
        inside = [Packet(one, "opus") for one in self.plain[-self._depth - 1 : -1]]
        folded = bytearray(red.fold(Packet(data, "opus"), inside, AUDIO).bare)
        folded[1] = folded[1] & 0x80 | RED
        folded[8:12] = data[8:12]
        return bytes(folded)

    def take(self, now: int, data: bytes) -> list[int]:
        """What goes out for it, by the number of its frame."""
        frames = []
        for _, went, [place] in router.take(now, self.sender, data):
            copy = bytearray(went.bare)
            egress.renumber(place, now, copy, 0, went)
            frames.append(struct.unpack_from("!BIBB", copy, FIXED)[1])
            self.seen.append((int.from_bytes(copy[2:4]), int.from_bytes(copy[4:8]), bytes(copy)))
        return frames


def test_lost_sound_is_taken_out_of_what_follows() -> None:
    talk = Talk(first=65534)
    packets = [talk.next() for _ in range(8)]
    came = [(0, [0]), (1, [1]), (3, [2, 3]), (6, [4, 5, 6]), (7, [7])]
    assert [(index, talk.take(index * 20, packets[index])) for index, _ in came] == came
    numbers = [(number - 65533) & 0xFFFF for number, _, _ in talk.seen]
    assert numbers == list(range(1, 9))
    times = [ts - talk.seen[0][1] & 0xFFFFFFFF for _, ts, _ in talk.seen]
    assert times == [960 * index for index in range(8)]
    assert talk.layer.traffic.lost == 0


def test_what_is_beyond_help_stays_a_gap() -> None:
    talk = Talk()
    packets = [talk.next() for _ in range(6)]
    talk.take(0, packets[0])
    assert talk.take(100, packets[5]) == [3, 4, 5]
    assert talk.seen[1][0] - talk.seen[0][0] & 0xFFFF == 3 and talk.layer.traffic.lost == 2


def test_a_late_original_is_dropped_so_that_no_number_goes_out_twice() -> None:
    talk = Talk()
    packets = [talk.next() for _ in range(5)]
    assert talk.take(0, packets[0]) == [0] and talk.take(40, packets[2]) == [1, 2]
    assert talk.take(50, packets[1]) == [] and talk.take(51, talk.plain[1]) == []
    assert talk.take(60, packets[3]) == [3]
    contents: dict[int, bytes] = {}
    for number, _, data in talk.seen:
        assert contents.setdefault(number, data) == data


def test_a_late_original_that_nothing_replaced_still_comes() -> None:
    talk = Talk(depth=1)
    packets = [talk.next() for _ in range(5)]
    assert talk.take(0, packets[0]) == [0] and talk.take(60, packets[3]) == [2, 3]
    assert talk.take(70, packets[1]) == [1]


def test_a_sender_may_change_between_redundant_and_plain() -> None:
    talk = Talk()
    packets = [talk.next() for _ in range(6)]
    frames = [talk.take(index * 20, packets[index] if index % 2 else talk.plain[index]) for index in (0, 1, 3, 4)]
    assert frames == [[0], [1], [2, 3], [4]]


def test_the_first_packet_is_not_preceded_by_what_it_carries() -> None:
    talk = Talk()
    packets = [talk.next() for _ in range(4)]
    assert talk.take(0, packets[3]) == [3]


def test_the_level_of_redundant_sound_is_heard() -> None:
    talk = Talk()
    talk.sender.level_id = 5
    before = talk.layer.source.level.value
    talk.take(7, extended(talk.next(), 5, b"\x0a"))
    assert talk.layer.source.level.value < before


def test_broken_redundancy_is_malformed() -> None:
    talk = Talk()
    talk.take(0, talk.next())
    with pytest.raises(Malformed):
        router.take(0, talk.sender, packet(RED, 200, 0, talk.voice.ssrc, b"\xef\x1e\x00\x05\x6f"))


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 4, -1]), min_size=1, max_size=60), st.integers(0, 3))
def test_whatever_is_lost_or_late_no_number_has_two_contents(fates: list[int], depth: int) -> None:
    talk = Talk(first=65520, depth=depth)
    packets = [talk.next() for _ in fates]
    order = sorted((index + late, index) for index, late in enumerate(fates) if late >= 0)
    contents: dict[int, bytes] = {}
    for now, (_, index) in enumerate(order):
        talk.take(now * 20, packets[index])
    first = talk.seen[0] if talk.seen else (0, 0, b"")
    for number, ts, data in talk.seen:
        assert contents.setdefault(number, data) == data
        ahead = (number - first[0] + 0x8000 & 0xFFFF) - 0x8000
        assert ts == (first[1] + 960 * ahead) % 2**32
    assert len(contents) == len(talk.seen)


# ── RED to a viewer ──


def test_a_viewer_that_loses_gets_the_packets_before_in_each() -> None:
    room, voice = Room("r"), Voice("a", seq=65534)
    sender, viewer = publisher(room, voice), Endpoint(room, "v", None)
    places = [Place(viewer, "audio", 111, ssrc) for ssrc in (5, 6)]
    for place in places:
        place.red_type = RED
        viewer.places["audio"].append(place)
        place.show(sender.sources["audio"])
        place.turn_to(sender.sources["audio"].layers[0])
    places[0].go(redundant(2, 111))
    voices = [voice.next() for _ in range(5)]
    for index, data in enumerate(voices):
        sent = {place.ssrc: went for _, went, there in router.take(index * 20, sender, data) for place in there}
        assert sent[6].bare[FIXED:] == data[FIXED:]
        inside = [(960 * (index - one), voices[one][FIXED:]) for one in range(max(0, index - 2), index)]
        assert red.unfold(sent[5].bare[FIXED:]) == [*inside, (0, data[FIXED:])]
        copy = bytearray(sent[5].bare)
        egress.renumber(places[0], index * 20, copy, 0, sent[5])
        assert (copy[1] & 0x7F, int.from_bytes(copy[8:12])) == (RED, 5)


def test_one_packet_is_made_for_all_who_lose_alike() -> None:
    room, voice = Room("r"), Voice("a")
    sender, viewer = publisher(room, voice), Endpoint(room, "v", None)
    viewer.places["audio"] = [Place(viewer, "audio", 111, ssrc) for ssrc in (5, 6, 7)]
    for place, count in zip(viewer.places["audio"], (1, 1, 3), strict=True):
        place.red_type = RED
        place.go(redundant(count, 111))
        place.show(sender.sources["audio"])
        place.turn_to(sender.sources["audio"].layers[0])
    router.take(0, sender, voice.next())
    assert sorted(len(there) for _, _, there in router.take(20, sender, voice.next())) == [1, 2]


def test_sound_is_not_sent_again() -> None:
    room, voice = Room("r"), Voice("a")
    sender, viewer = publisher(room, voice), Viewer(room, "audio")
    viewer.place.red_type = RED
    viewer.watch(sender)
    viewer.place.go(redundant(1, 111))
    router.take(0, sender, voice.next())
    assert router.again(0, viewer.place, viewer.place.seq) is None
