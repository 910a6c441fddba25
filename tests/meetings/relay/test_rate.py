"""What a line is held to carry falls at once and rises slowly, and never without reason: meetings.relay.rate."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import rate
from meetings.relay.lines import FULL, LINES
from meetings.relay.rate import (
    CEILING_MS,
    DARING,
    FALL_MS,
    FALLS,
    FIRST_PATIENCE_MS,
    LEAST,
    LONG_QUEUE_MS,
    LONG_TRIP_MS,
    LONGEST_PATIENCE_MS,
    MOST,
    PATIENCE_MS,
    QUEUE_MS,
    STANDING_MS,
    START,
    STRAIN_MS,
    TRUST_MS,
    Estimate,
    redundancy,
)
from meetings.relay.transit import Trip

QUIET, STANDING, LONG = Trip(0, 0), Trip(QUEUE_MS + 1, 250_000), Trip(LONG_QUEUE_MS + 1, 250_000)
NOW = 100_000


def begun(value: int = START) -> Estimate:
    made = Estimate()
    made.begin(NOW)
    made.value = value
    return made


# ── how packets travel ──


def test_what_came_without_a_queue_is_carried() -> None:
    estimate = begun()
    estimate.tell(NOW, Trip(0, 900_000), 30_000)
    assert estimate.value == 930_000
    estimate.tell(NOW + 50, Trip(0, 100_000), 30_000)  # less was sent: that says nothing
    assert estimate.value == 930_000


def test_a_queue_for_a_moment_is_no_trouble_and_one_that_stands_is() -> None:
    estimate = begun()
    for now in range(NOW, NOW + STANDING_MS, 50):
        estimate.tell(now, STANDING, 20_000)
        assert (estimate.value, estimate.queued) == (START, False)
    estimate.tell(NOW + STANDING_MS, STANDING, 20_000)
    assert (estimate.value, estimate.queued) == (int(270_000 * FALLS), True)
    estimate.tell(NOW + STANDING_MS + 50, QUIET, 20_000)
    assert not estimate.queued


def test_a_queue_that_comes_and_goes_does_not_stand() -> None:
    estimate = begun()
    for now in range(NOW, NOW + 4000, 100):
        estimate.tell(now, STANDING if now // 100 % 2 else QUIET, 0)
    assert estimate.value == START


def test_a_long_queue_is_trouble_at_once() -> None:
    estimate = begun(1_000_000)
    estimate.tell(NOW, LONG, 0)
    assert estimate.value == int(250_000 * FALLS)


def test_a_fall_is_given_time_to_show() -> None:
    estimate, falls = begun(4_000_000), 0
    for now in range(NOW, NOW + 3 * FALL_MS, 50):
        before = estimate.value
        estimate.tell(now, Trip(LONG_QUEUE_MS + 1, 0), 0)
        falls += estimate.value < before
    assert falls == 3 and estimate.value == pytest.approx(4_000_000 * FALLS**3, rel=1e-3)


# ── trying more ──


def test_the_first_try_comes_soon_and_those_after_trouble_late() -> None:
    estimate = begun()
    assert not estimate.calm(NOW + FIRST_PATIENCE_MS - 1) and estimate.calm(NOW + FIRST_PATIENCE_MS)
    estimate.tell(NOW + 2000, LONG, 0)
    assert not estimate.calm(NOW + 2000 + PATIENCE_MS - 1) and estimate.calm(NOW + 2000 + PATIENCE_MS)


def test_every_try_that_ends_in_trouble_makes_the_next_one_wait_longer() -> None:
    estimate, now, waits = begun(), NOW, []
    for _ in range(8):
        began = now
        while not estimate.calm(now):
            now += 100
        waits.append(now - began)
        estimate.rise(now, 600_000)
        now += 1000
        estimate.tell(now, LONG, 0)
    assert waits[0] == FIRST_PATIENCE_MS and waits[-1] == LONGEST_PATIENCE_MS
    assert all(one <= later <= max(PATIENCE_MS, 2 * one) for one, later in itertools.pairwise(waits))


def test_trouble_long_after_a_rise_is_not_its_fault() -> None:
    estimate, now = begun(), NOW + FIRST_PATIENCE_MS
    for _ in range(4):
        estimate.rise(now, 600_000)
        now += 20_000
        estimate.tell(now, LONG, 0)
        assert estimate.calm(now + PATIENCE_MS)
        now += PATIENCE_MS


def test_what_is_far_beyond_where_the_line_was_full_is_not_tried_for_a_while() -> None:
    estimate = begun(1_000_000)
    assert not estimate.doubts(NOW, MOST)
    estimate.tell(NOW, LONG, 0)  # 250,000 came
    assert not estimate.doubts(NOW + 6000, int(250_000 * DARING))
    assert estimate.doubts(NOW + 6000, int(250_000 * DARING) + 1)
    assert not estimate.doubts(NOW + CEILING_MS, MOST)


def test_of_a_line_that_carries_voices_only_no_picture_is_asked() -> None:
    """Of 128 kbit/s; the smallest picture wants 200 with the voices beside it, and would spoil both."""
    estimate = begun(129_000)
    estimate.tell(NOW, Trip(LONG_QUEUE_MS + 1, 0), 129_000)
    assert estimate.doubts(NOW + 6000, 200_000) and not estimate.doubts(NOW + 6000, 160_000)


def test_what_is_only_tried_is_not_surely_carried() -> None:
    estimate = begun(1_000_000)
    assert estimate.carries(NOW) == 1_000_000
    estimate.tell(NOW, LONG, 0)
    estimate.rise(NOW + 6000, 500_000)
    assert (estimate.value, estimate.carries(NOW + 6000)) == (500_000, 250_000)


def test_the_budget_leaves_room_and_keeps_to_the_lines_own_limit() -> None:
    estimate = begun(1_000_000)
    assert estimate.budget(FULL) < 1_000_000 and estimate.budget(LINES["256k"]) < 256_000
    for wanted in (1, 64_000, 1_234_567):
        estimate.value = estimate.budget_for(wanted)
        assert wanted <= estimate.budget(FULL) <= wanted + 1


def test_what_goes_out_without_trouble_is_carried() -> None:
    estimate = begun(500_000)
    estimate.prove(400_000)
    assert estimate.value == 500_000
    estimate.prove(700_000)
    assert estimate.value == 700_000
    estimate.tell(NOW + 1000, LONG, 0)
    assert estimate.fell_since(NOW + 1000) and not estimate.fell_since(NOW + 1001)


# ── losses and round trips ──


def test_a_line_that_was_cut_and_is_whole_again_carries_what_it_carried() -> None:
    estimate = begun(1_000_000)
    healed = NOW + 60_000
    estimate.lose(healed, 0.98, 70_000, pictures=True)  # the first report after it counts all of the cut
    assert estimate.value == 1_000_000 and estimate.strained(healed)
    estimate.lose(healed + 1000, 0.0, 400_000, pictures=True)
    assert estimate.value == 1_000_000
    estimate.lose(healed + 2000, 0.5, 400_000, pictures=True)  # but what goes on is no cut
    assert estimate.value < 1_000_000


def test_losses_of_a_line_without_a_queue_are_its_own() -> None:
    """A radio link that loses one packet in five is not helped by fewer of them."""
    estimate = begun(1_000_000)
    estimate.lose(NOW, 0.02, 400_000, pictures=True)  # from here on its pictures are numbered, and tell how they travel
    for now in range(NOW, NOW + 60_000, 1000):
        for at in range(now, now + 1000, 100):
            estimate.tell(at, Trip(5, 400_000), 0)
        estimate.lose(now + 900, 0.2, 400_000, pictures=True)
    assert estimate.value == 1_000_000 and estimate.loss == pytest.approx(0.2, abs=0.01)


def test_losses_where_nothing_else_is_known_are_taken_for_a_queue_that_spills() -> None:
    estimate = begun(1_000_000)
    estimate.lose(NOW + 1000, 0.3, 400_000, pictures=False)
    assert estimate.value == 1_000_000  # nothing could be taken away
    estimate.lose(NOW + 2000, 0.3, 400_000, pictures=True)
    assert estimate.value == int(400_000 * FALLS)


def test_losses_that_a_queue_spilt_are_not_counted_as_the_lines() -> None:
    estimate = begun(1_000_000)
    estimate.tell(NOW, LONG, 0)
    estimate.lose(NOW + 100, 0.5, 400_000, pictures=True)
    assert (estimate.loss, estimate.value) == (0.0, int(250_000 * FALLS))


def test_loss_is_believed_fast_and_forgotten_slowly() -> None:
    estimate = begun()
    estimate.lose(NOW + 10_000, 0.2, 0, pictures=False)
    risen = estimate.loss
    estimate.lose(NOW + 11_000, 0.0, 0, pictures=False)
    assert 0 < risen - estimate.loss < risen / 2
    estimate.lose(NOW + 12_000, risen, 0, pictures=False)
    for now in range(13_000, 60_000, 1000):
        estimate.lose(NOW + now, 0.2, 0, pictures=False)
    assert estimate.loss == pytest.approx(0.2, abs=1e-3)


def test_a_line_is_strained_at_first_and_after_loss_or_trouble() -> None:
    estimate = begun()
    assert estimate.strained(NOW) and not estimate.strained(NOW + STRAIN_MS)
    estimate.lose(NOW + 30_000, 0.02, 0, pictures=True)
    assert estimate.strained(NOW + 30_001)
    estimate.tell(NOW + 60_000, LONG, 0)
    assert estimate.strained(NOW + 60_001)


def test_a_round_trip_that_grows_is_a_queue_where_pictures_say_nothing() -> None:
    estimate = begun(1_000_000)
    estimate.trip(NOW, 40, 300_000, pictures=True)
    estimate.trip(NOW + 1000, 40 + LONG_TRIP_MS, 300_000, pictures=True)
    assert (estimate.value, estimate.queued) == (1_000_000, False)
    estimate.trip(NOW + 2000, 41 + LONG_TRIP_MS, 300_000, pictures=True)
    assert (estimate.value, estimate.queued) == (int(300_000 * FALLS), True)
    estimate.trip(NOW + 3000, 40, 300_000, pictures=True)
    assert not estimate.queued


def test_a_round_trip_says_nothing_where_pictures_do() -> None:
    estimate = begun(1_000_000)
    estimate.trip(NOW, 40, 300_000, pictures=True)
    estimate.tell(NOW + 1000, QUIET, 0)
    estimate.trip(NOW + 1000 + TRUST_MS - 1, 900, 300_000, pictures=True)
    assert estimate.value == 1_000_000


# ── whatever happens ──

ms, amount = st.integers(0, 3000), st.integers(0, 50_000_000)
events = st.one_of(
    st.tuples(st.just("tell"), ms, st.builds(Trip, st.floats(0, 5000), amount), amount),
    st.tuples(st.just("lose"), ms, st.floats(0, 1), amount),
    st.tuples(st.just("trip"), ms, st.integers(0, 60_000), amount),
    st.tuples(st.just("rise"), ms, st.just(0), amount),
)


@given(st.lists(events, max_size=60))
def test_whatever_is_told_it_stays_within_its_bounds(told: list[tuple[str, int, object, int]]) -> None:
    estimate, now = begun(), NOW
    for kind, step, what, bits in told:
        now += step
        before, fell = estimate.value, False
        if isinstance(what, Trip):
            estimate.tell(now, what, bits)
            fell = what.queue > QUEUE_MS
        elif kind == "lose" and isinstance(what, float):
            estimate.lose(now, what, bits, pictures=True)
            fell = what > rate.LOSSY
        elif isinstance(what, int):
            estimate.trip(now, what, bits, pictures=True) if kind == "trip" else estimate.rise(now, bits)
            fell = kind == "trip"
        assert LEAST <= estimate.value <= MOST and 0 <= estimate.loss <= 1
        assert estimate.value >= before or fell, "it fell for no reason"
        assert estimate.carries(now) <= estimate.value


# ── redundancy ──


@pytest.mark.parametrize(
    ("loss", "count"), [(0.0, 0), (0.009, 0), (0.01, 1), (0.029, 1), (0.03, 2), (0.15, 3), (1.0, 3)]
)
def test_more_loss_asks_for_more_of_the_packets_before(loss: float, count: int) -> None:
    assert redundancy(loss, 0, 9) == count


def test_what_was_stays_while_it_is_near() -> None:
    falling = [0.2, 0.12, 0.09, 0.025, 0.015, 0.008, 0.004]
    counts, before = [], 0
    for loss in falling:
        before = redundancy(loss, before, 9)
        counts.append(before)
    assert counts == [3, 3, 2, 2, 1, 1, 0]


@given(st.floats(0, 1), st.integers(0, 3), st.integers(-5, 9))
def test_the_line_limits_redundancy(loss: float, before: int, most: int) -> None:
    assert 0 <= redundancy(loss, before, most) <= max(0, most)


def test_a_way_that_became_longer_for_good_is_no_queue_for_ever() -> None:
    estimate = begun(1_000_000)
    for at in range(0, 10_000, 1000):
        estimate.trip(NOW + at, 20, 300_000, pictures=True)
    for at in range(10_000, 100_000, 1000):
        estimate.trip(NOW + at, 300, 300_000, pictures=True)
    assert not estimate.queued and estimate.calm(NOW + 100_000)


def test_where_no_picture_goes_a_long_way_takes_nothing_away() -> None:
    estimate = begun(1_000_000)
    estimate.trip(NOW, 20, 50_000, pictures=False)
    estimate.trip(NOW + 1000, 900, 50_000, pictures=False)
    assert estimate.value == 1_000_000
