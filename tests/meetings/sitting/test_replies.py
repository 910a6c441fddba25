"""Approval, notice, replies, substitutes, units that name their people, decided in memory.

meetings.sitting.replies, meetings.sitting.agenda, meetings.sitting.waiting, meetings.sitting.notices,
meetings.sitting.reminders
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import notices, records, replies, waiting
from meetings.sitting.evolve import evolve
from meetings.sitting.reminders import Reminders
from meetings.sitting.state import State
from store import journal
from store.db import Connection
from store.errors import Denied, Stale
from tests.kit.committee import Committee
from tests.kit.played import RULE, SEATS, Played, refused
from tests.kit.world import Fixed

APPROVER = e.Seat("head", "m9", "u", "approver")


def prepared(*more: e.Seat, rule: object = RULE) -> Played:
    return Played(rule, (*SEATS, *more)).do("secretary", c.AddItem("i1", "Ngân sách"))  # type: ignore[arg-type]


def released(**given: object) -> Played:
    return prepared(rule=replace(RULE, **given)).do("secretary", c.Release(3, reply_by=10))


def told(played: Played) -> list[tuple[str, str]]:
    return [(one.person, one.kind) for one in notices.of(played.state, played.happenings[-1])]


def test_an_agenda_goes_to_the_head_of_the_office_first_and_is_not_changed_behind_his_back() -> None:
    played = prepared(APPROVER)
    assert refused(lambda: played.do("secretary", c.Release(3))) == "agenda-not-approved"
    assert refused(lambda: played.do("head", c.ApproveAgenda()), Stale) == "agenda-not-submitted"
    played.do("secretary", c.SubmitAgenda())
    assert told(played) == [("head", "agenda-submitted")]
    assert waiting.due(played.state) == {("head", "approve-agenda")}
    for command in (c.AddItem("i2", "Khác"), c.RemoveItem("i1"), c.ChangeItem("i1", "Khác")):
        assert refused(lambda command=command: played.do("secretary", command)) == "agenda-submitted"  # type: ignore[misc]
    assert refused(lambda: played.do("head", c.ReturnAgenda(" "))) == "field-needed"
    played.do("head", c.ReturnAgenda("Thiếu tờ trình"))
    assert waiting.due(played.state) == {("secretary", "agenda-returned")}
    played.do("secretary", c.AddItem("i2", "Khác"), c.SubmitAgenda()).do("head", c.ApproveAgenda())
    assert waiting.due(played.state) == {("secretary", "release")}
    assert refused(lambda: played.do("secretary", c.RemoveItem("i2"))) == "agenda-submitted"
    played.do("secretary", c.WithdrawAgenda(), c.RemoveItem("i2"), c.SubmitAgenda()).do("head", c.ApproveAgenda())
    played.do("secretary", c.Release(3))
    assert played.state.phase == "released"
    assert refused(lambda: prepared().do("secretary", c.SubmitAgenda())) == "no-approver"


@pytest.mark.parametrize(("occasion", "enough"), [("ordinary", 3), ("thematic", 1), ("urgent", 1)])
def test_less_notice_than_the_rules_ask_for_needs_a_reason(occasion: str, enough: int) -> None:
    def planned() -> Played:
        played = prepared()
        played.state = replace(played.state, occasion=occasion)
        return played

    assert refused(lambda: planned().do("secretary", c.Release(enough - 1))) == "notice-short"
    assert planned().do("secretary", c.Release(enough)).state.short_reason == ""
    assert planned().do("secretary", c.Release(enough, "Không cần")).state.short_reason == ""
    played = planned().do("secretary", c.Release(enough - 1, "Mưa lũ"))
    assert played.state.short_reason == "Mưa lũ" and played.state.phase == "released"


def test_a_late_item_is_marked() -> None:
    played = released().do("secretary", c.AddItem("i2", "Phát sinh"))
    assert [item.late for item in played.state.items] == [False, True]
    assert set(told(played)) == {(one, "item-added") for one in ("chair", "deputy", "a", "b", "clerk", "guest")}
    played.do("secretary", c.AddItem("i3", "Kỷ luật", closed=True))
    assert "guest" not in {person for person, _ in told(played)}, "of what is closed to them guests are told nothing"
    assert not told(prepared().do("secretary", c.AddItem("i9", "Trước khi phát hành")))


def test_members_reply_and_may_change_their_mind_until_it_opens() -> None:
    played = released()
    assert set(played.state.unanswered) == {"deputy", "a", "b", "guest"}
    assert waiting.due(played.state) == {(person, "reply") for person in ("deputy", "a", "b", "guest")}
    played.do("a", c.Reply("online"), c.Reply("online"), c.Reply("in-person"))
    assert [h.answer for h in played.happenings if isinstance(h, e.Replied)] == ["online", "in-person"]
    assert refused(lambda: played.do("b", c.Reply("absent"))) == "field-needed"
    played.do("b", c.Reply("absent", "Đi công tác"))
    assert told(played) == [("secretary", "replied"), ("chair", "absence-asked")]
    assert ("chair", "answer-absence") in waiting.due(played.state)
    assert refused(lambda: played.do("chair", c.AnswerAbsence("a", True)), Stale) == "no-such-absence"
    played.do("chair", c.AnswerAbsence("b", False), c.AnswerAbsence("b", False))
    assert told(played) == [("b", "absence-refused")] and played.state.replies["b"].granted is False
    assert refused(lambda: played.do("secretary", c.Reply("online"))) == "not-asked-to-reply"
    played.do("secretary", c.Remind())
    assert told(played) == [("deputy", "reminded"), ("guest", "reminded")]
    played.do("deputy", c.Reply("in-person")).do("guest", c.Reply("online"))
    assert refused(lambda: played.do("secretary", c.Remind())) == "all-replied"
    played.do("chair", c.Open())
    assert refused(lambda: played.do("a", c.Reply("online"))) == "not-now"


def test_who_has_not_answered_is_reminded_once_a_day_before() -> None:
    day = replies.REMIND_MS
    played = prepared().do("secretary", c.Release(3, reply_by=2 * day))
    silent = played.state
    assert replies.remind_at(silent) == day
    assert not replies.remind_at(replace(silent, reminded_at=day)), "once"
    assert not replies.remind_at(replace(silent, released_at=day)), "invited only today"
    for person in silent.asked:
        played.do(person, c.Reply("online"))
    assert not replies.remind_at(played.state), "all have answered"


async def test_a_unit_between_that_is_convened_itself_waits_for_both(committee: Committee) -> None:
    called = (e.Convened("x"), e.Convened("y", "x"))
    planned = e.Planned("Họp", "district", "Phòng", 1, RULE, SEATS, (), convened=called)
    state = evolve(evolve(State(id="s9"), planned, 1), e.Released(3), 2)

    def use(conn: Connection) -> list[str]:
        journal.create(conn, "s9", "sitting", "district", committee.house.node)
        records.mirror(conn, None, state)
        first = sorted(row.step for row in records.convened_of(conn, ["x"]))
        records.mirror(conn, state, evolve(state, e.ConveningForwarded("x"), 3))
        return [*first, *(row.step for row in records.convened_of(conn, ["x"]))]

    assert await committee.house.write(use) == ["forward", "name", "name"]


async def test_the_program_reminds_by_itself(committee: Committee, world: Fixed) -> None:
    room, begins = await committee.rooms.get(await committee.plan()), world.utc_ms + 3 * replies.REMIND_MS
    await room.ask(committee.who["secretary"], c.AddItem("i1", "Ngân sách"))
    await room.ask(committee.who["secretary"], c.ChangeDetails("Họp", "Phòng", begins), trusted=True)
    await room.ask(committee.who["secretary"], c.Release(3, reply_by=begins - 1000), trusted=True)
    reminders = Reminders(committee.house, committee.rooms)
    await reminders.remind_due()
    assert not room.state.reminded_at
    world.step(2 * replies.REMIND_MS)
    await reminders.remind_due()
    first = room.state.reminded_at
    assert first
    world.step(60_000)
    await reminders.remind_due()
    assert room.state.reminded_at == first


def substitute(member: str = "b") -> c.SendSubstitute:
    return c.SendSubstitute(e.Seat("sub", "m8", "u", "substitute", stands_for=member), "Bận họp tỉnh")


def test_someone_is_sent_instead_and_taken_back() -> None:
    played = released().do("b", substitute())
    assert played.state.replies["b"].substitute == "sub" and played.state.seats["sub"].stands_for == "b"
    assert refused(lambda: played.do("a", substitute("b"))) == "field-wrong"
    assert refused(lambda: played.do("a", substitute("a"))) == "invited-already"
    played.do("b", c.Reply("in-person"))
    assert "sub" not in played.state.seats
    assert refused(lambda: released(substitutes="none").do("b", substitute())) == "substitutes-none"


def opened(played: Played, *here: str) -> Played:
    played.do("chair", c.Open())
    for person in here:
        played.do(person, c.CheckIn(site="s1"))
    return played.do("secretary", c.OpenItem("i1"))


def test_a_substitute_who_may_only_speak_is_not_counted() -> None:
    played = opened(released().do("b", substitute()), "chair", "deputy", "sub")
    assert len(played.state.entitled_present) == 2
    assert refused(lambda: played.do("chair", c.OpenVote("v", "i1", "Đồng ý?"))) == "not-quorate"
    played.do("a", c.CheckIn(site="s1")).do("chair", c.OpenVote("v", "i1", "Đồng ý?"))
    assert refused(lambda: played.do("sub", c.Cast("v", ("for",))), Denied) == "no-vote"


def test_where_the_rules_let_a_substitute_vote_it_is_the_members_one_vote() -> None:
    played = opened(released(substitutes="vote").do("b", substitute()), "chair", "deputy", "sub")
    assert len(played.state.entitled_present) == 3 and len(played.state.entitled) == 4
    played.do("chair", c.OpenVote("v", "i1", "Đồng ý?")).do("sub", c.Cast("v", ("for",)))
    assert played.happenings[-1] == e.VoteCast("v", "b", ("for",), "sub")
    played.do("b", c.CheckIn(site="s1"), c.Cast("v", ("against",)))  # the member comes: it is theirs again
    assert refused(lambda: played.do("sub", c.Cast("v", ("for",))), Denied) == "no-vote"
    assert played.state.ballots[0].votes == {"b": ("against",)} and len(played.state.entitled_present) == 3


def called(*convened: e.Convened) -> Played:
    played = Played()
    first = played.happenings[0]
    assert isinstance(first, e.Planned)
    again = Played.__new__(Played)
    again.happenings, again.state, again.at = [], State(id="s"), 0
    again._evolve([replace(first, convened=convened)])
    return again.do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3))


def guests(*people: str, unit: str = "xa") -> tuple[e.Seat, ...]:
    return tuple(e.Seat(person, f"m-{person}", unit, "guest") for person in people)


def test_a_unit_names_its_own_people_once_the_call_has_reached_it() -> None:
    played = called(e.Convened("xa", "huyen"), e.Convened("so"))
    assert waiting.convened(played.state) == {("huyen", "forward"), ("so", "name")}
    early = c.NameParticipants("xa", guests("x1"))
    assert refused(lambda: played.do("anyone", early)) == "not-convened"
    assert refused(lambda: played.do("anyone", c.ForwardConvening("so"))) == "nothing-to-forward"
    played.do("anyone", c.ForwardConvening("huyen"), c.ForwardConvening("huyen"))
    assert waiting.convened(played.state) == {("xa", "name"), ("so", "name")}
    played.do("anyone", c.NameParticipants("xa", guests("x1", "x2")))
    assert {"x1", "x2"} <= set(played.state.seats) and ("xa", "named") in waiting.convened(played.state)
    played.do("anyone", c.NameParticipants("xa", guests("x2", "x3")))
    assert "x1" not in played.state.seats and {"x2", "x3"} <= set(played.state.seats)
    assert refused(lambda: played.do("anyone", c.NameParticipants("xa", ()))) == "participants-needed"
    strange = (e.Seat("x9", "m", "elsewhere", "guest"),)
    assert refused(lambda: played.do("anyone", c.NameParticipants("xa", strange))) == "guests-only"
    assert refused(lambda: played.do("anyone", c.NameParticipants("none", guests("x1")))) == "not-convened"


def test_moving_and_calling_off_are_told_with_the_reason() -> None:
    played = released()
    same = c.ChangeDetails("Tên đúng hơn", "Hội trường", 1)
    played.do("secretary", same)
    assert told(played) == []
    assert refused(lambda: played.do("secretary", c.ChangeDetails("Phiên họp", "Phòng 2", 1))) == "field-needed"
    played.do("secretary", c.ChangeDetails("Phiên họp", "Phòng 2", 1, "Hội trường đang sửa"))
    assert {kind for _, kind in told(played)} == {"changed"} and len(told(played)) == len(SEATS)
    played.do("chair", c.Cancel("Trùng lịch tỉnh"))
    assert played.state.phase == "cancelled" and {kind for _, kind in told(played)} == {"cancelled"}
    assert refused(lambda: played.do("chair", c.Open())) == "not-now"
    quiet = prepared().do("secretary", c.Cancel("Không họp nữa"))
    assert told(quiet) == [], "nobody had been invited yet"
