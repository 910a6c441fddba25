"""Papers for some people only, items that are closed: what each kind of viewer is told, and what is not done.
meetings.sitting.agenda, meetings.sitting.views, meetings.sitting.screen"""

from __future__ import annotations

import msgspec
import pytest

from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.decide import decide
from meetings.sitting.model import Minutes
from meetings.sitting.screen import screen
from meetings.sitting.views import SITE_VIEW, View, view, view_of
from store.chain import Actor, Event
from store.errors import Stale
from tests.kit.played import RULE, Played, refused

PRIVATE = c.AttachPaper("p2", "i1", "Nhân sự", "e" * 64, 2, 10, readers=("a",))

SECRETARY, LATER = Actor("person", "secretary"), 10_000_000


def played() -> Played:
    return Played().opened().do("secretary", PRIVATE)


def viewers(made: Played) -> dict[str, View]:
    return {who: view_of(made.state, who) for who in ("chair", "clerk", "a", "b", "guest")} | {"site": SITE_VIEW}


def names(made: Played, viewer: View) -> list[str]:
    return [paper.name for item in screen(made.state, viewer, {}, {}).agenda for paper in item.papers]


def test_only_its_readers_and_the_desk_are_shown_it() -> None:
    made = played()
    seen = {who: "Nhân sự" in names(made, viewer) for who, viewer in viewers(made).items()}
    assert seen == {"chair": True, "clerk": True, "a": True, "b": False, "guest": False, "site": False}
    made.do("secretary", c.AddressPaper("p2", ("b",)))
    assert [who for who, viewer in viewers(made).items() if "Nhân sự" in names(made, viewer)] == ["chair", "clerk", "b"]
    made.do("secretary", c.AddressPaper("p2", None))
    assert all("Nhân sự" in names(made, viewer) for viewer in viewers(made).values())


def test_for_whom_it_is_only_the_desk_is_told() -> None:
    made = played()

    def told(who: str) -> tuple[bool, tuple[str, ...]]:
        [paper] = [
            one for one in screen(made.state, view_of(made.state, who), {}, {}).agenda[0].papers if one.id == "p2"
        ]
        return paper.private, paper.readers

    assert (told("secretary"), told("a")) == ((True, ("a",)), (True, ()))


def test_the_event_of_it_is_withheld_from_everybody_else() -> None:
    made = played()
    attached, addressed = made.happenings[-1], e.PaperAddressed("p2", ("a", "b"))
    events = [
        Event("s", seq, LATER, "n", SECRETARY, "", "", draft.kind, 1, "", draft.body, "", "", "")
        for seq, draft in enumerate((e.draft(attached), e.draft(addressed)), 90)
    ]
    state = made.state
    bodies = {who: [view(event, one, state).body is not None for event in events] for who, one in viewers(made).items()}
    assert bodies == {
        "chair": [True, True], "clerk": [True, True], "a": [True, False], "b": [False, False],
        "guest": [False, False], "site": [False, False],
    }  # fmt: skip


def test_readers_share_one_view_and_others_another() -> None:
    made = played().do("secretary", c.AddressPaper("p2", ("a", "b")))
    assert view_of(made.state, "a") == view_of(made.state, "b") != view_of(made.state, "deputy")


def test_who_is_sent_instead_reads_what_the_member_would() -> None:
    made = Played()
    made.do("secretary", c.AddItem("i1", "Ngân sách"), PRIVATE, c.Release(3))
    seat = e.Seat("other", "m9", "u", "substitute", stands_for="a")
    made.do("a", c.SendSubstitute(seat, "Bận"))
    assert view_of(made.state, "other") == view_of(made.state, "a") == View("part", papers=("p2",))


def test_it_is_never_shown_to_the_room() -> None:
    made = played().do("secretary", c.OpenItem("i1"))
    assert refused(lambda: made.do("chair", c.ShowPage("p2", 1))) == "paper-not-for-all"
    assert refused(lambda: made.do("secretary", c.AddressPaper("p1", ("a",)))) == "paper-on-screens"
    first = played().do("secretary", c.AddressPaper("p1", ("a",)), c.OpenItem("i1"))
    assert (first.state.paper, first.state.shown) == ("", {})


def test_who_is_not_invited_reads_nothing_and_doing_it_twice_does_nothing() -> None:
    made = played()
    assert refused(lambda: made.do("secretary", c.AddressPaper("p2", ("stranger",)))) == "not-invited"
    seq = len(made.happenings)
    made.do("secretary", c.AddressPaper("p2", ("a", "a")))
    assert len(made.happenings) == seq
    assert refused(lambda: made.do("secretary", c.AddressPaper("none", None)), Stale) == "no-such-paper"


def test_readers_who_are_not_invited_any_more_leave_it_to_the_desk_and_never_to_everybody() -> None:
    made = Played()
    made.do("secretary", c.AddItem("i1", "Ngân sách"), PRIVATE, c.AddressPaper("p2", ("guest",)), c.Release(3))
    made.do("secretary", c.Uninvite(("guest",)))
    paper = made.state.find_paper("p2")
    assert paper is not None and paper.readers == ()
    assert [who for who in ("secretary", "a", "b") if "Nhân sự" in names(made, view_of(made.state, who))] == [
        "secretary"
    ]
    assert refused(lambda: made.do("secretary", c.AddressPaper("p2", ()))) == "readers-needed"


def test_nobody_is_chosen_to_read_what_is_closed_to_them() -> None:
    made = Played().do("secretary", c.AddItem("i1", "Nhân sự", closed=True))
    given = msgspec.structs.replace(PRIVATE, readers=("guest",))
    assert refused(lambda: made.do("secretary", given)) == "reader-outside"
    made.do("secretary", PRIVATE)
    assert refused(lambda: made.do("secretary", c.AddressPaper("p2", ("a", "guest")))) == "reader-outside"


def test_a_unit_that_has_nobody_left_is_not_linked_either() -> None:
    made = Played().do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3)).do("secretary", c.Uninvite(("guest",)))
    assert set(made.state.rooms) == {"s1"}
    seat, room = e.Seat("guest", "m7", "v", "guest"), e.Room("s2", "v")
    made.do("secretary", c.Invite((seat,), (room,)))
    assert "guest" in made.state.seats and set(made.state.rooms) == {"s1", "s2"}


def test_no_reader_is_told_who_else_is_one() -> None:
    made = played()
    attached = e.draft(made.happenings[-1])
    event = Event("s", 90, LATER, "n", SECRETARY, "", "", attached.kind, 1, "", attached.body, "", "", "")
    bodies = [view(event, view_of(made.state, who), made.state).body for who in ("secretary", "a")]
    assert [body and body["readers"] for body in bodies] == [("a",), None]


def test_what_lies_with_the_head_of_the_office_is_not_changed() -> None:
    made = Played(seats=(*Played().state.seats.values(), e.Seat("head", "m8", "u", "approver")))
    made.do("secretary", c.AddItem("i1", "Ngân sách"), PRIVATE, c.SubmitAgenda())
    assert refused(lambda: made.do("secretary", c.AddressPaper("p2", None))) == "agenda-submitted"


@pytest.mark.parametrize("readers", [None, ("a",), ("a", "b")])
def test_an_older_journal_has_papers_for_everybody(readers: tuple[str, ...] | None) -> None:
    body = e.draft(e.PaperAttached("p", "i", "T", "f" * 64, 1, 1, readers)).body
    if readers is None:
        body = {name: value for name, value in body.items() if name != "readers"}
    happening = e.decode("paper-attached", body)
    assert isinstance(happening, e.PaperAttached) and msgspec.structs.asdict(happening)["readers"] == readers


def closed_item() -> Played:
    """A closed item is on, in which somebody speaks; a guest is in the next room."""
    made = Played().opened().do("secretary", c.AddItem("i3", "Nhân sự", closed=True), c.OpenItem("i3"))
    return made.do("a", c.AskFloor()).do("chair", c.GiveFloor("a"))


def test_who_is_outside_a_closed_item_is_not_told_who_speaks_in_it() -> None:
    made = closed_item()
    made.do("deputy", c.AskFloor())
    inside, *outside = (screen(made.state, viewer, {}, {}).stage for viewer in (
        view_of(made.state, "b"), view_of(made.state, "guest"), SITE_VIEW, View("outside"),
    ))  # fmt: skip
    assert inside.speaker == "a" and inside.queue
    assert all((one.speaker, one.since, one.queue, one.stage) == ("", 0, (), "") for one in outside)
    given = e.draft(e.FloorGiven("a", "s1"))
    event = Event("s", made.state.seq, made.at, "n", SECRETARY, "", "", given.kind, 1, "", given.body, "", "", "")
    made.do("chair", c.EndFloor()).do("secretary", c.OpenItem("i1"))
    later = {who: view(event, one, made.state).body is not None for who, one in viewers(made).items()}
    inside = {"chair", "clerk", "a", "b"}
    assert {who for who, seen in later.items() if seen} == inside, "nor when it is over, and a guest or a wall resumes"
    made.do("a", c.AskFloor()).do("chair", c.GiveFloor("a"))
    assert screen(made.state, view_of(made.state, "guest"), {}, {}).stage.speaker == "a"


def test_who_is_outside_neither_speaks_nor_waits_in_a_closed_item() -> None:
    made = Played().opened().do("secretary", c.AddItem("i3", "Nhân sự", closed=True), c.OpenItem("i1"))
    made.do("guest", c.AskFloor()).do("a", c.AskFloor()).do("chair", c.GiveFloor("guest"))
    made.do("secretary", c.OpenItem("i3"))
    assert (made.state.floor.speaker, [one.person for one in made.state.floor.queue]) == ("", ["a"])
    assert refused(lambda: made.do("guest", c.AskFloor())) == "person-outside"
    assert refused(lambda: made.do("chair", c.GiveFloor("guest"))) == "person-outside"
    made.do("secretary", c.OpenItem("i2")).do("guest", c.AskFloor()).do("secretary", c.OpenItem("i1"))
    assert "guest" in [one.person for one in made.state.floor.queue], "of an open item nobody is sent away"


def test_nothing_of_a_speech_goes_on_when_the_doors_open_again() -> None:
    made = closed_item().do("deputy", c.AskFloor())
    made.at += 600_000
    made.do("secretary", c.OpenItem("i1"))
    assert (made.state.floor.speaker, made.state.floor.queue) == ("", ())
    spoken = {
        seat.person: seat.spoken for seat in screen(made.state, view_of(made.state, "guest"), {}, {}).attendance.seats
    }
    assert not any(spoken.values())


def test_that_results_of_a_closed_item_are_told_is_not_told_outside() -> None:
    made = Played().opened().do("secretary", c.AddItem("i3", "Nhân sự", closed=True), c.OpenItem("i3"))
    made.do("chair", c.OpenVote("b3", "i3", "Kỷ luật?", held=True))
    for person in ("chair", "deputy", "a"):
        made.do(person, c.Cast("b3", ("for",)))
    made.do("chair", c.CloseVote("b3"), c.ReleaseResults())
    released = e.draft(made.happenings[-1])
    event = Event("s", made.state.seq, made.at, "n", SECRETARY, "", "", released.kind, 1, "", released.body, "", "", "")
    seen = {who for who, one in viewers(made).items() if view(event, one, made.state).body is not None}
    assert released.kind == "results-released" and seen == {"chair", "clerk", "a", "b"}


def test_who_was_sent_by_a_guest_goes_when_the_guest_does_and_speaks_no_more_than_the_guest() -> None:
    rule = msgspec.structs.replace(RULE, guests="listen", substitutes="speak")
    sent = e.Seat("sub", "m9", "v", "substitute", stands_for="guest")
    made = Played(rule).do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3)).do("guest", c.SendSubstitute(sent))
    gone = Played(rule).do("secretary", c.AddItem("i1", "Ngân sách"), c.Release(3)).do("guest", c.SendSubstitute(sent))
    gone.do("secretary", c.Uninvite(("guest",)))
    assert not {"guest", "sub"} & gone.state.seats.keys()
    made.do("chair", c.Open()).do("sub", c.CheckIn())
    assert refused(lambda: made.do("sub", c.AskFloor())) == "guests-listen"
    assert refused(lambda: made.do("secretary", c.Uninvite(("guest",)))) == "already-attended"


def test_nor_for_how_long_anybody_spoke_in_it() -> None:
    made = closed_item()
    made.at += 60_000
    made.do("chair", c.EndFloor())

    def told(who: str) -> tuple[int, int]:
        shown = screen(made.state, view_of(made.state, who), {}, {})
        by_person = {seat.person: seat.spoken for seat in shown.attendance.seats}
        return by_person["a"], {site.site: site.spoken for site in shown.sites}["s1"]

    assert min(told("b")) > 60_000 and told("guest") == (0, 0)


@pytest.mark.parametrize(
    "who_ends, end", [("secretary", c.OpenItem("i1")), ("chair", c.Suspend("Trưa")), ("chair", c.Close())]
)
def test_what_was_said_in_a_closed_item_up_to_its_last_moment_stays_in_it(who_ends: str, end: c.AnyCommand) -> None:
    made = closed_item()
    before = made.at
    made.do("chair", c.EndFloor())
    ended = e.draft(made.happenings[-1])
    event = Event("s", made.state.seq, made.at, "n", SECRETARY, "", "", ended.kind, 1, "", ended.body, "", "", "")
    made.at = before  # the item ends in the same millisecond
    made.do(who_ends, end)
    seen = {who: view(event, view_of(made.state, who), made.state).body is not None for who in ("b", "guest")}
    assert ended.kind == "floor-ended" and seen == {"b": True, "guest": False}


def test_what_was_closed_when_it_was_put_on_the_agenda_stays_untold_though_opened_later() -> None:
    made = Played().opened()
    made.do("secretary", c.AddItem("i3", "Kỷ luật ông X", closed=True))
    added = e.draft(made.happenings[-1])
    made.do("secretary", c.ChangeItem("i3", "Việc khác", 15, "", "", closed=False))
    changed = e.draft(made.happenings[-1])
    events = [
        Event("s", seq, LATER, "n", SECRETARY, "", "", one.kind, 1, "", one.body, "", "", "")
        for seq, one in enumerate((added, changed), 90)
    ]
    seen = {
        who: [view(one, viewer, made.state).body is not None for one in events] for who, viewer in viewers(made).items()
    }
    assert seen["guest"] == seen["site"] == [False, True] and seen["b"] == [True, True]


def test_the_draft_and_what_is_said_of_it_are_for_those_who_came() -> None:
    made = Played().opened()
    made.do("chair", c.Close()).do("secretary", c.SaveMinutes(0, "f" * 64), c.OpenComments())
    absent = [person for person in made.state.seats if person not in made.state.ever_present]
    assert absent
    for person, seat in made.state.seats.items():
        shown = screen(made.state, view_of(made.state, person), {}, {}).minutes
        desk = view_of(made.state, person).kind == "desk"
        assert desk or shown.open_to_comments == (person in made.state.ever_present), (person, seat)


def test_signed_minutes_do_not_go_to_guests_from_whom_something_was_closed() -> None:
    for closed, expected in ((True, ("a",)), (False, ("a", "guest"))):
        made = Played().opened().do("secretary", c.AddItem("i3", "Nhân sự", closed=closed), c.OpenItem("i3"))
        made.do("chair", c.Close())
        signed = msgspec.structs.replace(made.state, minutes=Minutes(step="signed"))
        [told] = decide(signed, c.Circulate(("a", "guest")), "clerk")
        assert isinstance(told, e.Circulated) and told.people == expected
