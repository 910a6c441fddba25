"""Quorum, majority and the tie as a table of cases: meetings.sitting.rules."""

from __future__ import annotations

import pytest

from meetings.sitting import rules
from meetings.sitting.rules import COMMITTEE_2019 as RULE
from meetings.sitting.rules import Choice
from store.errors import Refused


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
        (10, 5, 4, 1, "for", False, False),  # one was silent: no tie
        (10, 6, 4, 0, "against", True, False),
        (11, 0, 0, 0, "", False, False),
    ],
)  # fmt: skip
def test_a_vote_is_counted_over_all_members(
    members: int, yes: int, no: int, silent: int, chair: str, passed: bool, by_chair: bool
) -> None:
    votes: dict[str, Choice] = {}
    choices: list[Choice] = ["for"] * yes + ["against"] * no + ["silent"] * silent
    if chair:
        choices.remove(chair)  # type: ignore[arg-type]
        votes["chair"] = chair  # type: ignore[assignment]
    votes |= {f"m{n}": choice for n, choice in enumerate(choices)}
    counted = rules.result(RULE, members, votes, "chair")
    assert (counted.yes, counted.no, counted.silent) == (yes, no, silent)
    assert counted.unheard == members - yes - no - silent
    assert (counted.passed, counted.by_chair) == (passed, by_chair)


def test_the_rule_set_follows_the_day() -> None:
    assert rules.on("2025-06-30").id == "ubnd-2019"
    assert rules.on("2026-11-24").id == "ubnd-2025"
    with pytest.raises(Refused):
        rules.on("2000-01-01")
    with pytest.raises(Refused):
        rules.named("none")
