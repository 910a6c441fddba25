"""Attendance by time and item, the floor's clocks and order, roles taken over, breaks and side rooms, in memory.

meetings.sitting.presiding, meetings.sitting.attendance, meetings.sitting.floor, meetings.sitting.wall_code
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from meetings.sitting import attendance, floor, presiding, wall_code
from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.screen import screen
from meetings.sitting.views import view_of
from store.errors import Denied, Stale
from tests.kit.played import RULE, SEATS, Played, refused


def under_way() -> Played:
    played = Played().opened()
    return played.do("secretary", c.CheckIn(site="s1"), c.OpenItem("i1"))


def waiting(played: Played) -> list[str]:
    return [one.person for one in floor.ordered(played.state)]


def test_presence_is_told_item_by_item() -> None:
    played = under_way().do("a", c.CheckOut()).do("secretary", c.OpenItem("i2"), c.CheckIn("b", "s1"))
    state = played.state
    assert [attendance.was_at(state, person, "i1") for person in ("chair", "a", "b")] == [True, True, False]
    assert [attendance.was_at(state, person, "i2") for person in ("chair", "a", "b")] == [True, False, True]
    [stay] = state.stays["a"]
    assert 0 < stay.since < stay.until
    played.do("a", c.CheckIn(site="s1")).do("chair", c.Close())
    assert len(played.state.stays["a"]) == 2 and all(stay.until for stay in played.state.stays["a"])
    assert all(span.until for span in played.state.spans)


def test_four_ways_to_stand() -> None:
    rule = replace(RULE, substitutes="vote")
    played = Played(rule).do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3))
    played.do("b", c.Reply("absent", "Ốm"))
    played.do("a", c.SendSubstitute(e.Seat("sub", "m8", "u", "substitute", stands_for="a")))
    played.do("chair", c.Open(), c.CheckIn(site="s1")).do("sub", c.CheckIn(site="s1"))
    here = played.state.entitled_present
    standing = {person: attendance.standing(played.state, person, here) for person in ("chair", "a", "b", "deputy")}
    assert standing == {"chair": "present", "a": "represented", "b": "excused", "deputy": "absent"}


def test_the_floor_goes_by_order_then_by_who_asked_or_who_spoke_least() -> None:
    played = under_way().do("a", c.AskFloor()).do("chair", c.GiveFloor("a"))
    played.at += 60_000
    played.do("a", c.EndFloor())
    said = played.state.floor
    assert floor.sums(said.spoken)["a"] > 60_000 and floor.sums(said.spoken_at)["s1"] > 60_000
    played.do("a", c.AskFloor()).do("deputy", c.AskFloor()).do("guest", c.AskFloor())
    assert waiting(played) == ["a", "deputy", "guest"]
    played.do("chair", c.OrderQueue("least-time"))
    assert waiting(played) == ["deputy", "guest", "a"]
    assert refused(lambda: played.do("a", c.AskFloor())) == "already-asked"
    played.do("a", c.AskFloor(order=True))
    assert waiting(played) == ["a", "deputy", "guest"]
    assert refused(lambda: played.do("a", c.AskFloor(order=True))) == "already-asked"


def test_a_speech_has_its_time_and_may_get_more() -> None:
    played = under_way().do("chair", c.GiveFloor("a"))
    assert refused(lambda: played.do("chair", c.ExtendFloor(60))) == "floor-unlimited"
    played.do("chair", c.LimitSpeeches(180), c.GiveFloor("deputy"), c.ExtendFloor(60))
    assert played.state.floor.limit == 240 and played.state.floor.each == 180
    played.do("chair", c.EndFloor())
    assert refused(lambda: played.do("chair", c.ExtendFloor(60))) == "floor-free"


def test_guests_who_may_only_listen_do_not_ask() -> None:
    played = Played(replace(RULE, guests="listen")).opened()
    assert refused(lambda: played.do("guest", c.AskFloor())) == "guests-listen"


def test_a_deputy_takes_over_and_gives_back() -> None:
    played = under_way()
    assert refused(lambda: played.do("a", c.TakeOver("chair")), Denied) == "no-right"
    played.do("deputy", c.TakeOver("chair"))
    assert played.happenings[-1] == e.RoleTaken("chair", "deputy", "lost")
    assert (played.state.chair, played.state.seats["chair"].role) == ("deputy", "deputy")
    assert len(played.state.entitled) == 4 and "chair" in played.state.roles()["deputy"]
    assert refused(lambda: played.do("deputy", c.HandOver("chair", "guest"))) == "not-invited"
    assert refused(lambda: played.do("deputy", c.HandOver("chair", "secretary"))) == "chair-of-members"
    assert refused(lambda: played.do("deputy", c.HandOver("secretary", "b"))) == "person-not-here"
    played.do("deputy", c.HandOver("secretary", "a"), c.HandOver("chair", "chair"))
    assert (played.state.chair, played.state.with_role("secretary")) == ("chair", "a")
    assert played.state.seats["secretary"].role == "member" and not played.state.seats["secretary"].entitled
    played.do("chair", c.HandOver("secretary", "secretary"))
    assert {seat.person: seat.role for seat in SEATS} == {p: s.role for p, s in played.state.seats.items()}


def test_a_break_ends_what_goes_on_and_all_check_in_anew() -> None:
    played = under_way().do("chair", c.GiveFloor("a"), c.OpenVote("v", "i1"))
    assert refused(lambda: played.do("chair", c.Suspend("Hết giờ"))) == "vote-open"
    played.do("chair", c.CloseVote("v"), c.Suspend("Hết giờ"))
    state = played.state
    assert (state.phase, state.item, state.floor.speaker, dict(state.present)) == ("suspended", "", "", {})
    assert refused(lambda: played.do("a", c.CheckIn(site="s1"))) == "not-now"
    played.do("secretary", c.AddItem("i9", "Việc mới")).do("chair", c.Resume())
    assert played.state.phase == "open" and not attendance.is_quorate(played.state)
    played.do("a", c.CheckIn(site="s1"))
    assert len(played.state.stays["a"]) == 2


def test_the_clock_of_an_item_stands_still_while_another_is_open() -> None:
    played = Played().opened()
    played.do("secretary", c.OpenItem("i1"))
    opened = played.at
    played.at += 59_000
    played.do("secretary", c.OpenItem("i2"))
    left = played.at
    played.at += 600_000
    played.do("secretary", c.OpenItem("i1"))
    first, second = screen(played.state, view_of(played.state, "a"), {}, {}).agenda
    assert played.at - first.since == left - opened == 60_000 and second.since == 0


def test_a_side_room_takes_some_sites_aside_and_gives_them_back() -> None:
    seats = (*SEATS, e.Seat("g2", "m8", "w", "guest"))
    played = Played(seats=seats).do("secretary", c.Invite((), (e.Room("s3", "w"), e.Room("s4", "w"))))
    played.opened()
    assert refused(lambda: played.do("secretary", c.OpenSideRoom("r", "Huyện", ("s3",)))) == "side-room-sites"
    assert refused(lambda: played.do("secretary", c.OpenSideRoom("r", "Huyện", ("s3", "s1")))) == "side-room-taken"
    played.do("secretary", c.OpenSideRoom("r", "Huyện", ("s3", "s4")))
    assert presiding.side_room_of(played.state, "s3") == "r" and presiding.side_room_of(played.state, "s1") == ""
    assert refused(lambda: played.do("secretary", c.OpenSideRoom("q", "Lại", ("s4", "s2")))) == "side-room-taken"
    played.do("secretary", c.CloseSideRoom("r"))
    assert not played.state.side_rooms
    assert refused(lambda: played.do("secretary", c.CloseSideRoom("r")), Stale) == "no-such-side-room"


def test_while_a_closed_item_is_on_guests_and_their_rooms_are_outside() -> None:
    played = under_way().do("secretary", c.AddItem("secret", "Nhân sự", closed=True))
    assert not presiding.is_outside(played.state, "s2")
    played.do("secretary", c.OpenItem("secret"))
    outside = {one for one in ("s1", "s2", "guest", "a", "secretary") if presiding.is_outside(played.state, one)}
    assert outside == {"s2", "guest"}
    played.do("b", c.CheckIn(site="s2"))  # a member in the guests' room: it comes in
    assert not presiding.is_outside(played.state, "s2")
    played.do("secretary", c.OpenItem("i2"))
    assert not presiding.is_outside(played.state, "guest")


@pytest.mark.parametrize(("later", "good"), [(0, True), (59_999, True), (119_999, True), (120_000, False)])
def test_the_code_on_a_wall_is_good_for_its_minute_and_the_next(later: int, good: bool) -> None:
    now = 1_795_485_600_000
    code, until = wall_code.code(b"k" * 32, "s1", now)
    assert len(code) == 6 and until == now + 60_000
    assert wall_code.is_good(b"k" * 32, "s1", now + later, f"{code[:3]} {code[3:]}") is good
    assert not wall_code.is_good(b"k" * 32, "s2", now, code) and not wall_code.is_good(b"j" * 32, "s1", now, code)


def test_where_codes_are_asked_for_nobody_checks_in_at_a_room_without() -> None:
    played = Played().do("secretary", c.AddItem("i1", "Một"), c.Release(3), c.AskCodes(True)).do("chair", c.Open())
    assert refused(lambda: played.do("a", c.CheckIn(site="s1"))) == "wall-code-needed"
    played.do("a", c.Admit("s1")).do("b", c.CheckIn()).do("secretary", c.CheckIn("deputy", "s1"))
    assert [h.way for h in played.happenings if isinstance(h, e.CheckedIn)] == ["code", "self", "secretary"]
