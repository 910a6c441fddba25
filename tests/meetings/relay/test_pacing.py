"""What a weak line is sent, and at what pace: no number twice, no more than it takes: meetings.relay.pacing, pacer."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import rtcp
from meetings.relay.pacer import BURST_MS, FASTER, LEAST, OVERHEAD, Pacer
from meetings.relay.place import Place
from meetings.relay.rate import Estimate
from meetings.relay.source import Source
from meetings.relay.transit import Trip

from .test_pacer import bits, picture, place
from .test_place import PACED, Screen, fed


def waiting() -> tuple[Source, Place, Screen]:
    """A paced place that has shown a picture of its small layer, with three more of it waiting."""
    source, here, screen = fed(PACED)
    screen.let_out(100, 1_000_000)
    for now in (101, 102, 103):
        screen.show(now, source.layers[0])
    return source, here, screen


def test_what_waited_from_before_a_place_turned_away_and_back_is_not_sent() -> None:
    source, here, screen = waiting()
    small, large = source.layers
    here.turn_to(large)
    screen.show(105, large, key=True)
    here.turn_to(small)
    screen.show(106, small, key=True)
    screen.let_out(500, 10_000_000)
    numbers = [got.seq for got in screen.got]
    assert len(set(numbers)) == len(numbers), numbers


def test_the_same_with_an_empty_stage_between() -> None:
    source, here, screen = waiting()
    small = source.layers[0]
    here.show(None)
    here.show(source)
    here.turn_to(small)
    screen.films[0].frame()
    screen.show(106, small, key=True)
    screen.let_out(500, 10_000_000)
    numbers = [got.seq for got in screen.got]
    assert len(set(numbers)) == len(numbers), numbers


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(100, 1200)), min_size=1, max_size=60),
    st.integers(50_000, 5_000_000),
)
def test_no_more_goes_than_the_line_takes(steps: list[tuple[int, int]], bits_a_second: int) -> None:
    pacer, here, now, sent = Pacer(), place(), 5000, list[tuple[int, int]]()
    for seq, (step, size) in enumerate(steps):
        now += step
        pacer.put(now, picture(seq, size), here)
        sent.append((now, bits(pacer.due(now, bits_a_second))))
    pace = max(LEAST, bits_a_second * FASTER / 1000)
    for first, (start, _) in enumerate(sent):
        total = 0
        for end, amount in sent[first:]:
            total += amount
            assert total <= (end - start + BURST_MS) * pace + 2 * (1200 + OVERHEAD) * 8


def test_the_pacer_in_numbers() -> None:
    pacer, here, total = Pacer(), place(), 0
    for seq in range(66):
        pacer.put(5000 + 15 * seq, picture(seq, 1200), here)
        total += bits(pacer.due(5000 + 15 * seq, 50_000))
    assert total < 2 * LEAST * 1000, f"{total} bits in a second over a line of 50,000"


def test_losses_of_a_line_without_a_queue_are_its_own_from_the_beginning() -> None:
    estimate = Estimate()
    estimate.begin(100_000)
    estimate.value = 1_000_000
    for at in range(100_000, 100_900, 100):
        estimate.tell(at, Trip(5, 400_000), 0)
    assert estimate.strained(100_900)  # so its pictures are numbered, and tell how they travel
    estimate.lose(100_900, 0.2, 400_000, pictures=True)
    assert estimate.value == 1_000_000


def test_a_flood_of_feedback_is_cut() -> None:
    one = struct.pack("!IIHHI", 1, 2, 5, 0x1FFF, 0) + b"\x03\xe7" + b"\x1f\xff"
    data = (struct.pack("!BBH", 0x8F, 205, len(one) // 4) + one) * 56
    assert len(data) < 1400 and len(rtcp.read(data).arrivals) < 10_000
