"""Quorum, majority and the tie as a table of cases: meetings.sitting.rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from meetings.sitting import rule_book, rules
from meetings.sitting.rules import Poll
from store.errors import Refused

RULE = rule_book.shipped()[0].rule


@pytest.mark.parametrize(("members", "needed"), [(11, 8), (9, 6), (10, 7), (3, 2), (1, 1), (12, 8)])
def test_quorum_is_two_thirds_of_all_members(members: int, needed: int) -> None:
    assert rules.quorum_needed(RULE, members) == needed
    assert rules.quorate(RULE, needed, members)
    assert not rules.quorate(RULE, needed - 1, members)


def test_seven_of_eleven_are_too_few() -> None:
    assert not rules.quorate(RULE, 7, 11)
    assert not rules.quorate(RULE, 0, 0)


@pytest.mark.parametrize(
    ("members", "yes", "no", "silent", "chair", "passed", "by_chair"),
    [
        (11, 6, 5, 0, "for", True, False),
        (11, 5, 3, 0, "for", False, False),  # most of those present, not of all members
        (11, 8, 0, 1, "for", True, False),
        (10, 5, 5, 0, "for", True, True),
        (10, 5, 5, 0, "against", False, True),
        (11, 5, 5, 1, "for", True, True),  # equal, and one not voting: the chair's side, by the words of the law
        (11, 5, 5, 1, "against", False, True),
        (11, 5, 5, 1, "silent", False, False),  # the chair was on neither side
        (10, 5, 5, 0, "", False, False),  # the chair did not vote
        (10, 5, 4, 1, "for", False, False),
        (10, 6, 4, 0, "against", True, False),
        (11, 4, 4, 0, "for", True, True),  # eight took part: a quorum
        (11, 3, 3, 1, "for", False, False),  # seven: too few for the chair's side to be the committee's
        (11, 0, 0, 8, "silent", False, False),
        (11, 0, 0, 0, "", False, False),  # nobody answered: no tie of nothing
    ],
)  # fmt: skip
def test_a_vote_is_counted_over_all_members(
    members: int, yes: int, no: int, silent: int, chair: str, passed: bool, by_chair: bool
) -> None:
    poll, counts = Poll((), 1, members, yes + no + silent), {"for": yes, "against": no, "silent": silent}
    counted = rules.result(RULE, poll, counts, yes + no + silent, (chair,) if chair else ())
    assert dict(counted.counts) == counts and counted.unheard == members - yes - no - silent
    assert (counted.passed, counted.by_chair) == (passed, by_chair)


def test_who_is_absent_is_never_taken_for_one_who_does_not_vote() -> None:
    poll = Poll((), 1, 11, 8)
    silent = rules.result(RULE, poll, {"for": 5, "silent": 3}, 8)
    absent = rules.result(RULE, poll, {"for": 5}, 5)
    assert (silent.of("silent"), silent.unheard) == (3, 3) and (absent.of("silent"), absent.unheard) == (0, 6)


@pytest.mark.parametrize(
    ("change", "counts", "chair", "passed"),
    [
        ({"tie": "chair-at-half"}, (5, 5, 1), "for", False),  # of 11: not half on each side
        ({"tie": "lost"}, (5, 5, 1), "for", False),
        ({"base": "present"}, (5, 3, 0), "for", True),  # 5 of the 8 present
        ({"majority": (2, 3)}, (7, 1, 0), "for", False),
        ({"majority": (2, 3)}, (8, 0, 0), "for", True),
    ],
)
def test_what_differs_by_regulation_is_data(
    change: dict[str, object], counts: tuple[int, int, int], chair: str, passed: bool
) -> None:
    rule = replace(RULE, **change)
    given_ = dict(zip(rules.RESOLUTION, counts, strict=True))
    poll = Poll((), 1, 11, sum(counts))
    assert rules.result(rule, poll, given_, sum(counts), (chair,)).passed is passed


@pytest.mark.parametrize(
    ("seats", "counts", "carried", "tied"),
    [
        (1, {"1": 7, "2": 4}, ("1",), ()),
        (1, {"1": 5, "2": 5}, (), ()),  # nobody has more than half
        (2, {"1": 7, "2": 9, "3": 6}, ("2", "1"), ()),
        (2, {"1": 9, "2": 7, "3": 7}, ("1",), ("2", "3")),  # equal at the last seat: neither
        (1, {"1": 6, "2": 6}, (), ("1", "2")),
        (3, {"1": 6, "2": 6, "3": 5}, ("1", "2"), ()),
    ],
)
def test_named_options_are_elected_by_most_votes_with_a_majority(
    seats: int, counts: dict[str, int], carried: tuple[str, ...], tied: tuple[str, ...]
) -> None:
    poll = Poll(("A", "B", "C")[: max(2, len(counts))], seats, 11, 11)
    found = rules.result(RULE, poll, counts, 11)
    assert (found.carried, found.tied) == (carried, tied)


@given(st.integers(1, 60), st.data())
def test_two_sides_never_both_carry_and_the_sum_is_the_membership(members: int, data: st.DataObject) -> None:
    yes = data.draw(st.integers(0, members))
    no = data.draw(st.integers(0, members - yes))
    poll = Poll((), 1, members, members)
    found = rules.result(RULE, poll, {"for": yes, "against": no}, yes + no, ("for",))
    other = rules.result(RULE, poll, {"for": no, "against": yes}, yes + no, ("against",))
    assert found.unheard + sum(count for _, count in found.counts) == members
    assert not (found.passed and other.passed)
    assert found.passed or 2 * yes <= members


@pytest.mark.parametrize(
    ("options", "seats", "choices"),
    [
        ((), 1, ()), ((), 1, ("for", "against")), ((), 1, ("yes",)), ((), 1, ("1",)), (("A", "B"), 1, ("1", "2")),
        (("A", "B"), 1, ("for",)), (("A", "B", "C"), 2, ("1", "silent")), (("A", "B"), 1, ("3",)),
        ((), 1, ("for", "for")),
    ],
)  # fmt: skip
def test_a_ballot_that_says_too_much_or_nothing_is_refused(
    options: tuple[str, ...], seats: int, choices: tuple[str, ...]
) -> None:
    with pytest.raises(Refused):
        rules.checked_choices(options, seats, choices)
    assert rules.checked_choices(("A", "B", "C"), 2, ("3", "1")) == ("1", "3")
