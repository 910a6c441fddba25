"""From when packets left and came: how full a line is, whatever the clocks say: meetings.relay.transit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay.transit import KEPT, QUICKEST_MS, WINDOW_US, WRAP_US, Transit

CLOCK = 123_456_789  # of the receiver, beside ours, us


def travel(transit: Transit, departures: list[int], delays: list[int], clock: int = CLOCK) -> list[tuple[int, int]]:
    """Packets of 1000 bytes leave at these ms and take so many ms (-1: lost); what the viewer would tell."""
    told = []
    for left, delay in zip(departures, delays, strict=True):
        number = transit.depart(left, 1000)
        told.append((number, (left + delay) * 1000 + clock if delay >= 0 else -1))
    return told


def test_a_line_that_is_not_full_has_no_queue() -> None:
    transit = Transit()
    told = travel(transit, list(range(0, 1000, 10)), [30] * 100)
    trip = transit.arrive(1030, told)
    assert trip is not None and trip.queue == 0.0
    assert trip.rate == pytest.approx(1000 * 8 * 100, rel=0.03)


def test_what_a_packet_takes_beyond_the_quickest_is_a_queue() -> None:
    transit = Transit()
    transit.arrive(30, travel(transit, [0], [30]))
    for now, delay in ((100, 30), (200, 80), (300, 230)):
        trip = transit.arrive(now + delay, travel(transit, [now], [delay]))
        assert trip is not None and trip.queue == delay - 30


@given(st.lists(st.integers(20, 500), min_size=1, max_size=40), st.integers(0, WRAP_US - 1))
def test_it_does_not_matter_what_the_viewers_clock_says(delays: list[int], clock: int) -> None:
    """Ours counts from the machine's start, theirs from anywhere, and in feedback it wraps after twelve days."""
    one, other = Transit(), Transit()
    departures = list(range(0, 20 * len(delays), 20))
    first = one.arrive(20_000, travel(one, departures, delays, 0))
    told = [(number, at % WRAP_US) for number, at in travel(other, departures, delays, clock)]
    if all(at >= clock for _, at in told):  # the turn itself is told of only once in twelve days
        assert other.arrive(20_000, told) == first


def test_what_was_told_lost_may_still_come() -> None:
    transit = Transit()
    [(number, at), *rest] = travel(transit, [0, 10, 20], [90, 30, 30])
    first = transit.arrive(60, [(number, -1), *rest])
    assert first is not None and first.queue == 0.0
    second = transit.arrive(100, [(number, at)])
    assert second is not None and second.queue == 60.0


def test_what_tells_nothing_new_is_nothing() -> None:
    transit = Transit()
    told = travel(transit, [0, 10], [30, -1])
    assert transit.arrive(40, []) is None
    assert transit.arrive(40, [(77, 5), (78, -1)]) is None  # never sent
    assert transit.arrive(40, told) is not None
    assert transit.arrive(50, told) is None  # told twice


def test_only_the_last_are_remembered() -> None:
    transit = Transit()
    told = travel(transit, list(range(KEPT + 10)), [30] * (KEPT + 10))
    assert transit.arrive(5000, told[:10]) is None and transit.arrive(5000, told[10:11]) is not None


def test_numbers_wrap() -> None:
    transit = Transit()
    numbers = [transit.depart(0, 100) for _ in range(70_000)]
    assert numbers[65_533:65_537] == [65_534, 65_535, 0, 1]


def test_the_quickest_is_forgotten_after_a_while() -> None:
    """The way through the network may change for good; then its new length is no queue."""
    transit = Transit()
    transit.arrive(30, travel(transit, [0], [30]))
    queues = []
    for now in range(1000, 2 * QUICKEST_MS, 1000):
        trip = transit.arrive(now, travel(transit, [now - 100], [100]))
        assert trip is not None
        queues.append(trip.queue)
    assert queues[0] == 70 and queues[-1] == 0


def test_no_rate_is_told_of_too_short_a_time() -> None:
    transit = Transit()
    trip = transit.arrive(200, travel(transit, [0, WINDOW_US // 4000], [30, 30]))
    assert trip is not None and trip.rate == 0


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(-1, 1 << 45)), max_size=60), st.integers(0, 50))
def test_no_feedback_breaks_it(told: list[tuple[int, int]], sent: int) -> None:
    transit = Transit()
    for now in range(sent):
        transit.depart(now, 1000)
    for now in (100, 200):
        trip = transit.arrive(now, told)
        assert trip is None or (trip.queue >= 0 and trip.rate >= 0)
