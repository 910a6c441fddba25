"""What was lost is sent again, asked for again, and neither without end: meetings.relay.history, router.again, rtcp."""

from __future__ import annotations

import struct

from aiortc.rtp import RtcpPacket, RtcpRtpfbPacket
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import router, rtcp
from meetings.relay.egress import renumber
from meetings.relay.history import AGAIN_MS, FREE, LONGEST_GAP, SHARE, SIZE, TRIES, Allowance, Gaps, History, pairs
from meetings.relay.room import Room
from meetings.relay.rtp import FIXED, Packet

from .conftest import Desk
from .stream import VIDEO, Film, Viewer, bared, packet, publisher

MASK = 0xFFFF


def made(seq: int) -> Packet:
    return bared(packet(VIDEO, seq, 0, 9, b"\x10\x02\x00"), "VP8")


def test_the_last_packets_are_remembered_by_their_number() -> None:
    history = History()
    for seq in range(65_000, 65_000 + 1000):
        history.put(made(seq))
    newest = 65_999 & MASK
    assert history.get(newest) is not None and history.get(newest - SIZE + 1 & MASK) is not None
    assert history.get(newest - SIZE & MASK) is None and history.get(newest + 1 & MASK) is None


def test_a_place_is_sent_a_packet_again_once_in_a_while_and_not_without_end() -> None:
    allowance = Allowance()
    assert allowance.grants(0, 7, 0) and not allowance.grants(AGAIN_MS - 1, 7, 0) and allowance.grants(AGAIN_MS, 7, 0)
    granted = sum(allowance.grants(10_000, seq, 400) for seq in range(1000))
    assert granted == FREE + 400 // SHARE - 2


def test_gaps_are_asked_for_three_times_and_then_given_up() -> None:
    gaps = Gaps()
    gaps.came(None, 10)
    gaps.came(10, 11)
    assert not gaps
    gaps.came(11, 14)
    assert gaps and gaps.due(0) == [12, 13] and gaps.due(AGAIN_MS - 1) == []
    gaps.came(14, 13)  # it came late
    for turn in range(1, TRIES):
        assert gaps.due(turn * AGAIN_MS) == [12]
    assert not gaps.given_up and gaps.due(TRIES * AGAIN_MS) == []
    assert gaps.take_given_up() and not gaps.take_given_up() and not gaps
    gaps.came(14, 14 + LONGEST_GAP + 1)  # a line that was cut: nothing to mend, a key frame
    assert gaps.due(10_000) == [] and gaps.take_given_up()


@given(st.lists(st.integers(0, MASK), max_size=200), st.integers(0, 2**32 - 1))
def test_what_is_asked_for_is_read_by_others_and_by_us(numbers: list[int], ssrc: int) -> None:
    wanted = sorted(set(numbers))
    data = rtcp.nack(ssrc, pairs(wanted))
    if wanted:
        [parsed] = RtcpPacket.parse(data)
        assert isinstance(parsed, RtcpRtpfbPacket) and parsed.media_ssrc == ssrc and sorted(set(parsed.lost)) == wanted
    assert sorted({seq for _, seq in rtcp.read(data).missed}) == wanted
    assert {one for one, _ in rtcp.read(data).missed} <= {ssrc}


def test_a_flood_of_asking_is_cut() -> None:
    flood = rtcp.nack(5, [(seq, MASK) for seq in range(0, 17_000, 17)])
    assert len(rtcp.read(flood).missed) == rtcp.MOST_ASKED
    assert rtcp.read(struct.pack("!BBHII", 0x81, 205, 2, 1, 5)).missed == []


def test_a_place_gets_under_a_number_what_it_was_or_would_have_been_sent() -> None:
    room, a, b = Room("r"), Film("a", seq=65_530), Film("b", seq=3)
    first, second = publisher(room, a), publisher(room, b)
    viewer = Viewer(room, "video", seq=65_000)
    viewer.watch(first)
    sent: dict[int, bytes] = {}
    for index in range(20):
        [data] = a.frame(key=index == 0)
        if index == 7:
            continue  # lost on its way to us
        got = viewer.take(index * 33, first, data)
        assert got is not None
        sent[got.seq] = data
    place = viewer.place
    for seq, data in sent.items():
        again = router.again(1000, place, seq)
        assert again is not None and again.bare[FIXED:] == data[FIXED:] and again.seq == int.from_bytes(data[2:4])
        copy = bytearray(again.bare)
        renumber(place, 1000, copy, 0, again)
        assert int.from_bytes(copy[2:4]) == seq
    lost = next(seq for seq in range(65_001, 65_020) if seq not in sent)
    assert router.again(2000, place, lost) is None and router.again(2000, place, 65_000) is None
    viewer.watch(second)
    assert router.again(3000, place, 65_005) is None  # waiting for its key frame
    viewer.take(3000, second, b.frame(key=True)[0])
    old = [seq for seq in sent if router.again(4000, place, seq) is not None]
    assert old == []  # numbers of the source before never come again


def test_numbers_go_on_for_hours() -> None:
    room, film = Room("r"), Film("a")
    sender, viewer = publisher(room, film), Viewer(room, "video")
    viewer.watch(sender)
    for index in range(70_000):
        viewer.take(index, sender, film.frame(key=index == 0)[0])
    assert router.again(70_000, viewer.place, viewer.place.seq) is not None
    assert router.again(70_000, viewer.place, viewer.place.seq - SIZE - 1 & MASK) is None


async def test_a_viewer_that_asks_is_sent_it_again_and_a_sender_is_asked(desk: Desk) -> None:
    sender, viewer = await desk.joined("a"), await desk.joined("b")
    await desk.until(lambda: sender.rtcp, "a key frame to be asked for")
    sender.show(4)
    await desk.until(lambda: len(viewer.of("video")) == 4, "the pictures")
    pictures = viewer.of("video")
    ssrc, seq = int.from_bytes(pictures[1][8:12]), int.from_bytes(pictures[1][2:4])
    viewer.ask(rtcp.nack(ssrc, [(seq, 0b10)]))
    await desk.until(lambda: len(viewer.strange) == 2, "what was asked for: repeated to the byte, SRTP throws it away")
    assert [int.from_bytes(data[2:4]) for data in viewer.strange] == [seq, seq + 2 & MASK]
    viewer.ask(rtcp.nack(ssrc + 1, [(seq, MASK)]))  # of nobody's
    lost = sender.film.frame()
    sender.show(1, key=False)
    await desk.until(lambda: any(rtcp.read(data).missed for data in sender.rtcp), "our asking")
    [asked] = [one for data in sender.rtcp for one in rtcp.read(data).missed][:1]
    assert asked == (sender.film.ssrc, int.from_bytes(lost[0][2:4]))
    sender.say(lost[0])
    await desk.until(lambda: len(viewer.of("video")) == 6, "the late picture")
