"""An opinion ballot: what happens to it, its state as a fold of that, and what the rules make of the answers. Pure.

Members answer in writing by a deadline; the majority is that of all members, as in a sitting (Law 77/2015, Article
117), and the outcome is reported at the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from store.chain import Event
from store.errors import Denied, Refused

from ..sitting import rules
from ..sitting.rules import RESOLUTION, Choice, Poll, Result, RuleSet

Ground = Literal["urgent", "undisputed", "other"]  # việc gấp, không cần thảo luận, việc khác


class Happening(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of all events of an opinion ballot."""


class Opened(Happening, frozen=True, tag="opinion-opened"):
    title: str
    unit: str
    text: str
    ground: Ground
    rules: RuleSet
    electorate: tuple[str, ...]
    chair: str
    deadline: int  # UTC milliseconds


class PaperAdded(Happening, frozen=True, tag="opinion-paper-added"):
    name: str
    sha256: str
    pages: int
    size: int


class Given(Happening, frozen=True, tag="opinion-given"):
    person: str
    choice: Choice
    comment: str


class Reminded(Happening, frozen=True, tag="opinion-reminded"):
    people: tuple[str, ...]


class Closed(Happening, frozen=True, tag="opinion-closed"):
    result: Result


class CalledOff(Happening, frozen=True, tag="opinion-called-off"):
    reason: str


class Reported(Happening, frozen=True, tag="opinion-reported"):
    sitting: str


AnyHappening = Opened | PaperAdded | Given | Reminded | Closed | CalledOff | Reported


class Answer(msgspec.Struct, frozen=True):
    choice: Choice
    comment: str
    at: int


class Opinion(msgspec.Struct, frozen=True):
    id: str = ""
    title: str = ""
    unit: str = ""
    text: str = ""
    ground: Ground = "other"
    rules: RuleSet | None = None
    electorate: tuple[str, ...] = ()
    chair: str = ""
    opened_at: int = 0
    deadline: int = 0
    papers: tuple[PaperAdded, ...] = ()
    answers: Mapping[str, Answer] = {}
    reminded_at: int = 0
    closed_at: int = 0
    result: Result | None = None
    called_off: str = ""  # why
    reported: str = ""  # the sitting it was reported at

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(person for person in self.electorate if person not in self.answers)

    def is_due(self, now: int) -> bool:
        """Is it to be counted: all have answered, or the time is up?"""
        return not self.closed_at and (now >= self.deadline or not self.missing)


TOLD = {Opened: "opinion-opened", Reminded: "opinion-reminded", Closed: "opinion-closed",
        CalledOff: "opinion-called-off"}  # fmt: skip


def told(state: Opinion, happening: AnyHappening) -> tuple[str, tuple[str, ...]]:
    """What of HAPPENING is told outside, and to whom."""
    people = happening.people if isinstance(happening, Reminded) else state.electorate
    kind = TOLD.get(type(happening), "")
    return kind, people if kind else ()


REMIND_MS = 86_400_000  # so long before the deadline, whoever has not answered is reminded


def remind_in_time(state: Opinion, now: int) -> list[AnyHappening]:
    """Once, in the last day; not of a ballot that is no older than that."""
    begins = state.deadline - REMIND_MS
    late = begins <= now < state.deadline and not state.closed_at
    if not late or not state.missing or max(state.reminded_at, state.opened_at) >= begins:
        return []
    return [Reminded(state.missing)]


def evolve(state: Opinion, happening: AnyHappening, at: int) -> Opinion:
    if isinstance(happening, Opened):
        given: dict[str, Any] = msgspec.structs.asdict(happening)
        return replace(state, **given, opened_at=at)
    if isinstance(happening, PaperAdded):
        return replace(state, papers=(*state.papers, happening))
    if isinstance(happening, Given):
        answer = Answer(happening.choice, happening.comment, at)
        return replace(state, answers={**state.answers, happening.person: answer})
    if isinstance(happening, Reminded):
        return replace(state, reminded_at=at)
    if isinstance(happening, Closed):
        return replace(state, result=happening.result, closed_at=at)
    if isinstance(happening, CalledOff):
        return replace(state, called_off=happening.reason, closed_at=at)
    return replace(state, reported=happening.sitting)


def demand_allowed(rule: RuleSet, ground: Ground) -> None:
    """What may be decided in writing is said by the rules of the unit. Raises Refused."""
    if rule.opinion_ballots == "none":
        raise Refused("opinions-none")
    if rule.opinion_ballots == "urgent-or-undisputed" and ground == "other":
        raise Refused("opinions-urgent")


def add_paper(state: Opinion, added: PaperAdded) -> list[AnyHappening]:
    """Into the dossier, until the first answer is in."""
    if state.answers or state.closed_at:
        raise Refused("already-released")
    return [] if any(paper.sha256 == added.sha256 for paper in state.papers) else [added]


def remind(state: Opinion) -> list[AnyHappening]:
    if not state.missing or state.closed_at:
        raise Refused("all-replied")
    return [Reminded(state.missing)]


def give(state: Opinion, person: str, choice: Choice, comment: str, now: int) -> list[AnyHappening]:
    """One answer a member; changed until the deadline where the rules say so."""
    assert state.rules is not None
    if person not in state.electorate:
        raise Denied("no-vote")
    if state.closed_at or now >= state.deadline:
        raise Refused("opinion-closed")
    if choice not in RESOLUTION:
        raise Refused("field-wrong", field="choices")
    before = state.answers.get(person)
    if before is not None and (before.choice, before.comment) == (choice, comment):
        return []
    if before is not None and not state.rules.changeable:
        raise Refused("voted-already")
    return [Given(person, choice, comment)]


def close(state: Opinion) -> list[AnyHappening]:
    """Count: the majority is that of all members; who gave no answer is heard on neither side."""
    assert state.rules is not None
    votes = {person: (answer.choice,) for person, answer in state.answers.items()}
    members = len(state.electorate)
    poll = Poll((), 1, members, members)  # nobody is present at it: the base is all members, whatever a sitting's is
    chair = votes.get(state.chair, ())
    return [Closed(rules.result(state.rules, poll, rules.tally(poll, votes), len(votes), chair))]


def fold(id_: str, events: list[Event]) -> Opinion:
    """The state that a whole stream leads to."""
    state = Opinion(id=id_)
    for event in events:
        assert event.body is not None
        happening: AnyHappening = msgspec.convert({**event.body, "kind": event.kind}, AnyHappening)
        state = evolve(state, happening, event.at)
    return state
