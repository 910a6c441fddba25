"""What makes a sitting lawful and a vote carried, as dated data. Pure.

Quorum, majority base, the tie and the days of notice differ by unit and by date, so they are values here, never
code elsewhere. A sitting keeps the rule set it was convened under.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from store.errors import Refused

Choice = Literal["for", "against", "silent"]  # tán thành, không tán thành, không biểu quyết
CHOICES: tuple[Choice, ...] = ("for", "against", "silent")


class RuleSet(msgspec.Struct, frozen=True):
    """Shares are (numerator, denominator) of all members, present or not."""

    id: str
    source: str
    valid_from: str
    quorum: tuple[int, int]  # at least this share must be present
    majority: tuple[int, int]  # more than this share must be for
    tie: Literal["chair", "lost"]  # for and against equal: the side the chair voted with, or lost
    notice_days: int  # working days between release and an ordinary sitting
    sure: bool = True  # False: the source was not read in full, and the screen says so


# Law 77/2015/QH13 as amended by 47/2019/QH14, articles 113, 114 and 117.
COMMITTEE_2019 = RuleSet(
    id="ubnd-2019",
    source="Luật 77/2015/QH13, sửa đổi bởi Luật 47/2019/QH14, Điều 113, 114, 117",
    valid_from="2020-07-01",
    quorum=(2, 3),
    majority=(1, 2),
    tie="chair",
    notice_days=3,
)
# Law 72/2025/QH15 rules two-tier government. Its articles on sittings were not read: marked unsure, values as before.
COMMITTEE_2025 = msgspec.structs.replace(
    COMMITTEE_2019, id="ubnd-2025", source="Luật 72/2025/QH15", valid_from="2025-07-01", sure=False
)
SHIPPED: tuple[RuleSet, ...] = (COMMITTEE_2019, COMMITTEE_2025)


def on(day: str, sets: tuple[RuleSet, ...] = SHIPPED) -> RuleSet:
    """The rule set in force on DAY."""
    in_force = [rule for rule in sets if rule.valid_from <= day]
    if not in_force:
        raise Refused("no-rule-set")
    return max(in_force, key=lambda rule: rule.valid_from)


def named(rule_id: str, sets: tuple[RuleSet, ...] = SHIPPED) -> RuleSet:
    for rule in sets:
        if rule.id == rule_id:
            return rule
    raise Refused("no-rule-set")


def quorum_needed(rule: RuleSet, members: int) -> int:
    """Smallest number present that reaches the share: 8 of 11 at two thirds."""
    top, bottom = rule.quorum
    return -(-members * top // bottom)


def quorate(rule: RuleSet, present: int, members: int) -> bool:
    return members > 0 and present >= quorum_needed(rule, members)


def majority_needed(rule: RuleSet, members: int) -> int:
    """Smallest number that is more than the share: 6 of 11 at one half, 6 of 10 too."""
    top, bottom = rule.majority
    return members * top // bottom + 1


class Result(msgspec.Struct, frozen=True):
    """A vote's outcome with everything needed to show the arithmetic in words."""

    yes: int
    no: int
    silent: int  # present, voted "not voting"
    unheard: int  # entitled, but gave no answer: not the same as silent
    members: int  # all members: the base
    needed: int
    passed: bool
    by_chair: bool = False  # a tie, decided by the side the chair voted with


def result(rule: RuleSet, members: int, votes: dict[str, Choice], chair: str) -> Result:
    """Count VOTES (person -> choice) among MEMBERS. A tie goes to the chair's side where the rule says so."""
    count = {choice: sum(1 for vote in votes.values() if vote == choice) for choice in CHOICES}
    yes, no = count["for"], count["against"]
    needed = majority_needed(rule, members)
    passed, by_chair = yes >= needed, False
    # Article 117: equal sides means half of all members each way, the rest having nothing more to add.
    if not passed and rule.tie == "chair" and yes == no and yes * rule.majority[1] == members * rule.majority[0]:
        by_chair = chair in votes and votes[chair] in ("for", "against")
        passed = votes.get(chair) == "for"
    return Result(yes, no, count["silent"], members - len(votes), members, needed, passed, by_chair)
