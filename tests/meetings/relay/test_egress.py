"""Both ways out send the same, to real SRTP sessions over real sockets: meetings.relay.egress, meetings.relay.batch."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pylibsrtp
import pytest
from aiortc.rtp import RtpPacket

from meetings.relay import batch, egress
from meetings.relay.batch import MESSAGES, Batch
from meetings.relay.dtls import Session as Dtls
from meetings.relay.egress import Plain
from meetings.relay.flow import Flow
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room
from meetings.relay.rtp import FIXED, Vp8

from .stream import AUDIO, VIDEO, Film, bared, packet

GCM, CM = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
WAYS: dict[str, Callable[[socket.socket], Plain | Batch]] = {
    "plain": Plain,
    "batch": lambda sock: Batch(sock, trains=False),
    "trains": Batch,
}


def srtp(key: bytes, kind: int, profile: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx, policy.window_size = True, 1024
    return pylibsrtp.Session(policy)


class Keyed(Dtls):
    """The sending half of a DTLS session that has shaken hands: what egress needs of one, with a key given."""

    def __init__(self, session: pylibsrtp.Session, profile: int) -> None:
        self._tx_srtp = session
        self._tag = 16 if profile == GCM else 10

    @property
    def tag(self) -> int:
        return self._tag


class Viewer:
    """What egress needs of a peer."""

    def __init__(self, session: Keyed, address: Any) -> None:
        self.session, self.transport, self.outbound = session, SimpleNamespace(address=address), Flow()


class Screen:
    """A viewer's browser: a socket, the key it shares with us, and what it could read."""

    def __init__(self, profile: int) -> None:
        key = secrets.token_bytes(30)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self._inbound = srtp(key, pylibsrtp.Policy.SSRC_ANY_INBOUND, profile)
        session = Keyed(srtp(key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND, profile), profile)
        self.endpoint = Endpoint(Room("r"), "screen", Viewer(session, self.sock.getsockname()))

    def place(self, ssrc: int, kind: str = "video", seq: int = 0, ts: int = 0) -> Place:
        made = Place(self.endpoint, kind, 120, ssrc)
        self.endpoint.places[kind].append(made)
        made.seq, made.ts = seq, ts
        return made

    def read(self) -> list[bytes]:
        """All that is in the socket, in the clear."""
        plain = []
        while True:
            try:
                plain.append(self._inbound.unprotect(self.sock.recv(2048)))
            except BlockingIOError:
                return plain


@dataclass
class Desk:
    """One way out, and screens."""

    way: Plain | Batch
    profile: int
    screens: list[Screen] = field(default_factory=list)

    def screen(self) -> Screen:
        self.screens.append(Screen(self.profile))
        return self.screens[-1]

    def show(self, data: bytes, places: list[Place], now: int = 0, codec: str = "opus") -> None:
        self.way.send(now, bared(data, codec), places)
        self.way.flush()


@pytest.fixture
def desk() -> Iterator[Callable[..., Desk]]:
    """Makes desks; closes their sockets."""
    sockets: list[socket.socket] = []
    desks: list[Desk] = []

    def make(name: str, profile: int = GCM) -> Desk:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024**2)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        sockets.append(sock)
        desks.append(Desk(WAYS[name](sock), profile))
        return desks[-1]

    yield make
    for made in desks:
        sockets += [screen.sock for screen in made.screens]
    for sock in sockets:
        sock.close()


@pytest.fixture(params=list(WAYS))
def either(request: pytest.FixtureRequest, desk: Callable[..., Desk]) -> Desk:
    return desk(request.param)


# ── the same bytes ──


@pytest.mark.parametrize("profile", [GCM, CM], ids=["GCM-128", "CM-80"])
def test_both_ways_send_the_same(desk: Callable[..., Desk], profile: int) -> None:
    read: dict[str, list[list[bytes]]] = {}
    for name in WAYS:
        made, film = desk(name, profile), Film("a", seq=65500, ts=2**32 - 40_000, picture=32760, tl0=250)
        screens = [made.screen(), made.screen()]
        places = [screens[0].place(5, seq=65520), screens[0].place(6, seq=3), screens[1].place(7, ts=2**32 - 1)]
        for index, place in enumerate(places):
            place.seq_off, place.ts_off, place.picture_off, place.tl0_off = 7 * index, 10**6 * index, index, index
        read[name] = [[], []]
        for now in range(80):
            for data in film.frame(key=now == 0, size=1 + now % 3):
                made.way.send(now, bared(data, "VP8"), places)
            made.way.flush()
            for came, screen in zip(read[name], screens, strict=True):
                came += screen.read()  # a socket holds few
        count = film.seq - 65500
        assert (made.way.dropped, made.way.sent) == (0, 3 * count)
        assert [len(came) for came in read[name]] == [2 * count, count]
        for came in read[name]:
            came.sort(key=lambda data: data[8:12])  # each place's in its order; places take turns as they like
    assert read["plain"] == read["batch"] == read["trains"]
    assert {RtpPacket.parse(data).ssrc for data in read["batch"][0]} == {5, 6}


def test_a_copy_differs_only_in_its_numbers(either: Desk) -> None:
    screen, film = either.screen(), Film("a", seq=9, ts=1000, picture=40, tl0=3)
    place = screen.place(0xFACE)
    place.seq_off, place.ts_off, place.picture_off, place.tl0_off = 100, 200, 300, 400
    [sent] = film.frame(key=True)
    packet = bared(sent, "VP8")
    kept = bytes(packet.bare)
    either.way.send(0, packet, [place])
    either.way.flush()
    [data] = screen.read()
    seen, was = RtpPacket.parse(data), RtpPacket.parse(sent)
    assert packet.bare == kept  # the source's own packet is untouched
    assert (seen.sequence_number, seen.timestamp, seen.ssrc, seen.payload_type) == (109, 1200, 0xFACE, 120)
    assert (seen.marker, seen.padding_size) == (was.marker, was.padding_size)
    assert seen.payload[6:] == was.payload[6:]  # behind picture id and TL0PICIDX
    assert (Vp8(data).picture, Vp8(data).tl0) == (340, 403 & 255)


def test_the_place_remembers_its_newest(either: Desk) -> None:
    place = either.screen().place(1, kind="audio")
    for now, seq in ((10, 5), (20, 7), (30, 6)):
        either.show(packet(AUDIO, seq, seq * 960, 9, b"sound"), [place], now)
    assert (place.seq, place.ts, place.at, place.sent) == (7, 7 * 960, 20, 3)


def test_what_went_out_is_counted(either: Desk) -> None:
    screen, film = either.screen(), Film("a")
    place = screen.place(1)
    sent = [part for _ in range(3) for part in film.frame(key=True, size=2)]
    for data in sent:
        either.show(data, [place], codec="VP8")
    assert (place.sent, place.octets) == (6, sum(map(len, sent)) - 6 * FIXED)
    peer: Any = screen.endpoint.peer
    assert peer.outbound.bytes > sum(map(len, sent)) + 6 * egress.IP_HEADERS


def test_numbers_wrap_and_still_unprotect(either: Desk) -> None:
    """libsrtp counts the turns of the sequence number on both sides by itself."""
    screen = either.screen()
    place = screen.place(1, kind="audio", seq=65000)
    for seq in range(65001, 65536 + 600):
        either.show(packet(AUDIO, seq, seq, 9, b"sound"), [place])
        if seq % 100 == 0:
            assert screen.read()
    assert RtpPacket.parse(screen.read()[-1]).sequence_number == 599


def test_a_reordered_packet_goes_out_under_its_own_number(either: Desk) -> None:
    screen = either.screen()
    place = screen.place(1, kind="audio")
    for seq in (5, 7, 6):
        either.show(packet(AUDIO, seq, seq, 9, b"sound"), [place])
    assert [RtpPacket.parse(data).sequence_number for data in screen.read()] == [5, 7, 6]


RUNS = [
    [1100] * 4 + [300],
    [1100, 1100, 900, 1100, 1100, 1101, 1100],
    [5, 4, 3, 2, 1, 1, 2, 3],
    [300] * 150,
    [egress.LONGEST - FIXED] * 80,
]


@pytest.mark.parametrize("sizes", RUNS, ids=["a picture", "uneven", "falling", "over 64", "over a datagram"])
@pytest.mark.parametrize("profile", [GCM, CM], ids=["GCM-128", "CM-80"])
def test_a_run_of_any_sizes_comes_whole_and_in_order(either: Desk, sizes: list[int], profile: int) -> None:
    either.profile = profile
    screens = [either.screen() for _ in range(3)]
    for screen in screens:
        screen.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024**2)
    places = [screen.place(7) for screen in screens]
    sent = [secrets.token_bytes(size) for size in sizes]
    for seq, payload in enumerate(sent):
        either.way.send(0, bared(packet(VIDEO, seq, 0, 9, payload)), places)
    either.way.flush()
    for screen in screens:
        came = [RtpPacket.parse(data) for data in screen.read()]
        assert [one.sequence_number for one in came] == list(range(len(sizes)))
        assert [one.payload for one in came] == sent
    assert (either.way.sent, either.way.dropped) == (3 * len(sizes), 0)


def test_only_sound_and_the_end_of_a_picture_are_urgent(desk: Callable[..., Desk]) -> None:
    way, place = desk("trains").way, desk("trains").screen().place(1)
    film = Film("a")
    first, last = (bared(part, "VP8") for part in film.frame(size=2))
    for sent, urgent in ((first, False), (last, True), (bared(packet(AUDIO, 1, 0, 9, b"sound")), True)):
        way.send(0, sent, [place])
        assert way.urgent == urgent
        way.flush()
        assert not way.urgent


# ── many, long, unreachable ──


def test_more_copies_than_slots_in_a_round(either: Desk) -> None:
    screens = [either.screen() for _ in range(6)]
    each = MESSAGES // len(screens) + 20
    places = [screen.place(1000 + index, kind="audio") for index in range(each) for screen in screens]
    assert len(places) > MESSAGES
    either.show(packet(AUDIO, 5, 960, 9, b"sound"), places)
    assert (either.way.sent, either.way.dropped) == (len(places), 0)
    for screen in screens:
        assert sorted(RtpPacket.parse(data).ssrc for data in screen.read()) == list(range(1000, 1000 + each))


def test_rounds_follow_each_other_in_one_flush(either: Desk) -> None:
    screen = either.screen()
    place = screen.place(1)
    for seq in range(100):
        either.way.send(0, bared(packet(VIDEO, seq, 0, 9, b"\x00" * (1 + 11 * seq))), [place])
    either.way.flush()
    assert [len(data) for data in screen.read()] == [FIXED + 1 + 11 * seq for seq in range(100)]
    either.way.flush()  # nothing is sent twice
    assert (screen.read(), either.way.sent) == ([], 100)


def test_an_over_long_packet_is_dropped_and_the_next_is_not(either: Desk) -> None:
    screen = either.screen()
    place = screen.place(1)
    either.show(packet(VIDEO, 1, 0, 9, bytes(egress.LONGEST)), [place])
    either.show(packet(VIDEO, 2, 0, 9, b"short"), [place])
    assert [RtpPacket.parse(data).payload for data in screen.read()] == [b"short"]
    assert (either.way.sent, either.way.dropped) == (1, 1)


def test_both_ways_have_the_same_idea_of_too_long(desk: Callable[..., Desk]) -> None:
    came: dict[str, list[int]] = {}
    for name in WAYS:
        made = desk(name)
        screen = made.screen()
        place = screen.place(1)
        sizes = (1200, 1356, 1357, 1484, egress.LONGEST - 12, egress.LONGEST, egress.LONGEST + 1, 2000)
        for seq, size in enumerate(sizes):
            made.show(packet(VIDEO, seq, 0, 9, bytes(size - FIXED)), [place])
        came[name] = [len(data) for data in raw(screen)]
    assert came["plain"] == came["batch"] == came["trains"]


def raw(screen: Screen) -> list[bytes]:
    """What came, as it came: pylibsrtp itself cannot read more than 1,500 bytes."""
    came: list[bytes] = []
    while True:
        try:
            came.append(screen.sock.recv(4096))
        except BlockingIOError:
            return came


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_viewer_who_cannot_be_reached_costs_the_others_nothing(either: Desk, bad: int) -> None:
    """Port 0 is an address that no system sends to; a broken route or a firewall's refusal looks the same."""
    screens = [either.screen() for _ in range(3)]
    peer: Any = screens[bad].endpoint.peer
    peer.transport.address = ("127.0.0.1", 0)
    either.show(packet(AUDIO, 1, 0, 9, b"sound"), [screen.place(1, kind="audio") for screen in screens])
    assert [len(screen.read()) for screen in screens] == [int(index != bad) for index in range(3)]
    assert (either.way.sent, either.way.dropped) == (2, 1)


def test_a_new_address_is_used_at_once_and_the_old_forgotten(either: Desk) -> None:
    screen, moved = either.screen(), either.screen()
    peer: Any = screen.endpoint.peer
    place = screen.place(1, kind="audio")
    either.show(packet(AUDIO, 1, 0, 9, b"sound"), [place])
    old, peer.transport.address = peer.transport.address, moved.sock.getsockname()
    either.way.forget(screen.endpoint)
    either.show(packet(AUDIO, 2, 0, 9, b"sound"), [place])
    peer.transport.address = old
    either.way.forget(screen.endpoint)
    either.show(packet(AUDIO, 3, 0, 9, b"sound"), [place])
    assert (len(screen.read()), len(raw(moved))) == (2, 1)


def test_this_machine_has_the_fast_way() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert isinstance(batch.choose(sock), Batch)
