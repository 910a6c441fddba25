"""A sitting decided in memory, from plan to acknowledgement, and what is refused on the way.

meetings.sitting.decide, model, state, evolve, agenda, attendance, course, floor, ballots, minutes
meetings.sitting.events.facts, meetings.sitting.events.before, meetings.sitting.events.during
meetings.sitting.events.after, meetings.sitting.commands.base, meetings.sitting.commands.before
meetings.sitting.commands.during, meetings.sitting.commands.after, meetings.sitting.commands.internal
"""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from meetings.people import rights
from meetings.sitting import agenda, attendance, ballots, course, floor, minutes, model  # noqa: F401  (the files this tests)
from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.decide import GUARDED, TABLE, check_seen, decide
from meetings.sitting.evolve import _EVOLVE, evolve
from meetings.sitting.state import State
from store.errors import Denied, Refused, Stale
from tests.kit.played import RULE, Played, refused


def test_the_whole_way() -> None:
    played = Played().closed()
    state = played.state
    assert state.phase == "closed"
    [ballot] = state.ballots
    assert ballot.result is not None and ballot.result.passed and ballot.result.unheard == 1
    played.do("secretary", c.SaveMinutes(0, "1" * 64, True), c.SaveMinutes(1, "2" * 64))
    played.do("chair", c.ApproveMinutes(2)).do("clerk", c.NumberMinutes(5, "BB-UBND", "2026-11-24"))
    played.do("clerk", c.TypesetMinutes("3" * 64, "CODE", state.seq, "0" * 64))
    for person, field, based, made in (
        ("secretary", "secretary", "3", "4"), ("chair", "chair", "4", "5"), ("clerk", "seal", "5", "6"),
    ):  # fmt: skip
        assert minutes.next_field(played.state) == field
        played.do(person, c.SignMinutes(field, based * 64, made * 64))  # type: ignore[arg-type]
    played.do("clerk", c.Circulate(("a", "b", "a"))).do("a", c.Acknowledge(), c.Acknowledge())
    assert played.state.minutes.step == "circulated"
    assert [person for person, _ in played.state.minutes.acknowledged] == ["a"]


def test_the_state_is_a_fold_of_its_events() -> None:
    played = Played().closed()
    again = State(id="s")
    for number, happening in enumerate(played.happenings, 1):
        stored = e.draft(happening)
        again = evolve(again, e.decode(stored.kind, stored.body), number * 1000)
    assert again == played.state


def test_every_command_has_a_phase_a_right_and_every_event_an_effect() -> None:
    commands = set(get_args(c.Command)) | set(get_args(c.Internal))
    assert commands == set(TABLE) == set(c.VERBS)
    assert set(c.VERBS.values()) <= set(rights.VERBS)
    happenings = set(get_args(e.AnyHappening))
    assert happenings == set(_EVOLVE)
    kinds = {e.kebab(kind.__name__) for kind in happenings}
    assert {kind for named in GUARDED.values() for kind in named} <= kinds


@pytest.mark.parametrize("command", [c.Open(), c.Close(), c.CheckIn(), c.OpenItem("i1"), c.ApproveMinutes(1)])
def test_nothing_comes_before_its_time(command: c.AnyCommand) -> None:
    assert refused(lambda: Played().do("chair", command)) == "not-now"


def test_an_empty_agenda_is_not_released() -> None:
    assert refused(lambda: Played().do("secretary", c.Release(3))) == "agenda-empty"


def test_without_quorum_there_is_no_vote() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1")).do("deputy", c.CheckOut())
    assert not attendance.is_quorate(played.state)
    assert refused(lambda: played.do("chair", c.OpenVote("b1", "i1"))) == "not-quorate"


def test_one_vote_a_person_changeable_until_the_close() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1")).do("chair", c.OpenVote("b1", "i1"))
    played.do("a", c.Cast("b1", ("for",)), c.Cast("b1", ("for",)), c.Cast("b1", ("against",)))
    assert played.state.ballots[0].votes == {"a": ("against",)}
    assert refused(lambda: played.do("guest", c.Cast("b1", ("for",))), Denied) == "no-vote"
    assert refused(lambda: played.do("b", c.Cast("b1", ("for",)))) == "check-in-first"
    assert refused(lambda: played.do("chair", c.Close())) == "vote-open"
    assert refused(lambda: played.do("chair", c.OpenVote("b2", "i1"))) == "vote-open"
    played.do("chair", c.CloseVote("b1"))
    assert refused(lambda: played.do("a", c.Cast("b1", ("for",))), Stale) == "vote-closed"
    assert refused(lambda: played.do("chair", c.OpenVote("b1", "i1"))) == "vote-exists"


def test_the_floor_is_asked_given_and_ended_in_order() -> None:
    played = Played().opened().do("a", c.AskFloor()).do("guest", c.AskFloor())
    assert [(one.person, one.site) for one in played.state.floor.queue] == [("a", "s1"), ("guest", "s2")]
    assert refused(lambda: played.do("a", c.AskFloor())) == "already-asked"
    assert refused(lambda: played.do("b", c.AskFloor())) == "check-in-first"
    played.do("chair", c.GiveFloor("guest"))
    assert floor.on_stage(played.state) == "s2" and floor.may_be_heard(played.state) == ("s2", "s1")
    played.do("chair", c.GiveFloor("a"))
    assert played.state.floor.speaker == "a" and played.state.floor.queue == ()
    assert refused(lambda: played.do("deputy", c.EndFloor()), Denied) == "no-right"
    played.do("a", c.EndFloor())
    assert floor.on_stage(played.state) == "s1" and floor.may_be_heard(played.state) is None


def test_who_leaves_gives_the_floor_back() -> None:
    played = Played().opened().do("a", c.AskFloor()).do("chair", c.GiveFloor("a")).do("a", c.CheckOut())
    assert played.state.floor.speaker == ""


def test_only_the_presenter_turns_the_page() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1"))
    assert (played.state.paper, played.state.page) == ("p1", 1)
    played.do("a", c.ShowPage("p1", 2))  # the rapporteur
    assert refused(lambda: played.do("deputy", c.ShowPage("p1", 3)), Denied) == "not-presenter"
    assert refused(lambda: played.do("chair", c.ShowPage("p1", 9))) == "no-such-page"
    assert refused(lambda: played.do("chair", c.ShowPage("none", 1)), Stale) == "no-such-paper"


def test_checking_in_others_is_for_chair_and_secretary() -> None:
    played = Played().opened()
    assert refused(lambda: played.do("a", c.CheckIn("b")), Denied) == "no-right"
    played.do("secretary", c.CheckIn("b", "s2"))
    assert played.state.present["b"].site == "s2"
    assert refused(lambda: played.do("b", c.CheckIn(site="s2"))) == "already-here"
    assert refused(lambda: played.do("b", c.CheckIn(site="nowhere"))) == "site-not-invited"


def test_an_item_that_was_opened_is_no_longer_edited() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1"))
    for command in (c.ChangeItem("i1", "Khác"), c.MoveItem("i1", 1), c.RemoveItem("i1")):
        assert refused(lambda command=command: played.do("secretary", command)) == "item-already-opened"  # type: ignore[misc]


def test_items_are_moved_and_removed_with_their_papers() -> None:
    played = Played().do("secretary", c.AddItem("i1", "Một"), c.AddItem("i2", "Hai"), c.AddItem("i3", "Ba"))
    played.do("secretary", c.MoveItem("i3", 0), c.AttachPaper("p", "i1", "Tờ", "f" * 64, 1, 1), c.RemoveItem("i1"))
    assert [item.id for item in played.state.items] == ["i3", "i2"] and played.state.papers == ()


def test_the_same_paper_is_not_attached_twice() -> None:
    played = Played().do("secretary", c.AddItem("i1", "Một"), c.AttachPaper("p", "i1", "Tờ", "f" * 64, 1, 1))
    again = c.AttachPaper("q", "i1", "Tờ", "f" * 64, 1, 1)
    assert refused(lambda: played.do("secretary", again)) == "paper-twice"
    played.do("secretary", c.DetachPaper("p"))
    assert refused(lambda: played.do("secretary", c.DetachPaper("p")), Stale) == "no-such-paper"


def test_minutes_are_edited_from_the_newest_version_only() -> None:
    played = Played().closed().do("secretary", c.SaveMinutes(0, "1" * 64, True))
    assert refused(lambda: played.do("secretary", c.SaveMinutes(0, "2" * 64)), Stale) == "minutes-changed"
    assert refused(lambda: played.do("chair", c.ApproveMinutes(7)), Stale) == "minutes-changed"
    played.do("chair", c.ReturnMinutes(1, "Bổ sung ý kiến")).do("secretary", c.SaveMinutes(1, "2" * 64))
    played.do("chair", c.ApproveMinutes(2))
    assert refused(lambda: played.do("secretary", c.SaveMinutes(2, "3" * 64))) == "minutes-not-now"


def test_signatures_come_in_order_and_on_the_file_that_was_shown() -> None:
    played = Played().closed().do("secretary", c.SaveMinutes(0, "1" * 64)).do("chair", c.ApproveMinutes(1))
    played.do("clerk", c.NumberMinutes(1, "BB-UBND", "2026-11-24"), c.TypesetMinutes("3" * 64, "K", 1, "0" * 64))
    assert refused(lambda: played.do("chair", c.SignMinutes("chair", "3" * 64, "4" * 64))) == "not-your-turn"
    assert refused(lambda: played.do("a", c.SignMinutes("secretary", "3" * 64, "4" * 64)), Denied) == "no-right"
    old = c.SignMinutes("secretary", "9" * 64, "4" * 64)
    assert refused(lambda: played.do("secretary", old), Stale) == "minutes-changed"


def test_a_stale_edit_is_told_what_changed() -> None:
    check_seen(c.ChangeItem("i1", "x"), [(8, "vote-cast")])
    with pytest.raises(Stale):
        check_seen(c.ChangeItem("i1", "x"), [(8, "vote-cast"), (9, "item-changed")])


def test_text_is_tidied_and_limited() -> None:
    assert agenda.text("  Nghị  quye\u0302\u0301t ", "title") == "Nghị  quyết"
    for bad in ("  ", "x" * 501, "a\x00b"):
        with pytest.raises(Refused):
            agenda.text(bad, "title")


def test_the_electorate_is_not_the_secretarys_to_change() -> None:
    played = Played()
    for person, seat in played.state.seats.items():
        for role in ("chair", "secretary", "member", "guest"):
            again = msgspec.structs.replace(seat, role=role, entitled=not seat.entitled)
            assert not decide(played.state, c.Invite((again,)), "secretary")  # who has a seat keeps it
        if seat.role != "guest":
            assert refused(lambda person=person: played.do("secretary", c.Uninvite((person,)))) == "guests-only"
    for role, entitled in (("chair", False), ("member", True), ("guest", True), ("secretary", False)):
        new = e.Seat("new", "m", "u", role, entitled)
        assert refused(lambda new=new: played.do("secretary", c.Invite((new,)))) == "guests-only"
    assert refused(lambda: Played().opened().do("secretary", c.Uninvite(("a",)))) == "already-attended"


def test_a_guest_may_still_be_invited_and_left_out() -> None:
    played, guest = Played(), e.Seat("new", "m", "u", "guest")
    played.do("secretary", c.Invite((guest,), (e.Room("new-site", "u"),)))
    assert played.state.seats["new"] == guest and "new-site" in played.state.rooms
    played.do("secretary", c.Uninvite(("new",)))
    assert "new" not in played.state.seats


def test_a_recording_is_started_stopped_and_never_over_a_closed_item() -> None:
    played = Played().opened()
    played.do("secretary", c.AddItem("secret", "Nhân sự", closed=True), c.OpenItem("i1"))
    assert refused(lambda: played.do("chair", c.StopRecording())) == "recording-off"
    played.do("chair", c.StartRecording("r1"))
    assert refused(lambda: played.do("chair", c.StartRecording("r2"))) == "recording-on"
    played.do("secretary", c.OpenItem("secret"))
    ended, opened = played.happenings[-2:]
    assert (ended, opened) == (e.RecordingStopped("r1", "closed-item"), e.ItemOpened("secret"))
    assert refused(lambda: played.do("chair", c.StartRecording("r3"))) == "recording-closed-item"
    played.do("secretary", c.OpenItem("i1"))
    played.do("chair", c.StartRecording("r3"), c.Close())
    assert e.RecordingStopped("r3", "closed") in played.happenings
    assert not played.state.recording


@pytest.mark.parametrize("name", ["", "x" * 65, "a/b", "a.b", "../x"])
def test_a_recordings_id_is_fit_for_a_folder(name: str) -> None:
    played = Played().opened()
    assert refused(lambda: played.do("chair", c.StartRecording(name))) == "field-wrong"


def test_a_finished_file_is_kept_once_and_after_the_close_too() -> None:
    played = Played().opened()
    played.do("chair", c.StartRecording("r1"), c.Close())
    made = c.KeepRecording(e.RecordingFile("r1", "a" * 64, "webm", 1000, 5, 60_000))
    played.do("chair", made, made, c.EndRecording("r1"))
    assert [one.sha256 for one in played.state.recordings] == ["a" * 64]


def test_without_quorum_nothing_goes_on_where_the_rules_say_so() -> None:
    waits = Played(msgspec.structs.replace(RULE, without_quorum="wait")).opened()
    waits.do("secretary", c.OpenItem("i1")).do("a", c.CheckOut())
    for act in (c.OpenItem("i2"), c.Conclude("i1", "Đồng ý.")):
        assert refused(lambda act=act: waits.do("chair", act)) == "quorum-needed"
    waits.do("a", c.CheckIn(site="s1")).do("chair", c.Conclude("i1", "Đồng ý.")).do("secretary", c.OpenItem("i2"))
    discusses = Played().opened().do("a", c.CheckOut())
    discusses.do("secretary", c.OpenItem("i1")).do("chair", c.Conclude("i1", "Bàn tiếp."))
    assert refused(lambda: discusses.do("chair", c.OpenVote("b", "i1"))) == "not-quorate"
