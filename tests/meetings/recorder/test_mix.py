"""Voices laid on one timeline: meetings.recorder.mix."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from meetings.recorder.mix import MOST, PITCH, STEP, Mix, Timing


def tone(value: int, samples: int = STEP) -> bytes:
    return array("h", [value] * samples).tobytes()


def test_two_voices_sound_together_and_silence_fills_the_rest() -> None:
    mix = Mix()
    mix.lay(0, tone(100))
    mix.lay(STEP // 2, tone(7))
    first, second, third = (array("h", mix.take()) for _ in range(3))
    assert set(first[: STEP // 2]) == {100}
    assert set(first[STEP // 2 :]) == {107}
    assert set(second[: STEP // 2]) == {7}
    assert set(second[STEP // 2 :]) == set(third) == {0}


def test_too_loud_is_as_loud_as_can_be() -> None:
    mix = Mix()
    for _ in range(3):
        mix.lay(0, tone(20_000))
    assert set(array("h", mix.take())) == {MOST}


def test_what_is_late_is_left_out_and_what_is_half_late_is_cut() -> None:
    mix = Mix()
    mix.take()
    mix.lay(0, tone(5))
    mix.lay(STEP // 2, tone(9))
    assert array("h", mix.take()).tolist() == [9] * (STEP // 2) + [0] * (STEP // 2)


@given(st.lists(st.tuples(st.integers(0, 5 * STEP), st.integers(1, 3000), st.integers(-90, 90)), max_size=12))
def test_the_sum_of_all_that_was_laid_is_what_is_taken(laid: list[tuple[int, int, int]]) -> None:
    mix, wanted = Mix(), [0] * (9 * STEP)
    for at, samples, value in laid:
        mix.lay(at, tone(value, samples))
        for index in range(at, at + samples):
            wanted[index] += value
    taken = [value for _ in range(9) for value in array("h", mix.take())]
    assert taken == wanted


def test_times_go_on_evenly_though_packets_come_unevenly() -> None:
    timing = Timing(PITCH)
    start = 2**32 - 3 * STEP  # it wraps
    places = [
        timing.place(start + number * STEP & 0xFFFF_FFFF, number * STEP + number % 3 * 700) for number in range(9)
    ]
    assert places == [number * STEP for number in range(9)]


def test_after_a_jump_it_is_laid_where_it_came() -> None:
    timing = Timing(PITCH)
    assert timing.place(1000, 0) == 0
    assert timing.place(9_000_000, STEP) == STEP
    assert timing.place(9_000_000 + STEP, 2 * STEP) == 2 * STEP
    assert timing.place(9_000_000 + 2 * STEP, 10 * PITCH) == 10 * PITCH  # and after a long silence
