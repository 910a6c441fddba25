"""Which layer each place gets, by its role on the screen and by what the line carries: meetings.relay.layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import layers, rate
from meetings.relay.lines import LINES
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Policy, Room, assign
from meetings.relay.source import PACED, PLAIN, Layer, redundant
from meetings.relay.transit import Trip

from .stream import sends

NOW = 100_000
RATES = (100_000, 400_000, 1_200_000)


def sender(room: Room, name: str, rates: tuple[int, ...] = RATES) -> Endpoint:
    """It sends a picture in so many layers, at these bits a second (0: not now), and sound."""
    made = room.endpoints[name] = Endpoint(room, name, None)
    base = 0x1000 * ord(name[0])
    for layer, bits in zip(sends(made, "video", *range(base, base + len(rates))).layers, rates, strict=True):
        live(layer, bits)
    sends(made, "audio", base + 100)
    return made


def live(layer: Layer, bits: int, now: int = NOW) -> None:
    layer.traffic.flow.rate, layer.traffic.at = bits, now if bits else -10_000


def viewer(room: Room, places: int = 3, line: str = "full", mosaic: int = 0, value: int = rate.MOST) -> Endpoint:
    made = room.endpoints["v"] = Endpoint(room, "v", None)
    made.places["video"] = [Place(made, "video", 96, index + 1) for index in range(places)]
    made.places["audio"] = [Place(made, "audio", 111, 100)]
    made.mosaic = mosaic
    made.estimate.begin(NOW)
    made.estimate.value = value
    room.lines = {"v": LINES[line]}
    return made


def choose(who: Endpoint, now: int = NOW) -> list[int]:
    """Plan and choose, as the port does, and every key frame comes at once; the layer of each place, -1 for none."""
    assign(who, who.room.plan(who, who.room.standing(now), now))
    layers.choose(who, now)
    for place in (*who.places["audio"], *who.places["video"]):
        if place.coming is not None:  # as a key frame of it does
            if place.layer is not None:
                place.layer.drop(place)
            place.coming.coming.remove(place)
            place.layer, place.coming = place.coming, None
            place.layer.add(place)
    return [place.layer.index if place.layer is not None else -1 for place in who.places["video"]]


def room_of(names: str, rates: tuple[int, ...] = RATES) -> Room:
    room = Room("r")
    for name in names:
        sender(room, name, rates)
    return room


# ── roles ──


def test_the_stage_gets_the_best_and_those_beside_it_the_middle() -> None:
    assert choose(viewer(room_of("abc"))) == [2, 1, 1]


def test_on_a_screen_of_many_those_beside_the_stage_are_small() -> None:
    assert choose(viewer(room_of("abcde"), places=5)) == [2, 0, 0, 0, 0]


def test_a_mosaic_is_of_small_pictures() -> None:
    room = room_of("abcd")
    who = viewer(room, places=4, mosaic=2)
    who.watching = ("c", "d")
    assert choose(who) == [2, 1, 0, 0]


PROFILES = {
    "full": [2, 1, 1],
    "1.5M": [1, 1, 0],
    "512k": [0, 0, -1],
    "256k": [0, -1, -1],
    "64k": [-1, -1, -1],
    "send-only": [-1, -1, -1],
}


@pytest.mark.parametrize("line", LINES)
def test_every_profile_carries_what_it_says(line: str) -> None:
    who = viewer(room_of("abc"), line=line)
    assert choose(who) == PROFILES[line]
    spent = sum(layers.rate_of(place, NOW) for place in who.places["video"])
    assert not LINES[line].rate or spent < LINES[line].rate


def test_a_picture_of_one_layer_is_shown_as_it_is() -> None:
    assert choose(viewer(room_of("abcde", (900_000,)), places=5)) == [0] * 5


# ── what is being sent ──


def test_a_layer_that_is_not_being_sent_is_not_chosen() -> None:
    assert choose(viewer(room_of("abc", (100_000, 400_000, 0)))) == [1, 1, 1]
    assert choose(viewer(room_of("abc", (100_000, 0, 900_000)))) == [2, 0, 0]


def test_where_nothing_is_being_sent_yet_the_smallest_comes_first() -> None:
    assert choose(viewer(room_of("abc", (0, 0, 0)))) == [0, 0, 0]


def test_a_layer_costs_what_was_measured_else_what_such_layers_cost() -> None:
    room = room_of("a", (100_000, 0, 0))
    low, middle, high = room.endpoints["a"].sources["video"].layers
    assert layers.cost(low, NOW) == int(100_000 * layers.HEADERS)
    assert (layers.cost(middle, NOW), layers.cost(high, NOW)) == layers.NOMINAL[1:]
    assert layers.cost(low, NOW + 5000) == layers.NOMINAL[0]


def test_a_sender_is_told_the_highest_layer_that_anyone_could_use() -> None:
    room = room_of("abc")
    assert layers.demand(room.endpoints["a"].sources["video"]) == -1
    choose(viewer(room))
    assert [layers.demand(room.endpoints[name].sources["video"]) for name in "abc"] == [2, 1, 1]


# ── what the line carries ──


def test_all_get_the_smallest_before_anyone_gets_more_and_the_stage_is_first() -> None:
    small, middle, large = (int(bits * layers.HEADERS) for bits in RATES)
    for budget, got in (
        (small - 1, [-1, -1, -1]), (small, [0, -1, -1]), (3 * small, [0, 0, 0]),
        (2 * small + middle, [1, 0, 0]), (2 * small + large, [2, 0, 0]), (small + middle + large, [2, 1, 0]),
    ):  # fmt: skip
        who = viewer(room_of("abc"))
        who.estimate.value = who.estimate.budget_for(budget)
        assert choose(who) == got, budget


def test_a_voice_comes_before_any_picture() -> None:
    room = room_of("abc", (180_000,))
    who = viewer(room, line="256k")
    assert choose(who) == [0, -1, -1]
    live(room.endpoints["a"].sources["audio"].layers[0], 30_000)
    assert layers.sound(who, NOW) == layers.SOUND_HEADERS + 30_000
    assert choose(who) == [-1, -1, -1]


def test_what_turns_out_to_be_larger_stays_as_long_as_there_is_no_trouble() -> None:
    """Nobody knows whether the line carries it, and it does."""
    room = room_of("a", (100_000,))
    who = viewer(room, places=1, value=200_000)
    assert choose(who) == [0]
    live(room.endpoints["a"].sources["video"].layers[0], 900_000)
    assert choose(who, NOW + 100) == [0] and who.estimate.value > 900_000
    who.estimate.tell(NOW + 200, Trip(1000, 300_000), 0)
    assert choose(who, NOW + 300) == [-1]


def test_down_goes_it_at_once_and_up_only_after_a_while() -> None:
    who = viewer(room_of("abc"))
    assert choose(who) == [2, 1, 1]
    who.estimate.tell(NOW, Trip(1000, 500_000), 0)
    assert choose(who) == [0, 0, 0]
    who.estimate.value = rate.MOST  # known to carry all again, but it has not been quiet for long
    assert choose(who, NOW + 100) == [0, 0, 0]
    for name in "abc":
        for layer, bits in zip(who.room.endpoints[name].sources["video"].layers, RATES, strict=True):
            live(layer, bits, NOW + rate.PATIENCE_MS)
    assert choose(who, NOW + rate.PATIENCE_MS) == [2, 1, 1]


def test_a_picture_that_was_taken_away_comes_back_only_after_a_while() -> None:
    who = viewer(room_of("a", (0,)), places=1)
    who.estimate.tell(NOW, Trip(1000, 100_000), 0)
    assert choose(who) == [-1] and who.places["video"][0].cut
    who.estimate.value = rate.MOST
    assert choose(who, NOW + 100) == [-1]
    assert choose(who, NOW + rate.PATIENCE_MS) == [0] and not who.places["video"][0].cut


def test_a_newcomer_need_not_wait() -> None:
    room = room_of("ab")
    who = viewer(room)
    who.estimate.tell(NOW - 100, Trip(1000, 50_000_000), 0)
    who.estimate.value = rate.MOST
    assert choose(who) == [2, 1, -1]
    sender(room, "c")
    assert choose(who) == [2, 1, 1]


def test_more_is_tried_one_step_at_a_time() -> None:
    who = viewer(room_of("abc"))
    who.estimate.value = who.estimate.budget_for(3 * int(100_000 * layers.HEADERS))
    seen = [choose(who)]
    for now in range(NOW + 100, NOW + 12_000, 100):
        for name in "abc":
            for layer, bits in zip(who.room.endpoints[name].sources["video"].layers, RATES, strict=True):
                live(layer, bits, now)
        got = choose(who, now)
        if got != seen[-1]:
            seen.append(got)
    assert seen == [[0, 0, 0], [1, 0, 0], [2, 0, 0], [2, 1, 0], [2, 1, 1]]


def test_more_than_the_profile_allows_is_never_tried() -> None:
    who = viewer(room_of("abc"), line="512k")
    for now in range(NOW, NOW + 60_000, 1000):
        for name in "abc":
            live(who.room.endpoints[name].sources["video"].layers[0], 300_000, now)
        assert choose(who, now) == [0, -1, -1]


def test_what_hurt_lately_is_not_tried_again() -> None:
    who = viewer(room_of("a", (0, 0, 0)), places=1)
    who.estimate.tell(NOW, Trip(1000, 60_000), 0)
    assert [choose(who, now) for now in range(NOW + 10_000, NOW + 50_000, 10_000)] == [[-1]] * 4
    assert choose(who, NOW + rate.CEILING_MS) == [0]


def test_over_a_line_that_loses_pictures_are_smaller() -> None:
    who = viewer(room_of("abc"))
    who.estimate.loss = layers.LOSS_FOR_MIDDLE
    assert choose(who) == [1, 1, 1]
    who.estimate.loss = layers.LOSS_FOR_SMALL
    assert choose(who) == [0, 0, 0]


@given(
    st.lists(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=3), max_size=6),
    st.integers(rate.LEAST, 8_000_000), st.sampled_from(list(LINES)), st.integers(0, 6),
)  # fmt: skip
def test_no_more_is_given_out_than_the_line_carries(rates: list[list[int]], value: int, line: str, places: int) -> None:
    room = Room("r")
    for index, bits in enumerate(rates):
        sender(room, chr(97 + index), tuple(bits))
    who = viewer(room, places=places, line=line, value=value)
    chosen = choose(who)
    spent = sum(layers.rate_of(place, NOW) for place in who.places["video"])
    assert spent <= max(0, who.estimate.budget(LINES[line]))
    assert sum(one >= 0 for one in chosen) <= LINES[line].pictures
    for place in who.places["video"]:
        if place.layer is not None and place.layer.index > max(place.top, 0):  # better than none, where it fits
            assert place.source is not None and place.layer is place.source.live(NOW)[0]
        assert place.cut == (place.layer is None and place.source is not None and place.top >= 0)


# ── ways ──


def test_pictures_are_paced_on_a_line_that_is_weak_or_not_yet_known() -> None:
    who = viewer(room_of("ab"))
    later = NOW + rate.STRAIN_MS
    layers.ways(who, NOW)
    assert {place.way for place in who.places["video"]} == {PACED}
    layers.ways(who, later)
    assert {place.way for place in who.places["video"]} == {PLAIN}
    who.room.lines = {"v": LINES["1.5M"]}
    layers.ways(who, later)
    assert {place.way for place in who.places["video"]} == {PACED}


def test_sound_is_repeated_for_who_loses_and_knows_how() -> None:
    who = viewer(room_of("ab"))
    [place] = who.places["audio"]
    who.redundancy = 2
    layers.ways(who, NOW)
    assert place.way == PLAIN  # it offered none
    place.red_type = 63
    layers.ways(who, NOW)
    assert (place.way, place.payload_type) == (redundant(2, 111), 63)
    who.redundancy = 0
    layers.ways(who, NOW)
    assert (place.way, place.payload_type) == (PLAIN, 111)


def test_sound_is_repeated_only_as_often_as_the_line_carries() -> None:
    room = room_of("a")
    who = viewer(room, line="64k")
    assign(who, room.plan(who, room.standing(NOW), NOW))
    who.places["audio"][0].turn_to(room.endpoints["a"].sources["audio"].layers[0])
    who.places["audio"][0].layer = room.endpoints["a"].sources["audio"].layers[0]
    live(room.endpoints["a"].sources["audio"].layers[0], 20_000)
    assert layers.most_redundancy(who, NOW) == int(
        (64_000 * layers.SOUND_SHARE - layers.SOUND_HEADERS - 20_000) / 20_000
    )
    room.lines = {}
    assert layers.most_redundancy(who, NOW) > 3
    who.estimate.queued = True
    assert layers.most_redundancy(who, NOW) == 0


def test_the_first_of_the_stage_gets_the_best() -> None:
    room = room_of("abc")
    room.policy = Policy(("c",))
    who = viewer(room)
    assert choose(who) == [2, 1, 1] and who.places["video"][0].source is room.endpoints["c"].sources["video"]
