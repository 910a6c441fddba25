"""One browser: what its offer says it sends and has room for, and what it says of its line: meetings.relay.peer."""

from __future__ import annotations

import contextlib
import random
import struct

import pytest
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpSrPacket

from meetings.relay import layers, rate, router, rtcp, rtp, sdp
from meetings.relay.dtls import Certificate, new_certificate
from meetings.relay.peer import Peer
from meetings.relay.place import Place
from meetings.relay.room import Policy, Room
from meetings.relay.rtcp import Feedback, Report
from store.errors import Malformed

from . import offers
from .client import extended
from .stream import Film, bared, packet, sends

NOW, WALL = 100_000, 1_700_000_000_000_000_000
MID_ID, RID_ID, REPAIRED_ID = 4, 10, 11


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return new_certificate()


def made(certificate: Certificate, text: str = "", mosaic: int = 0, codec: str = "VP8") -> Peer:
    room = Room("r")
    room.policy = Policy(codec=codec)
    return Peer(room, "e", sdp.parse(text or offers.chromium()), certificate, lambda *_: None, mosaic)


LAYERED = offers.small(
    "m=video 9 x 96 97", "a=mid:cam", "a=sendonly", "a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96", f"a=extmap:{MID_ID} {sdp.MID}", f"a=extmap:{RID_ID} {sdp.RID}",
    f"a=extmap:{REPAIRED_ID} {sdp.REPAIRED}", "a=simulcast:send q;h;f",
    "m=video 9 x 96 97", "a=mid:scr", "a=sendonly", "a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96", "a=content:slides", "a=simulcast:send q;h",
)  # fmt: skip


# ── the offer ──


async def test_an_offer_says_what_is_sent_and_what_there_is_room_for(certificate: Certificate) -> None:
    peer = made(certificate, mosaic=2)
    endpoint = peer.endpoint
    assert {kind: len(places) for kind, places in endpoint.places.items()} == {"audio": 3, "video": 3}
    assert set(peer.places) == {str(mid) for mid in range(2, 8)} and endpoint.mosaic == 2
    ssrcs = [number for one in peer.places.values() for number in (one.ssrc, one.repair_ssrc) if number]
    assert len(set(ssrcs)) == len(ssrcs) == 9
    assert {place.red_type for place in endpoint.places["audio"]} == {63}
    assert {place.repair_type for place in endpoint.places["video"]} == {97}
    assert [(name, source.kind, source.codec) for name, source in endpoint.sources.items()] == [
        ("audio", "audio", "opus"), ("video", "video", "VP8"),
    ]  # fmt: skip
    [camera], [voice] = (endpoint.sources[name].layers for name in ("video", "audio"))
    assert (camera.ssrc, camera.repair_ssrc, camera.repair_type) == (2882400018, 305419896, 97)
    assert endpoint.by_ssrc == {2882400018: camera, 305419896: camera, 3735928559: voice}
    assert (voice.red_type, endpoint.level_id, endpoint.transport_id, endpoint.mid_id) == (63, 14, 3, 4)
    assert peer.transit.extension_id == 3


@pytest.mark.parametrize(("asked", "got"), [(-1, 0), (0, 0), (2, 2), (3, 2), (99, 2)])
async def test_a_mosaic_leaves_one_place_for_the_stage(certificate: Certificate, asked: int, got: int) -> None:
    assert made(certificate, mosaic=asked).endpoint.mosaic == got


async def test_a_sitting_in_h264_takes_its_types(certificate: Certificate) -> None:
    endpoint = made(certificate, codec="H264").endpoint
    assert endpoint.sources["video"].layers[0].payload_type == 102
    assert {(place.payload_type, place.repair_type) for place in endpoint.places["video"]} == {(102, 103)}


def named(film: Film, mid: str, rid: str, repaired: bool = False) -> bytes:
    """A packet of FILM that says where it belongs (RFC 8852)."""
    [data] = film.frame(key=True)
    one = bytes([MID_ID << 4 | len(mid) - 1]) + mid.encode()
    one += bytes([(REPAIRED_ID if repaired else RID_ID) << 4 | len(rid) - 1]) + rid.encode()
    one += bytes(-len(one) % 4)
    head = bytes([data[0] | 16]) + data[1:12] + b"\xbe\xde" + (len(one) // 4).to_bytes(2) + one
    if repaired:
        return head[:1] + bytes([head[1] & 0x80 | 97]) + head[2:] + data[2:4] + data[12:]
    return head + data[12:]


async def test_layers_are_known_by_the_names_in_their_packets(certificate: Certificate) -> None:
    endpoint = made(certificate, LAYERED).endpoint
    camera, screen = endpoint.sources["video"], endpoint.sources["screen"]
    assert [layer.rid for layer in camera.layers] == ["q", "h", "f"] and [layer.index for layer in camera.layers] == [
        0,
        1,
        2,
    ]
    for ssrc, (mid, rid) in enumerate([("cam", "f"), ("scr", "q"), ("cam", "q"), ("scr", "h"), ("cam", "h")], 1):
        film = Film("a")
        film.ssrc = ssrc
        router.take(NOW, endpoint, named(film, mid, rid))
    assert [layer.ssrc for layer in camera.layers] == [3, 5, 1] and [layer.ssrc for layer in screen.layers] == [2, 4]
    assert [layer.traffic.packets for layer in (*camera.layers, *screen.layers)] == [1] * 5


async def test_a_repair_is_known_by_the_layer_it_names(certificate: Certificate) -> None:
    endpoint = made(certificate, LAYERED).endpoint
    [low, middle, _] = endpoint.sources["video"].layers
    film = Film("a")
    router.take(NOW, endpoint, named(film, "cam", "h"))
    repair = Film("b")
    repair.ssrc = 77
    router.take(NOW, endpoint, named(repair, "cam", "h", repaired=True))
    assert (middle.repair_ssrc, low.repair_ssrc, endpoint.by_ssrc[77]) == (77, 0, middle)
    assert middle.traffic.packets == 2


@pytest.mark.parametrize(("mid", "rid"), [("cam", "x"), ("cam", ""), ("scr", "f")])
async def test_a_layer_that_was_not_announced_is_nobodys(certificate: Certificate, mid: str, rid: str) -> None:
    endpoint = made(certificate, LAYERED).endpoint
    assert not router.take(NOW, endpoint, named(Film("a"), mid, rid) if rid else Film("a").frame(key=True)[0])
    assert endpoint.by_ssrc == {}


async def test_a_layer_once_known_is_not_taken_over_by_another(certificate: Certificate) -> None:
    endpoint = made(certificate, LAYERED).endpoint
    router.take(NOW, endpoint, named(Film("a"), "cam", "q"))
    router.take(NOW, endpoint, named(Film("b"), "cam", "q"))
    assert endpoint.sources["video"].layers[0].ssrc == Film("a").ssrc and len(endpoint.by_ssrc) == 1


async def test_no_first_packet_breaks_the_search_for_its_layer(certificate: Certificate) -> None:
    dice = random.Random(5)
    endpoint = made(certificate, LAYERED).endpoint
    for _ in range(3000):
        head = dice.choice([b"\xbe\xde", b"\x10\x00", b"\xca\xfe"]) + dice.randrange(4).to_bytes(2)
        names = bytes([dice.choice([0x42, 0xA0, 0xB0, 0xF0, 0x00, 4, 10, 11])]) + dice.randbytes(12)
        first = packet(dice.choice([96, 97, 5]), 1, 1, dice.randrange(1 << 32), head + names + bytes(4))
        with contextlib.suppress(Malformed):
            router.take(NOW, endpoint, b"\x90" + first[1:])
    assert set(endpoint.by_ssrc.values()) <= {layer for one in endpoint.sources.values() for layer in one.layers}


# ── what it says of its line ──


def watching(certificate: Certificate) -> tuple[Peer, Place, Place]:
    """A peer that sees one picture and hears one voice."""
    peer = made(certificate)
    peer.endpoint.estimate.begin(NOW)
    other = type(peer.endpoint)(peer.endpoint.room, "o", None)
    found = []
    for kind in ("video", "audio"):
        source = sends(other, kind, 5 + len(found))
        place = peer.endpoint.places[kind][0]
        place.show(source)
        place.turn_to(source.layers[0])
        place.start(NOW, 0, bared(packet(96, 0, 0, 5, b"sound")))
        found.append(place)
    return peer, found[0], found[1]


async def test_a_report_of_losses_is_taken_in(certificate: Certificate) -> None:
    peer, picture, voice = watching(certificate)
    reports = [
        Report(picture.ssrc, 13, 40, 900, 0, 0),
        Report(voice.ssrc, 64, 40, 48, 0, 0),
        Report(99, 255, 1, 1, 0, 0),
    ]
    peer.hear(NOW, WALL, Feedback(reports=reports))
    assert (picture.lost, voice.lost) == (50, 250)
    assert 0 < peer.endpoint.estimate.loss <= 0.25
    for second in range(1, 60):
        peer.hear(NOW + 1000 * second, WALL, Feedback(reports=reports))
    assert peer.endpoint.redundancy == rate.redundancy(0.25, 0, layers.most_redundancy(peer.endpoint, NOW + 60_000))


async def test_a_report_of_what_is_not_shown_says_nothing(certificate: Certificate) -> None:
    peer, picture, _ = watching(certificate)
    empty = peer.endpoint.places["video"][1]
    peer.hear(NOW, WALL, Feedback(reports=[Report(empty.ssrc, 255, 1, 1, 0, 0), Report(12345, 255, 1, 1, 0, 0)]))
    assert (peer.endpoint.estimate.loss, picture.lost, empty.lost) == (0.0, 0, 0)


@pytest.mark.parametrize("delay", [0, 250])
async def test_the_round_trip_is_what_is_left_after_the_viewers_own_delay(certificate: Certificate, delay: int) -> None:
    peer, picture, _ = watching(certificate)
    last = rtcp.middle(WALL)
    report = Report(picture.ssrc, 0, 0, 0, last, delay * 65536 // 1000)
    peer.hear(NOW, WALL + (80 + delay) * 1_000_000, Feedback(reports=[report]))
    assert abs(peer.rtt - 80) <= 1


async def test_a_round_trip_that_cannot_be_is_not_believed(certificate: Certificate) -> None:
    peer, picture, _ = watching(certificate)
    for last, delay in ((rtcp.middle(WALL) + 65536, 0), (rtcp.middle(WALL), 1 << 20), (1, 0)):
        peer.hear(NOW, WALL, Feedback(reports=[Report(picture.ssrc, 0, 0, 0, last, delay)]))
    assert peer.rtt == 0


async def test_how_numbered_pictures_travel_is_taken_in(certificate: Certificate) -> None:
    peer, picture, _ = watching(certificate)
    bare = bared(packet(96, 7, 0, 5, bytes(1000)))
    told = []
    for index in range(100):
        now = NOW + index * 10
        went = peer.numbered(now, bare, picture)
        number = int.from_bytes(rtp.extension(bytes([went.first]) + went.bare[1:], 3))
        told.append((number, now * 1000 + 30_000))
    before = peer.endpoint.estimate.value
    peer.hear(NOW + 1100, WALL, Feedback(arrivals=told))
    assert peer.endpoint.estimate.value > max(before, 750_000)
    peer.hear(NOW + 1100, WALL, Feedback(arrivals=[(9999, 5)]))  # of nothing that was sent
    assert not peer.endpoint.estimate.queued


async def test_who_knows_no_numbers_or_no_repairs_gets_the_packet_as_it_is(certificate: Certificate) -> None:
    """A number makes the bytes differ: they may never go out again under the same sequence number without it."""
    peer, picture, voice = watching(certificate)
    bare = bared(packet(96, 7, 0, 5, b"sound"))
    assert peer.numbered(NOW, bare, voice) is bare
    assert peer.numbered(NOW, bare, picture) is not bare
    peer.transit.extension_id = 0
    assert peer.numbered(NOW, bare, picture) is bare


async def test_no_report_breaks_it(certificate: Certificate) -> None:
    peer, picture, voice = watching(certificate)
    for fraction in (0, 255):
        for word in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
            for place in (picture, voice):
                report = Report(place.ssrc, fraction, -5, word, word, word)
                peer.hear(NOW + word % 977, WALL, Feedback(reports=[report], senders=[(word, word)]))
    assert rate.LEAST <= peer.endpoint.estimate.value <= rate.MOST and 0 <= peer.endpoint.redundancy <= 3


# ── what it is told ──


async def test_a_sender_is_told_how_its_streams_came(certificate: Certificate) -> None:
    peer = made(certificate)
    film = Film("a")
    film.ssrc = 2882400018
    assert peer.receiver_report(NOW) == b""
    for index in range(20):
        [data] = film.frame()
        if index % 4 != 1:
            router.take(NOW + 33 * index, peer.endpoint, data)
    peer.hear(NOW, WALL, Feedback(senders=[(film.ssrc, 0xCAFE)]))
    [report] = RtcpPacket.parse(peer.receiver_report(NOW + 500))
    assert isinstance(report, RtcpRrPacket)
    [block] = report.reports
    assert (block.ssrc, block.packets_lost, block.fraction_lost) == (film.ssrc, 5, 5 * 256 // 20)
    assert (block.lsr, block.dlsr) == (0xCAFE, 32768)
    router.take(NOW + 700, peer.endpoint, film.frame()[0])
    [report] = RtcpPacket.parse(peer.receiver_report(NOW + 1000))
    assert isinstance(report, RtcpRrPacket)
    assert (report.reports[0].fraction_lost, report.reports[0].packets_lost) == (0, 5)


async def test_a_viewer_is_told_what_time_its_pictures_are_of(certificate: Certificate) -> None:
    peer, picture, _ = watching(certificate)
    assert peer.sender_reports(NOW, WALL) == b""
    picture.sent, picture.octets, picture.ts, picture.at = 7, 6300, 2**32 - 900, NOW
    [report] = RtcpPacket.parse(peer.sender_reports(NOW + 20, WALL))
    assert isinstance(report, RtcpSrPacket)
    told = report.sender_info
    assert (report.ssrc, told.rtp_timestamp, told.packet_count, told.octet_count) == (picture.ssrc, 900, 7, 6300)
    picture.turn_to(None)
    assert peer.sender_reports(NOW + 20, WALL) == b""


async def test_numbers_that_arrive_are_told_once(certificate: Certificate) -> None:
    peer = made(certificate)
    for number in (65535, 0, 2, 1):
        peer.arrived(extended(packet(96, 1, 1, 5, b""), 3, struct.pack("!H", number)))
    peer.arrived(packet(96, 1, 1, 5, b""))  # without a number
    [told] = peer.feedbacks()
    assert [number for number, at in rtcp.read(told).arrivals if at >= 0] == [65535, 0, 1, 2]
    assert peer.feedbacks() == []
