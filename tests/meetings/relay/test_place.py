"""A place that turns from layer to layer, and one whose packets queue: its numbers never lie. meetings.relay.place."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import egress, router
from meetings.relay.pacer import Pacer
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room
from meetings.relay.source import PACED, PLAIN, Layer, Source

from .stream import Film, Got, check, read, sends

# ── one place, two layers ──


def layered() -> tuple[Source, Place]:
    """A picture in two layers, and a place that shows it."""
    room = Room("r")
    sender, viewer = Endpoint(room, "s", None), Endpoint(room, "v", None)
    source = sends(sender, "video", 0x1000 + ord("a"), 0x1000 + ord("b"))
    place = Place(viewer, "video", 120, 0xFACE)
    place.show(source)
    return source, place


def fed(way: int = PLAIN) -> tuple[Source, Place, Screen]:
    """The same, once the first key frame of its small layer has come; what it is shown, it keeps."""
    source, place = layered()
    place.go(way)
    screen = Screen(place, [Film("a"), Film("b")])
    place.turn_to(source.layers[0])
    screen.show(0, source.layers[0], key=True)
    return source, place, screen


def test_a_place_waits_for_the_key_frame_of_its_new_layer_and_is_fed_from_the_old_until_then() -> None:
    source, place = layered()
    small, large = source.layers
    assert place.fresh and place.turn_to(small)
    assert (place.layer, place.coming, small.coming, small.ways) == (None, small, [place], {})
    screen = Screen(place, [Film("a"), Film("b")])
    assert screen.show(0, small, key=True) and place.layer is small and small.ways == {PLAIN: [place]}
    assert place.turn_to(large) and (place.layer, place.coming) == (small, large)
    assert not screen.show(10, large) and screen.show(10, small)
    assert screen.show(20, large, key=True)
    assert (place.layer, place.coming, small.ways, large.ways) == (large, None, {}, {PLAIN: [place]})
    assert not screen.show(30, small, key=True) and screen.show(30, large)
    assert [got.seq for got in screen.got] == list(range(1, 5))


def test_turning_back_before_the_key_frame_came_changes_nothing() -> None:
    source, place, screen = fed()
    small, large = source.layers
    assert place.turn_to(large) and not place.turn_to(large)
    assert not place.turn_to(small) and (place.coming, large.coming) == (None, [])
    assert not screen.show(10, large, key=True) and screen.show(10, small)


def test_an_empty_place_is_in_no_list() -> None:
    source, place, _ = fed()
    place.turn_to(source.layers[1])
    place.show(None)
    assert (place.source, place.layer, place.coming, source.places) == (None, None, None, [])
    assert not any(layer.watched for layer in source.layers)


def test_a_layer_that_nobody_watched_forgets_what_it_had() -> None:
    source, place, _ = fed()
    small = source.layers[0]
    assert small.history.get(0) is not None
    place.turn_to(None)
    place.turn_to(small)
    assert small.history.get(0) is None and router.again(0, place, 1) is None


def test_another_way_is_taken_at_once_with_the_payload_type_that_it_has() -> None:
    source, place, _ = fed()
    place.red_type, place.plain_type = 63, 111
    for way, payload_type in ((1 << 7 | 111, 63), (PACED, 111), (PLAIN, 111)):
        place.go(way)
        assert (place.payload_type, source.layers[0].ways) == (payload_type, {way: [place]})


def test_a_place_whose_packets_were_thrown_away_begins_anew_with_a_key_frame() -> None:
    source, place, screen = fed()
    small = source.layers[0]
    place.starve()
    assert (place.layer, small.ways, small.coming) == (None, {}, [place])
    assert not screen.show(10, small) and screen.show(20, small, key=True)
    assert [got.seq for got in screen.got] == [1, 2]
    place.starve()
    place.starve()  # twice is nothing more
    assert small.coming == [place]


# ── any loss, any order, any turn ──


class Screen:
    """Feeds a place from its layers, at once or by a pacer, and keeps what comes out, as a browser reads it."""

    def __init__(self, place: Place, films: list[Film]) -> None:
        self.place, self.films, self.pacer = place, films, Pacer()
        self.got: list[Got] = []
        self._run = 0
        self._runs: dict[int, int] = {}  # of packets in the pacer

    def show(self, now: int, layer: Layer, key: bool = False) -> bool:
        """The next picture of LAYER; did it go out?"""
        before = len(self.got)
        for data in self.films[layer.index].frame(key):
            self.take(now, layer.source.endpoint, data)
        return len(self.got) > before

    def take(self, now: int, sender: Endpoint, data: bytes) -> None:
        place = self.place
        before = (place.layer, place.seq_off, place.floor)
        sent = router.take(now, sender, data)
        self._run += before != (place.layer, place.seq_off, place.floor)
        for way, packet, places in sent:
            assert places == [place] and way == place.way
            if way == PACED:
                self._runs[id(packet)] = self._run
                self.pacer.put(now, packet, place)
            else:
                self._send(now, packet, self._run)

    def let_out(self, now: int, bits: int) -> None:
        for packet, _ in self.pacer.due(now, bits):
            self._send(now, packet, self._runs[id(packet)])

    def _send(self, now: int, packet: router.Packet, run: int) -> None:
        copy = bytearray(packet.bare)
        egress.renumber(self.place, now, copy, 0, packet)
        self.got.append(read(bytes(copy), packet.vp8, run))


@dataclass(frozen=True)
class Trip:
    starts: tuple[int, ...]  # the first numbers of both layers and of the place
    frames: list[tuple[int, int, list[int]]]  # packets, of which layers it is a key frame (bits), their delays
    turns: list[int]  # after so many packets the place turns to the other layer
    steps: list[int]  # ms between packets


number = st.one_of(st.integers(0, 0xFFFF), st.integers(0xFFF0, 0xFFFF))
clock = st.one_of(st.integers(0, 2**32 - 1), st.integers(2**32 - 9000, 2**32 - 1))
fate = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 5, -1])
frame = st.integers(1, 3).flatmap(
    lambda size: st.tuples(st.just(size), st.integers(0, 3), st.lists(fate, min_size=2 * size, max_size=2 * size))
)
trips = st.builds(
    Trip,
    st.tuples(number, number, clock, clock, number, clock),
    st.lists(frame, min_size=1, max_size=25),
    st.lists(st.integers(1, 12), min_size=30, max_size=30),
    st.lists(st.integers(0, 60), min_size=5, max_size=5),
)


def play(trip: Trip, pace: int = 0) -> tuple[Screen, dict[tuple[str, int, int], int]]:
    """Send the trip's frames in both layers side by side; returns the screen and the order of each layer's packets.
    PACE: bits a second, where the place is fed by a pacer."""
    starts = trip.starts
    source, place = layered()
    place.seq, place.ts = starts[4], starts[5]
    place.go(PACED if pace else PLAIN)
    screen = Screen(place, [Film("a", starts[0], starts[2]), Film("b", starts[1], starts[3], picture=9000, tl0=77)])
    order: dict[tuple[str, int, int], int] = {}
    late: list[tuple[int, int, bytes]] = []
    count = [0, 0]
    for size, keys, fates in trip.frames:
        for which, film in enumerate(screen.films):
            for part, data in enumerate(film.frame(bool(keys >> which & 1), size)):
                order[(film.name, film.count - 1, part)] = count[which]
                count[which] += 1
                delay = fates[which * size + part]
                if delay >= 0:
                    late.append((sum(count) + 2 * delay, len(late), data))
    now, left, turn, watching = 0, 0, 0, 1
    for index, (_, _, data) in enumerate(sorted(late)):
        if left == 0:
            watching, left, turn = 1 - watching, trip.turns[turn % 30], turn + 1
            place.turn_to(source.layers[watching])
        left, now = left - 1, now + trip.steps[index % 5]
        screen.take(now, source.endpoint, data)
        if pace:
            screen.let_out(now, pace)
    if pace:
        screen.let_out(now + 60_000, 1 << 40)
    return screen, order


@given(trips)
def test_a_place_that_changes_layers_never_lies(trip: Trip) -> None:
    screen, order = play(trip)
    check(screen.got, order, trip.starts[4])


@given(trips, st.sampled_from([1, 20_000, 100_000, 1_000_000]))
def test_a_paced_place_that_changes_layers_never_lies(trip: Trip, pace: int) -> None:
    screen, order = play(trip, pace)
    check(screen.got, order, trip.starts[4])


def test_the_trips_arrive() -> None:
    """The two tests above mean something: with no loss, pictures of both layers come through."""
    trip = Trip((65530, 9, 5, 2**32 - 5, 65535, 11), [(2, 3, [0] * 4)] * 30, [8] * 30, [20] * 5)
    for pace in (0, 1_000_000):
        screen, order = play(trip, pace)
        assert len(screen.got) >= 50
        assert {got.whose for got in screen.got} == {"a", "b"}
        check(screen.got, order, 65535)
