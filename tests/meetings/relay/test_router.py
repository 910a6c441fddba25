"""The plan of every screen, and who asks whom for a key frame: meetings.relay.router."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from meetings.relay import layers, rate
from meetings.relay.place import Place
from meetings.relay.room import Endpoint, Room, assign, remove
from meetings.relay.source import KEY_FRAME_GAP, Layer

from . import stream

AUDIO, VIDEO = 111, 96


def enter(room: Room, name: str, places: int = 3, *, sends: bool = True) -> Endpoint:
    """NAME comes in, with sound and picture, and with PLACES places of each."""
    made = Endpoint(room, name, None)
    made.estimate.value = rate.MOST  # its line carries all: what weaker ones do not is test_layers.py's
    for kind, pt in (("audio", AUDIO), ("video", VIDEO)):
        if sends:
            stream.sends(made, kind, hash((name, kind)) & 0xFFFFFFFF)
        made.places[kind] = [Place(made, kind, pt, index + 1) for index in range(places)]
    room.endpoints[name] = made
    return made


def replan(room: Room, now: int = 0) -> list[Layer]:
    """As the port does after every change; returns the pictures that need a key frame."""
    fresh = []
    for endpoint in list(room.endpoints.values()):
        assign(endpoint, room.plan(endpoint, room.standing(now), now))
        fresh += layers.choose(endpoint, now)
    return fresh


def stage(room: Room, *names: str) -> None:
    room.policy = replace(room.policy, stage=names)


def only(room: Room, names: str) -> None:
    """Nobody else may be heard."""
    room.policy = replace(room.policy, heard=frozenset(names))


def room_of(names: str, places: int = 3) -> Room:
    room = Room("r")
    for name in names:
        enter(room, name, places)
        replan(room)
    return room


def seen(room: Room, name: str) -> list[str]:
    return room.endpoints[name].showing("video")


def heard(room: Room, name: str) -> list[str]:
    return room.endpoints[name].showing("audio")


# ── pictures ──


def test_the_first_to_come_have_the_places() -> None:
    room = room_of("abcde")
    assert seen(room, "a") == ["b", "c", "d"]
    assert seen(room, "e") == ["a", "b", "c"]


def test_nobody_sees_or_hears_himself() -> None:
    room = room_of("abc")
    stage(room, "a")
    replan(room)
    assert seen(room, "a") == ["b", "c", ""]
    assert heard(room, "a") == ["b", "c", ""]


def test_the_stage_has_the_first_place() -> None:
    room = room_of("abcd")
    stage(room, "d")
    replan(room)
    assert [seen(room, name)[0] for name in "abc"] == ["d"] * 3
    assert seen(room, "d")[0] == "a"


def test_a_stage_beyond_the_last_place_comes_in() -> None:
    room = room_of("abcdefg")
    stage(room, "g")
    replan(room)
    assert seen(room, "a")[0] == "g"
    assert set(seen(room, "a")[1:]) < set("bcd")


def test_others_stay_where_they_are_when_the_stage_changes() -> None:
    room = room_of("abcd")
    stage(room, "b")
    replan(room)
    assert seen(room, "a") == ["b", "c", "d"]
    stage(room, "d")
    replan(room)
    assert seen(room, "a") == ["d", "c", "b"]


def test_a_stage_that_sends_no_picture_leaves_all_as_it_is() -> None:
    room = room_of("abc")
    enter(room, "x", sends=False)
    stage(room, "x")
    replan(room)
    assert seen(room, "a") == ["b", "c", ""]
    assert seen(room, "x") == ["a", "b", "c"]


def test_who_joins_moves_nobody() -> None:
    room = room_of("abc")
    enter(room, "d")
    replan(room)
    assert seen(room, "a") == ["b", "c", "d"]


def test_who_leaves_moves_nobody_and_the_next_comes_in() -> None:
    room = room_of("abcde")
    remove(room.endpoints["c"])
    assert seen(room, "a") == ["b", "", "d"]  # empty at once, before any plan
    replan(room)
    assert seen(room, "a") == ["b", "e", "d"]
    assert "c" not in room.endpoints


def test_a_screen_without_places() -> None:
    room = room_of("ab", places=0)
    stage(room, "b")
    assert replan(room) == []
    assert seen(room, "a") == []


def test_a_viewer_alone_sees_nobody() -> None:
    room = room_of("a")
    assert (seen(room, "a"), heard(room, "a")) == (["", "", ""], ["", "", ""])


# ── voices ──


def test_heard_none_is_everyone_and_a_set_is_only_they() -> None:
    room = room_of("abc")
    assert set(heard(room, "a")) == {"b", "c", ""}
    only(room, "c")
    replan(room)
    assert heard(room, "a").count("c") == 1 and "b" not in heard(room, "a")
    assert heard(room, "c") == ["", "", ""]
    only(room, "")
    replan(room)
    assert heard(room, "a") == heard(room, "b") == heard(room, "c") == ["", "", ""]


def test_time_alone_changes_only_what_is_contested() -> None:
    room = room_of("abc")
    assert room.ranked(0) == []
    enter(room, "x", places=0)
    enter(room, "y", places=1)
    replan(room)
    assert heard(room, "y") == ["a"]
    room.endpoints["c"].sources["audio"].level.hear(9000, 0)
    [(viewer, voices)] = [(v, w) for v, w in room.ranked(9000) if v.id == "y"]
    assert voices == room.plan(viewer, room.standing(9000), 9000)["audio"] == [room.endpoints["c"].sources["audio"]]
    assert "x" not in [v.id for v, _ in room.ranked(9000)]
    assign(viewer, {"audio": voices})
    assert (heard(room, "y"), seen(room, "y")) == (["c"], ["a"])
    only(room, "c")
    assert room.ranked(9000) == []


def test_pictures_do_not_depend_on_who_is_heard() -> None:
    room = room_of("abc")
    only(room, "")
    replan(room)
    assert seen(room, "a") == ["b", "c", ""]


# ── joining of places and sources ──


def test_assign_says_once_which_pictures_need_a_key_frame() -> None:
    room = Room("r")
    enter(room, "a")
    b = enter(room, "b")
    assert b.sources["video"].layers[0] in replan(room)
    assert replan(room) == []
    only(room, "")
    assert replan(room) == []  # sound needs none


def test_remove_empties_both_sides() -> None:
    room = room_of("abc")
    a, b = room.endpoints["a"], room.endpoints["b"]
    remove(b)
    assert [place.source for kind in ("audio", "video") for place in b.places[kind]] == [None] * 6
    assert [source.places for source in b.sources.values()] == [[], []]
    assert b not in [p.source.endpoint for kind in ("audio", "video") for p in a.places[kind] if p.source]
    remove(b)  # twice is nothing more


def test_remove_of_one_that_was_replaced_leaves_the_new_one() -> None:
    room = room_of("ab")
    old, new = room.endpoints["b"], enter(room, "b")
    remove(old)
    assert room.endpoints["b"] is new


# ── key frames ──


def test_one_key_frame_request_in_a_while_however_many_ask() -> None:
    layer = room_of("a").endpoints["a"].sources["video"].layers[0]
    asked = [now for now in range(10_000, 12_000, 7) if layer.wants_key_frame(now)]
    assert len(asked) == 4
    assert all(later - one >= KEY_FRAME_GAP for one, later in itertools.pairwise(asked))


def test_what_is_held_back_stays_wanted() -> None:
    layer = room_of("a").endpoints["a"].sources["video"].layers[0]
    assert layer.wants_key_frame(10_000)
    layer.wanted = False  # it came
    assert not layer.wants_key_frame(10_001)
    assert layer.wanted
    assert layer.wants_key_frame(10_000 + KEY_FRAME_GAP)


def test_nobody_is_asked_before_his_ssrc_is_known() -> None:
    layer = room_of("a").endpoints["a"].sources["video"].layers[0]
    layer.ssrc = 0
    assert not layer.wants_key_frame(10_000)
    assert layer.wanted
    layer.ssrc = 5
    assert layer.wants_key_frame(10_001)


@given(st.lists(st.integers(0, 300), max_size=60))
def test_requests_never_come_closer_than_the_gap(steps: list[int]) -> None:
    layer, now, asked = room_of("a").endpoints["a"].sources["video"].layers[0], 0, []
    for step in steps:
        now += step
        if layer.wants_key_frame(now):
            asked.append(now)
    assert all(later - one >= KEY_FRAME_GAP for one, later in itertools.pairwise(asked))


# ── any history of a room ──


class Screens(RuleBasedStateMachine):
    """People come, go and take the stage; the viewer `v` must never see a picture jump for no reason."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room("r")
        self.viewer = enter(self.room, "v", sends=False)
        self.count = 0

    def others(self) -> list[str]:
        return [name for name in self.room.endpoints if name != "v"]

    @rule()
    def join(self) -> None:
        before = self.viewer.showing("video")
        self.count += 1
        enter(self.room, f"e{self.count}")
        replan(self.room)
        now = self.viewer.showing("video")
        assert all(new in (old, f"e{self.count}") or not old for old, new in zip(before, now, strict=True))

    @precondition(lambda self: self.others())
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.others()))
        before = self.viewer.showing("video")
        remove(self.room.endpoints[name])
        replan(self.room)
        now = self.viewer.showing("video")
        if name != before[0]:  # the first place alone is filled from the others, so that it is never empty
            assert all(new == old for old, new in zip(before, now, strict=True) if old not in ("", name))

    @rule(data=st.data())
    def stage(self, data: st.DataObject) -> None:
        before = self.viewer.showing("video")
        stage(self.room, data.draw(st.sampled_from(["", "nobody", *self.others()])))
        replan(self.room)
        now = self.viewer.showing("video")
        moved = [name for name in now if name in before and now.index(name) != before.index(name) and name]
        assert len(moved) <= 2  # the stage, and the one whose place it took

    @invariant()
    def screen_is_in_order(self) -> None:
        shown = self.viewer.showing("video")
        pictures = [name for name in shown if name]
        assert len(set(pictures)) == len(pictures) == min(len(shown), len(self.others()))
        assert set(pictures) <= set(self.others())
        assert shown[0] or not self.others()
        if self.room.policy.stage and self.room.policy.stage[0] in self.others():
            assert shown[0] == self.room.policy.stage[0]
        for endpoint in self.room.endpoints.values():
            for source in endpoint.sources.values():
                assert all(place.source is source for place in source.places)


TestScreens = Screens.TestCase
