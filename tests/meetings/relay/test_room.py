"""Screens, mosaics, profiles and who spoke last, in the plan of every screen: meetings.relay.room."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.relay import speaker
from meetings.relay.lines import LINES
from meetings.relay.room import SCREEN, Endpoint, Policy, Room, assign
from meetings.relay.source import Source
from meetings.sitting.events import LineName

from .test_router import enter, heard, only, replan, room_of, seen, stage


def share(room: Room, name: str) -> None:
    endpoint = room.endpoints[name]
    endpoint.sources["screen"] = Source(endpoint, "screen", "video", "VP8")
    endpoint.sources["screen"].layers = endpoint.sources["video"].layers[:1]
    endpoint.sharing = True


def speaks(endpoint: Endpoint, now: int) -> None:
    for _ in range(60):
        endpoint.sources["audio"].level.hear(now, 0)


# ── shared screens ──


def test_a_shared_screen_comes_first_where_nobody_has_the_stage() -> None:
    room = room_of("abc")
    share(room, "c")
    replan(room)
    assert "c" + SCREEN in seen(room, "a")
    assert seen(room, "c") == ["a", "b", ""]  # nobody sees his own
    late = enter(room, "d", places=2)
    replan(room)
    assert late.showing("video")[0] == "c" + SCREEN


def test_a_shared_screen_comes_behind_the_first_of_the_stage_and_before_all_others() -> None:
    room = room_of("abcd", places=2)
    share(room, "d")
    stage(room, "c")
    replan(room)
    assert seen(room, "a") == ["c", "d" + SCREEN]


def test_a_screen_is_shown_as_long_as_it_is_shared_by_one_who_may_be_heard() -> None:
    room = room_of("abc")
    share(room, "c")
    only(room, "ab")
    replan(room)
    assert "c" + SCREEN not in seen(room, "a")
    only(room, "c")
    replan(room)
    assert "c" + SCREEN in seen(room, "a")
    room.endpoints["c"].sharing = False
    replan(room)
    assert seen(room, "a").count("c" + SCREEN) == 0 and "c" in seen(room, "a")


# ── mosaics ──


def test_a_mosaic_shows_what_its_viewer_asked_for_and_the_places_before_it_do_not_care() -> None:
    room = room_of("abcdef", places=5)
    viewer = room.endpoints["a"]
    viewer.mosaic = 3
    replan(room)
    assert seen(room, "a") == ["b", "c", "", "", ""]
    viewer.watching = ("f", "nobody", "b", "e")
    replan(room)
    assert seen(room, "a") == ["b", "c", "f", "", "b"]
    viewer.watching = ("a", "c")
    replan(room)
    assert seen(room, "a") == ["b", "c", "", "c", ""]


# ── profiles ──


@pytest.mark.parametrize("line", list(LINES))
def test_a_profile_says_how_many_pictures_there_are_and_whether_anything_comes(line: str) -> None:
    room = room_of("abcdef", places=4)
    room.lines = {"a": LINES[line]}
    replan(room)
    assert sum(map(bool, seen(room, "a"))) == min(4, LINES[line].pictures)
    assert any(heard(room, "a")) == LINES[line].receives
    assert seen(room, "b") == ["a", "c", "d", "e"]  # it is seen and heard by the others all the same


# ── who spoke last ──


def test_who_spoke_last_takes_the_next_free_place_before_who_came_first() -> None:
    room = room_of("abcdef", places=2)
    assert seen(room, "a") == ["b", "c"]
    speaks(room.endpoints["f"], 10_000)
    assert room.notice_speakers(10_000)
    replan(room, 10_000)
    assert "f" in seen(room, "a")
    late = enter(room, "x", places=1)
    replan(room, 10_000)
    assert late.showing("video") == ["f"]


def test_only_who_had_been_quiet_is_news() -> None:
    room = room_of("ab")
    speaks(room.endpoints["b"], 10_000)
    assert room.notice_speakers(10_000) and not room.notice_speakers(10_100)
    speaks(room.endpoints["b"], 10_100 + speaker.HOLD_MS // 2)
    assert not room.notice_speakers(10_100 + speaker.HOLD_MS // 2)
    speaks(room.endpoints["b"], 30_000)
    assert room.notice_speakers(30_000)


def test_who_may_not_be_heard_is_not_noticed() -> None:
    room = room_of("ab")
    only(room, "a")
    speaks(room.endpoints["b"], 10_000)
    assert not room.notice_speakers(10_000) and room.endpoints["b"].spoke_at == 0


# ── a stage of several ──


def test_a_stage_of_several_is_on_the_first_places_in_its_order() -> None:
    room = room_of("abcdef", places=3)
    room.policy = Policy(("f", "e", "d"))
    late = enter(room, "x", places=3)
    replan(room)
    assert late.showing("video") == ["f", "e", "d"]
    assert seen(room, "a")[0] == "f" and set(seen(room, "a")) == {"f", "e", "d"}
    assert set(seen(room, "f")) == {"e", "d", "a"} or set(seen(room, "f")) == {"e", "d", "b"}


def test_there_is_a_profile_for_every_name_that_a_sitting_knows() -> None:
    assert set(LINES) == set(get_args(LineName))


@given(st.lists(st.tuples(st.integers(0, 127), st.booleans()), max_size=14), st.integers(0, 3), st.randoms())
def test_of_many_voices_only_the_loudest_are_looked_at_and_nothing_is_missed(
    levels: list[tuple[int, bool]], places: int, dice: Random
) -> None:
    room, now = Room("r"), 10_000
    viewer = enter(room, "v", places)
    for index, (level, lately) in enumerate(levels):
        sound = enter(room, f"s{index}").sources["audio"]
        sound.level.value = float(level)
        sound.level.heard_at, sound.level.loud_at = now, now if lately else 0
    others = [one.sources["audio"] for one in room.endpoints.values() if one is not viewer]
    assign(viewer, {"audio": dice.sample(others, min(places, len(others)))})
    held = [place.source for place in viewer.places["audio"]]
    expected = speaker.loudest(others, held, now)
    assert room.plan(viewer, room.standing(now), now)["audio"] == expected
