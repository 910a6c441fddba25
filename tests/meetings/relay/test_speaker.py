"""Who is heard when more speak than there are places: meetings.relay.speaker."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import speaker
from meetings.relay.speaker import HOLD_MS, MARGIN, SILENCE, Level, loudest

STEP = 20  # ms of one packet


class Voice:
    """One who speaks: a name and a level."""

    def __init__(self, name: str) -> None:
        self.name, self.level = name, Level()

    def __repr__(self) -> str:
        return self.name


def hear(now: int, ms: int, voices: dict[Voice, int]) -> int:
    """MS of packets of VOICES at their levels; returns the time after them."""
    for at in range(now, now + ms, STEP):
        for voice, level in voices.items():
            voice.level.hear(at, level)
    return now + ms


def names(places: Iterable[Voice | None]) -> list[str]:
    return [voice.name if voice else "" for voice in places]


def voices(count: int) -> list[Voice]:
    return [Voice("abcdefgh"[index]) for index in range(count)]


# ── the level ──


def test_a_level_rises_and_falls_smoothly() -> None:
    level = Level()
    assert level.value == SILENCE
    seen = []
    for at in range(0, 1000, STEP):
        level.hear(at, 20)
        seen.append(level.value)
    assert seen == sorted(seen, reverse=True) and 20 <= seen[-1] < 22
    assert seen[0] > 100  # one loud packet, a cough, is not yet a voice


def test_only_loud_packets_say_that_one_speaks() -> None:
    level = Level()
    level.hear(5000, speaker.LOUD)
    assert level.loud_at < 0
    level.hear(5000, speaker.LOUD - 1)
    assert level.loud_at == 5000


# ── places ──


def test_free_places_go_to_the_loudest_first() -> None:
    a, b, c = voices(3)
    now = hear(10_000, 1000, {a: 50, b: 20, c: 35})
    assert names(loudest([a, b, c], [None, None], now)) == ["b", "c"]


def test_fewer_voices_than_places() -> None:
    [a] = voices(1)
    assert names(loudest([a], [None, None, None], 10_000)) == ["a", "", ""]
    assert names(loudest([], [None, None], 10_000)) == ["", ""]
    assert loudest([a], [], 10_000) == []


def test_who_has_a_place_keeps_it_in_its_place() -> None:
    a, b, c = voices(3)
    now = hear(10_000, 1000, {a: 30, b: 30, c: 60})
    assert names(loudest([a, b, c], [None, a, c], now)) == ["b", "a", "c"]


def test_a_newcomer_does_not_oust_one_who_speaks() -> None:
    a, b = voices(2)
    now = hear(10_000, 1000, {a: 55, b: 5})
    assert names(loudest([a, b], [a], now)) == ["a"]


def test_a_pause_shorter_than_the_hold_costs_no_place() -> None:
    a, b = voices(2)
    now = hear(10_000, 1000, {a: 20})
    now = hear(now, HOLD_MS - STEP, {a: SILENCE, b: 20})
    assert names(loudest([a, b], [a], now)) == ["a"]


def test_after_the_hold_the_louder_one_has_the_place() -> None:
    a, b = voices(2)
    now = hear(10_000, 1000, {a: 20})
    now = hear(now, HOLD_MS + STEP, {a: SILENCE, b: 20})
    assert names(loudest([a, b], [a], now)) == ["b"]


def test_after_the_hold_a_voice_hardly_louder_does_not_oust() -> None:
    a, b = voices(2)
    now = hear(10_000, HOLD_MS + 5000, {a: 80, b: 80 - MARGIN})
    assert names(loudest([a, b], [a], now)) == ["a"]
    now = hear(now, 5000, {a: 80, b: 80 - MARGIN - 1})
    assert names(loudest([a, b], [a], now)) == ["b"]


def test_the_softest_yields() -> None:
    a, b, c = voices(3)
    now = hear(10_000, HOLD_MS + 5000, {a: 70, b: 90, c: 30})
    assert names(loudest([a, b, c], [a, b], now)) == ["a", "c"]


def test_two_newcomers_oust_two() -> None:
    a, b, c, d = voices(4)
    now = hear(10_000, HOLD_MS + 5000, {a: 100, b: 90, c: 30, d: 20})
    assert sorted(names(loudest([a, b, c, d], [a, b], now))) == ["c", "d"]


def test_silence_ousts_nobody() -> None:
    a, b = voices(2)
    now = hear(10_000, HOLD_MS + 5000, {a: SILENCE, b: SILENCE})
    assert names(loudest([a, b], [a], now)) == ["a"]


def test_who_may_not_be_heard_loses_the_place_at_once() -> None:
    a, b = voices(2)
    now = hear(10_000, 1000, {a: 5, b: 90})
    assert names(loudest([b], [a], now)) == ["b"]


def test_a_loud_voice_whose_packets_stop_yields_to_one_who_speaks() -> None:
    """A line was cut, or a microphone pulled, in the middle of a word: no packet will ever say that it is silent."""
    a, b = voices(2)
    now = hear(10_000, 1000, {a: 10})
    now = hear(now, 10_000, {b: 30})
    assert names(loudest([a, b], [a], now)) == ["b"]


@given(
    st.lists(st.lists(st.integers(0, SILENCE), min_size=5, max_size=5), min_size=1, max_size=12),
    st.integers(0, 4),
    st.lists(st.sets(st.integers(0, 4)), min_size=12, max_size=12),
)
def test_no_flicker_and_no_doubles(levels: list[list[int]], count: int, allowed: list[set[int]]) -> None:
    """Whatever the levels: nobody twice, nobody who may not, no place empty while someone waits, and who keeps a
    place keeps the same one; who spoke within the hold is never ousted."""
    everyone = voices(5)
    places: list[Voice | None] = [None] * count
    now = 10_000
    for round_levels, who in zip(levels, allowed, strict=False):
        now = hear(now, 300, dict(zip(everyone, round_levels, strict=True)))
        may = [everyone[index] for index in sorted(who)]
        before, places = places, loudest(may, places, now)
        held = [voice for voice in places if voice]
        assert len(places) == count and len(set(held)) == len(held) and set(held) <= set(may)
        assert len(held) == min(count, len(may))
        for index, voice in enumerate(before):
            if voice in held:
                assert places[index] is voice
            elif voice in may:
                assert now - voice.level.loud_at > HOLD_MS
        assert loudest(may, places, now) == places  # it settles
