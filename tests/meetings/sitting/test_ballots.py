"""Votes of every way as the chair puts them and members answer: meetings.sitting.ballots, decided in memory."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from meetings.sitting import ballots, screen, views
from meetings.sitting import commands as c
from meetings.sitting import events as e
from store.errors import Denied, Refused, Stale
from tests.kit.played import RULE, Played, refused

MEMBERS = tuple(f"m{n}" for n in range(1, 8))
SEATS = (
    e.Seat("chair", "x", "u", "chair", True), *(e.Seat(name, name, "u", "member", True) for name in MEMBERS),
    e.Seat("secretary", "s", "u", "secretary"), e.Seat("guest", "g", "v", "guest"),
)  # fmt: skip


def put(way: e.VoteWay = "open", rule: object = RULE, **given: object) -> Played:
    """A vote is open before eight members, seven of them here."""
    played = Played(rule, SEATS)  # type: ignore[arg-type]
    played.do("secretary", c.AddItem("i1", "Nhân sự", question="Bầu ai?"), c.Release(3)).do("chair", c.Open())
    for person in ("chair", *MEMBERS[:6]):
        played.do(person, c.CheckIn(site="s1"))
    played.do("guest", c.CheckIn(site="s2")).do("chair", c.OpenItem("i1"))
    return played.do("chair", c.OpenVote("b", "i1", way=way, **given))  # type: ignore[arg-type]


def the_ballot(played: Played) -> screen.BallotPart:
    shown = screen.screen(played.state, views.View("part"), {}, {})
    return shown.ballots[-1]


def test_the_electorate_and_who_is_here_are_fixed_as_it_opens() -> None:
    played = put().do("m7", c.CheckIn(site="s1"))
    [ballot] = played.state.ballots
    assert ballot.electorate == (*MEMBERS, "chair") and len(ballot.present) == 7
    played.do("m7", c.Cast("b", ("for",)))  # who comes late may vote: the majority is that of all members
    assert ballot.poll.members == 8


def test_a_hand_raised_in_the_room_is_put_down_by_who_conducts() -> None:
    played = put().do("secretary", c.RecordVote("b", "m1", ("for",)))
    assert isinstance(played.happenings[-1], e.VoteCast) and played.happenings[-1].by == "secretary"
    assert refused(lambda: played.do("secretary", c.RecordVote("b", "m7", ("for",)))) == "check-in-first"
    assert refused(lambda: played.do("secretary", c.RecordVote("b", "guest", ("for",))), Denied) == "no-vote"
    played.do("secretary", c.RecordVote("b", "m1", ("against",)))  # a slip of the hand, put right
    assert the_ballot(played).by_hand == ("m1",)
    played.do("m1", c.Cast("b", ("silent",)))
    assert refused(lambda: played.do("secretary", c.RecordVote("b", "m1", ("for",)))) == "voted-themselves"
    assert the_ballot(played).by_hand == () and played.state.ballots[0].votes["m1"] == ("silent",)
    assert the_ballot(played).absent == 1, "absent is neither abstaining nor silent"


def test_a_vote_is_changed_only_where_the_rules_say_so() -> None:
    played = put(rule=replace(RULE, changeable=False)).do("m1", c.Cast("b", ("for",)), c.Cast("b", ("for",)))
    assert refused(lambda: played.do("m1", c.Cast("b", ("against",)))) == "voted-already"
    assert played.state.ballots[0].votes == {"m1": ("for",)} and not the_ballot(played).changeable


def test_a_roll_call_goes_from_seat_to_seat_the_chair_last() -> None:
    played = put("roll-call")
    asked = []
    while person := ballots.called(played.state, played.state.ballots[0]):
        asked.append(person)
        if person != "chair":
            assert refused(lambda: played.do("chair", c.Cast("b", ("for",)))) == "not-called-yet"
        if person == "m2":
            assert refused(lambda: played.do("secretary", c.PassVoter("b", "m3")), Stale) == "not-called"
            played.do("secretary", c.PassVoter("b", "m2"))
        else:
            played.do("secretary", c.RecordVote("b", person, ("for",)))
    assert asked == [*MEMBERS[:6], "chair"]
    played.do("m2", c.Cast("b", ("against",))).do("chair", c.CloseVote("b"))
    result = played.state.ballots[0].result
    assert result is not None and (result.of("for"), result.of("against"), result.unheard) == (6, 1, 1)
    assert ballots.called(played.state, played.state.ballots[0]) == ""


def test_named_options_are_chosen_up_to_the_seats() -> None:
    played = put(options=("Ông A", "Bà B", "Ông C"), seats=2)
    assert the_ballot(played).codes == ("1", "2", "3", "silent")
    for choices in (("1", "2", "3"), ("1", "silent"), ("for",), (), ("4",)):
        assert refused(lambda choices=choices: played.do("m1", c.Cast("b", choices))) == "field-wrong"  # type: ignore[misc]
    for person in MEMBERS[:5]:
        played.do(person, c.Cast("b", ("2", "1")))
    played.do("m6", c.Cast("b", ("silent",))).do("chair", c.Cast("b", ("3",)), c.CloseVote("b"))
    result = played.state.ballots[0].result
    assert result is not None and result.carried == ("1", "2") and result.of("silent") == 1


@pytest.mark.parametrize(
    ("options", "seats", "code"),
    [
        (("A",), 1, "options-few"), (("A", "A"), 1, "option-twice"), (("A", "B"), 2, "field-wrong"),
        ((), 2, "field-wrong"), (("A", "B"), 0, "field-wrong"), (tuple(map(str, range(65))), 1, "options-many"),
        (("A", " "), 1, "field-needed"),
    ],
)  # fmt: skip
def test_a_ballot_that_cannot_be_answered_is_not_put(options: tuple[str, ...], seats: int, code: str) -> None:
    assert refused(lambda: put(options=options, seats=seats)) == code


def test_results_of_a_series_are_held_back_to_its_end() -> None:
    played = put(held=True)
    for person in ("chair", *MEMBERS[:5]):
        played.do(person, c.Cast("b", ("for",)))
    assert the_ballot(played).votes == {} and the_ballot(played).cast == 6
    assert refused(lambda: played.do("chair", c.ReleaseResults())) == "vote-open"
    played.do("chair", c.CloseVote("b"))
    assert the_ballot(played).result is None and the_ballot(played).step == "closed"
    played.do("chair", c.OpenVote("b2", "i1", "Người thứ hai?", held=True), c.CloseVote("b2"), c.ReleaseResults())
    assert played.happenings[-1] == e.ResultsReleased(("b", "b2"))
    assert [one.result.passed for one in played.state.ballots if one.result] == [True, False]
    assert the_ballot(played).result is not None
    held = put(held=True).do("chair", c.CloseVote("b"), c.Close())
    assert not held.state.ballots[0].held, "the end of the sitting is the end of every series"


def test_a_vote_is_called_off_with_a_reason_and_held_anew() -> None:
    played = put().do("m1", c.Cast("b", ("for",)))
    assert refused(lambda: played.do("chair", c.CancelVote("b", " "))) == "field-needed"
    played.do("chair", c.CancelVote("b", "Câu hỏi ghi nhầm"))
    assert the_ballot(played).step == "voided" and the_ballot(played).reason == "Câu hỏi ghi nhầm"
    assert refused(lambda: played.do("m1", c.Cast("b", ("for",))), Stale) == "vote-voided"
    assert refused(lambda: played.do("chair", c.CancelVote("b", "Lại")), Stale) == "vote-closed"
    played.do("chair", c.OpenVote("b2", "i1"), c.CloseVote("b2"))
    assert refused(lambda: played.do("chair", c.CancelVote("b2", "Đổi")), Stale) == "vote-closed"


def test_a_secret_ballot_is_taken_once_and_never_says_what_is_on_it() -> None:
    played = put("secret").do("m1", c.CastSecretly("b", "100"))
    assert played.happenings[-1] == e.BallotTaken("b", "m1")
    for marks in ("010", "100"):
        assert refused(lambda marks=marks: played.do("m1", c.CastSecretly("b", marks))) == "voted-already"  # type: ignore[misc]
    for marks in ("110", "000", "10", "1000"):
        assert refused(lambda marks=marks: played.do("m2", c.CastSecretly("b", marks))) == "field-wrong"  # type: ignore[misc]
    assert refused(lambda: played.do("m2", c.Cast("b", ("for",)))) == "vote-secret"
    assert refused(lambda: played.do("secretary", c.RecordVote("b", "m2", ("for",)))) == "vote-secret"
    assert refused(lambda: played.do("m7", c.CastSecretly("b", "100"))) == "check-in-first"
    assert refused(lambda: played.do("chair", c.CloseVote("b"))) == "vote-secret"  # the room counts the urn
    assert refused(lambda: put().do("m1", c.CastSecretly("b", "100"))) == "vote-not-secret"


def test_a_secret_vote_needs_enough_ballots_to_be_one() -> None:
    played = put("secret")
    for person in MEMBERS[:4]:
        played.do(person, c.CastSecretly("b", "100"))
    few = c.CountVote("b", (("for", 4), ("against", 0), ("silent", 0)), 4)
    assert refused(lambda: played.do("chair", few)) == "secret-few-cast"
    played.do("m5", c.CastSecretly("b", "010"))
    played.do("chair", c.CountVote("b", (("for", 4), ("against", 1), ("silent", 0)), 5))
    result = played.state.ballots[0].result
    assert result is not None and not result.by_chair and result.unheard == 3
    played = put("open").do("chair", c.CloseVote("b"))
    for person in MEMBERS[3:6]:
        played.do(person, c.CheckOut())
    with pytest.raises(Refused, match="not-quorate"):
        played.do("chair", c.OpenVote("b2", "i1", way="secret"))


def test_four_of_four_are_too_few_for_a_secret() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1")).do("b", c.CheckIn(site="s1"))
    assert refused(lambda: played.do("chair", c.OpenVote("v", "i1", way="secret"))) == "secret-too-few"


def test_an_urn_that_lost_a_ballot_makes_the_vote_void() -> None:
    played = put("secret")
    for person in MEMBERS[:6]:
        played.do(person, c.CastSecretly("b", "100"))
    played.do("chair", c.CountVote("b", (("for", 5),), 5))
    assert played.happenings[-1] == e.VoteVoided("b", "urn")
    assert the_ballot(played).voted == MEMBERS[:6], "who took part is kept"
