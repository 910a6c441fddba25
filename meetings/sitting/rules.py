"""What makes a sitting lawful and a vote carried, as dated data. Pure.

Quorum, majority base, the tie and the days of notice differ by unit and by date, so they are values of a rule set,
never code elsewhere. The sets themselves are documents (rule_sets/*.toml, or a unit's own: rule_book.py); a sitting
keeps the one it was convened under, whole, in its first event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from store.errors import Refused

from ..people.model import Role

Occasion = Literal["ordinary", "thematic", "urgent"]  # thường kỳ, chuyên đề, đột xuất
Choice = str  # "for" | "against" | "silent", or the number of a named option: "1", "2" ...
FOR, AGAINST, SILENT = "for", "against", "silent"  # tán thành, không tán thành, không biểu quyết
RESOLUTION: tuple[Choice, ...] = (FOR, AGAINST, SILENT)
SECRET_LEAST = 5  # below so many ballots, the result alone tells who chose what

Share = tuple[Annotated[int, Meta(ge=1, le=1000)], Annotated[int, Meta(ge=1, le=1000)]]
# Who reads what others comment on a paper: whoever reads it; the desk and who reports on it; or nobody makes any.
PaperComments = Literal["shared", "presiding", "none"]
Days = Annotated[int, Meta(ge=0, le=60)]


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Working days between the papers' release and the sitting, by its occasion."""

    ordinary: Days
    thematic: Days
    urgent: Days


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares are (numerator, denominator). Law and regulation are named in `source`; `unsure` names the fields whose
    source was not read in full, and the screen says so."""

    id: str
    title: str
    source: str
    valid_from: str
    entitled: tuple[Role, ...]  # offices whose holders, where counted, are the members
    quorum: Share  # at least this share of all members must be present
    majority: Share  # more than this share of the base must be for
    base: Literal["members", "present"]  # all members, or those present as the vote was opened
    tie: Literal["chair", "chair-at-half", "lost"]  # sides equal: the chair's; so only at half the base each; or lost
    changeable: bool  # an open vote may be changed until it is closed
    notice: Notice
    opinion_ballots: Literal["urgent-or-undisputed", "any", "none"]  # written votes outside a sitting
    guests: Literal["speak", "listen"]
    substitutes: Literal["none", "speak", "vote"]  # what someone sent instead of a member may do
    without_quorum: Literal["discuss", "wait"] = "discuss"  # no vote is held; or no item is opened or concluded either
    chat_in_record: bool = False  # what is said in the chat goes into the minutes
    read_receipts: bool = True  # chair and secretary see who has read which page of the papers
    paper_comments: PaperComments = "shared"
    unsure: tuple[str, ...] = ()


def quorum_needed(rule: RuleSet, members: int) -> int:
    """Smallest number present that reaches the share: 8 of 11 at two thirds."""
    top, bottom = rule.quorum
    return -(-members * top // bottom)


def quorate(rule: RuleSet, present: int, members: int) -> bool:
    return members > 0 and present >= quorum_needed(rule, members)


def majority_needed(rule: RuleSet, base: int) -> int:
    """Smallest number that is more than the share: 6 of 11 at one half, 6 of 10 too."""
    top, bottom = rule.majority
    return base * top // bottom + 1


def codes(options: Sequence[str]) -> tuple[Choice, ...]:
    """What may be chosen on a ballot with these named OPTIONS; with none, it is a resolution's."""
    return (*(str(number) for number in range(1, len(options) + 1)), SILENT) if options else RESOLUTION


def checked_choices(options: Sequence[str], seats: int, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """CHOICES in the ballot's order, if one voter may give them: one answer, or up to SEATS of the named options.
    Raises Refused `field-wrong`."""
    known = codes(options)
    given = tuple(code for code in known if code in choices)
    most = 1 if SILENT in given or not options else seats
    if not 1 <= len(given) <= most or len(given) != len(choices):
        raise Refused("field-wrong", field="choices")
    return given


class Result(msgspec.Struct, frozen=True):
    """A vote's outcome with everything needed to show the arithmetic in words."""

    counts: tuple[tuple[Choice, int], ...]  # in the ballot's order; "silent" is who answered "not voting"
    unheard: int  # entitled, but gave no answer: not the same as silent
    members: int
    base: int  # what the majority is counted over
    needed: int
    carried: tuple[Choice, ...]  # "for", or the options elected, most votes first
    by_chair: bool  # the sides were equal, decided by the one the chair voted with
    tied: tuple[Choice, ...]  # options equal at the last seat: none of them is carried

    @property
    def passed(self) -> bool:
        return bool(self.carried)

    def of(self, choice: Choice) -> int:
        return dict(self.counts).get(choice, 0)


class Poll(msgspec.Struct, frozen=True):
    """What was put to the vote, as far as counting asks."""

    options: tuple[str, ...]  # named; none for a resolution
    seats: int  # how many of them can be carried
    members: int
    present: int  # as it was opened


def tally(poll: Poll, votes: Mapping[str, Sequence[Choice]]) -> dict[Choice, int]:
    """Choices of VOTES (person -> choices), counted."""
    return {code: sum(code in chosen for chosen in votes.values()) for code in codes(poll.options)}


def result(
    rule: RuleSet, poll: Poll, counts: Mapping[Choice, int], answered: int, chair: Sequence[Choice] = ()
) -> Result:
    """The outcome of COUNTS given by ANSWERED voters. CHAIR: what the chair chose, () where that is not known."""
    base = poll.members if rule.base == "members" else poll.present
    needed = majority_needed(rule, base)
    carried, tied = _elected(poll, counts, needed) if poll.options else (_resolved(counts, needed), ())
    by_chair = False
    if not poll.options and not carried and quorate(rule, answered, poll.members) and _equal(rule, counts, base):
        by_chair = chair in ((FOR,), (AGAINST,))
        carried = (FOR,) if chair == (FOR,) else ()
    shown = tuple((code, counts.get(code, 0)) for code in codes(poll.options))
    return Result(shown, poll.members - answered, poll.members, base, needed, carried, by_chair, tied)


def _resolved(counts: Mapping[Choice, int], needed: int) -> tuple[Choice, ...]:
    return (FOR,) if counts.get(FOR, 0) >= needed else ()


def _equal(rule: RuleSet, counts: Mapping[Choice, int], base: int) -> bool:
    """Are the sides equal, so that the rule looks to the chair? Article 117 of Law 77/2015 says equal, no more; that as
    many took part as a sitting needs is asked before. A regulation may mean half of all members on each side."""
    yes, no = counts.get(FOR, 0), counts.get(AGAINST, 0)
    if rule.tie == "lost" or yes != no or not yes:
        return False
    return rule.tie == "chair" or yes * rule.majority[1] == base * rule.majority[0]


def _elected(poll: Poll, counts: Mapping[Choice, int], needed: int) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Options with a majority, most votes first, as many as there are seats; who is equal at the last seat is not."""
    enough = [code for code in codes(poll.options) if code != SILENT and counts.get(code, 0) >= needed]
    ranked = sorted(enough, key=lambda code: -counts[code])
    if len(ranked) <= poll.seats:
        return tuple(ranked), ()
    last = counts[ranked[poll.seats]]
    tied = tuple(code for code in ranked if counts[code] == last) if counts[ranked[poll.seats - 1]] == last else ()
    return tuple(code for code in ranked[: poll.seats] if code not in tied), tied
