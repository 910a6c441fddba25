"""What each event had to rest on, asked again of the journal before it: the rules, played by a second reader. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..sitting import events as e
from ..sitting import rules
from ..sitting.attendance import is_quorate, may_go_on
from ..sitting.model import Ballot
from ..sitting.rules import SECRET_LEAST, SILENT
from ..sitting.state import State

BEFORE, OPEN, OVER = ("planned", "released"), ("open",), ("closed",)
OUT = ("released", "open", "suspended")
GOING = ("planned", *OUT)
PHASES: dict[type, tuple[str, ...]] = {  # when what matters may happen; what is not here may come at any time
    e.Released: ("planned",), e.Cancelled: BEFORE, e.DetailsChanged: BEFORE, e.Opened: ("released",),
    e.Invited: GOING, e.Uninvited: GOING, e.ItemAdded: GOING, e.ItemChanged: GOING, e.ItemMoved: GOING,
    e.ItemRemoved: GOING, e.PaperAttached: GOING, e.PaperAddressed: GOING, e.PaperDetached: GOING,
    e.PaperHandedOut: GOING, e.PaperStopped: GOING, e.PaperWatermarked: GOING, e.PaperReplaced: GOING,
    e.PaperRecalled: (*OUT, *OVER), e.PaperCommented: OUT, e.PaperCommentWithdrawn: OUT,
    e.PaperCommentAnswered: (*OUT, *OVER),
    e.Replied: ("released",), e.CheckedIn: OPEN, e.CheckedOut: OPEN, e.ItemOpened: OPEN, e.PageShown: OPEN,
    e.RoleTaken: ("open", "suspended", "closed"), e.Suspended: OPEN, e.Resumed: ("suspended",),
    e.FloorAsked: OPEN, e.FloorGiven: OPEN, e.FloorEnded: OPEN, e.VoteOpened: OPEN, e.VoteCast: OPEN,
    e.BallotTaken: OPEN, e.VoteClosed: OPEN, e.VoteVoided: OPEN, e.ResultsReleased: OPEN, e.Concluded: OPEN,
    e.Said: OPEN, e.Noted: OPEN, e.Closed: OPEN, e.MinutesSaved: OVER, e.MinutesApproved: OVER,
    e.MinutesNumbered: OVER, e.MinutesTypeset: OVER, e.MinutesSigned: OVER,
    e.MinutesRefused: OVER, e.MinutesPreserved: OVER, e.Circulated: OVER, e.Archived: OVER,
}  # fmt: skip


def check(state: State, happening: e.AnyHappening, hashes: Mapping[int, str]) -> list[str]:
    """Codes of what is wrong with HAPPENING after STATE. HASHES: of the events so far, by their numbers."""
    phases = PHASES.get(type(happening))
    found = ["out-of-place"] if phases is not None and state.phase not in phases else []
    asked = _CHECKS.get(type(happening))
    return found if asked is None else [*found, *asked(state, happening, hashes)]


def _ballot(state: State, ballot: str) -> Ballot | None:
    return next((one for one in state.ballots if one.id == ballot), None)


def _planned(state: State, h: e.Planned, _: Mapping[int, str]) -> Iterator[str]:
    if state.seq:
        yield "planned-twice"


def _invited(state: State, h: e.Invited, _: Mapping[int, str]) -> Iterator[str]:
    """The electorate is the committee's: nobody comes into it, and nobody who has a seat gets another."""
    if any(seat.entitled or seat.person in state.seats for seat in h.seats):
        yield "electorate"


def _uninvited(state: State, h: e.Uninvited, _: Mapping[int, str]) -> Iterator[str]:
    if any(person in state.seats and state.seats[person].entitled for person in h.people):
        yield "electorate"


def _still(state: State, h: e.ItemOpened | e.RoleTaken | e.Suspended, _: Mapping[int, str]) -> Iterator[str]:
    """Not while a vote is open."""
    if state.open_ballot is not None:
        yield "out-of-place"
    if isinstance(h, e.ItemOpened):
        yield from _gone_on(state)


def _gone_on(state: State) -> Iterator[str]:
    if not may_go_on(state):
        yield "without-quorum"


def _opened(state: State, h: e.VoteOpened, _: Mapping[int, str]) -> Iterator[str]:
    if h.item != state.item:
        yield "vote-out-of-place"
    if not is_quorate(state):
        yield "vote-without-quorum"
    if sorted(h.electorate) != sorted(state.entitled):
        yield "electorate"
    if h.way == "secret" and len(state.entitled_present) < SECRET_LEAST:
        yield "secret-too-few"
    if state.open_ballot is not None or _ballot(state, h.ballot) is not None:
        yield "vote-twice"


def _cast(state: State, h: e.VoteCast, _: Mapping[int, str]) -> Iterator[str]:
    ballot = _ballot(state, h.ballot)
    if ballot is None or not ballot.is_open or ballot.way == "secret":
        yield "cast-out-of-place"
        return
    if h.person not in ballot.electorate or h.person not in state.entitled_present:
        yield "cast-by-stranger"
    if h.person in ballot.votes and not state.rule.changeable:
        yield "cast-twice"
    if rules.checked_choices(ballot.options, ballot.seats, h.choices) != h.choices:
        yield "cast-wrong"


def _taken(state: State, h: e.BallotTaken, _: Mapping[int, str]) -> Iterator[str]:
    ballot = _ballot(state, h.ballot)
    if ballot is None or not ballot.is_open or ballot.way != "secret":
        yield "cast-out-of-place"
    elif h.person not in ballot.electorate or h.person not in state.entitled_present:
        yield "cast-by-stranger"
    elif h.person in ballot.taken:
        yield "cast-twice"


def _closed(state: State, h: e.VoteClosed, _: Mapping[int, str]) -> Iterator[str]:
    """Counted anew: an open vote from its votes; a secret one from its sums, which must be those of its ballots."""
    ballot = _ballot(state, h.ballot)
    if ballot is None or not ballot.is_open:
        yield "close-out-of-place"
        return
    if ballot.way == "secret":
        counts, chair = dict(h.result.counts), tuple[str, ...]()
        yield from _sums(ballot, counts)
    else:
        counts, chair = rules.tally(ballot.poll, ballot.votes), ballot.votes.get(state.chair, ())
    if rules.result(state.rule, ballot.poll, counts, len(ballot.voted), chair) != h.result:
        yield "result"


def _sums(ballot: Ballot, counts: dict[str, int]) -> Iterator[str]:
    if len(ballot.taken) < SECRET_LEAST:
        yield "secret-too-few"
    marks, papers = sum(counts.values()), len(ballot.taken)
    most = counts.get(SILENT, 0) + (papers - counts.get(SILENT, 0)) * ballot.seats
    if any(count < 0 or count > papers for count in counts.values()) or not papers <= marks <= most:
        yield "sums"


def _concluded(state: State, h: e.Concluded, _: Mapping[int, str]) -> Iterator[str]:
    item = state.find_item(h.item)
    if item is None or not item.opened_at:
        yield "conclusion-out-of-place"
    closed = [ballot.id for ballot in state.ballots if ballot.item == h.item and ballot.result is not None]
    if h.ballot != (closed[-1] if closed else ""):
        yield "conclusion-vote"
    if sorted(h.present) != sorted(state.entitled_present):
        yield "conclusion-attendance"
    if set(h.papers) != set(state.shown.get(h.item, ())):
        yield "conclusion-papers"
    yield from _gone_on(state)


def _ended(state: State, h: e.Closed, _: Mapping[int, str]) -> Iterator[str]:
    if state.open_ballot is not None:
        yield "close-out-of-place"


def _typeset(state: State, h: e.MinutesTypeset, hashes: Mapping[int, str]) -> Iterator[str]:
    if hashes.get(h.head_seq) != h.head_hash:
        yield "minutes-head"


_CHECKS: dict[type, Callable[[State, Any, Mapping[int, str]], Iterator[str]]] = {
    e.Planned: _planned,
    e.Invited: _invited,
    e.Uninvited: _uninvited,
    e.ItemOpened: _still,
    e.RoleTaken: _still,
    e.Suspended: _still,
    e.VoteOpened: _opened,
    e.VoteCast: _cast,
    e.BallotTaken: _taken,
    e.VoteClosed: _closed,
    e.Concluded: _concluded,
    e.Closed: _ended,
    e.MinutesTypeset: _typeset,
}
