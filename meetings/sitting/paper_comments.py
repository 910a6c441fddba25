"""Comments on papers: what somebody thinks should be changed, and whether whoever reports on it took that up. What is
asked of them, what each event changes, and who sees what. Pure.

The rules of the sitting say who reads them (rules.py, `paper_comments`); nobody reads one on a paper they may not read.
They are said in a person's name and stay in the journal; what is one's own alone is an annotation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from .agenda import identifier, optional, text
from .model import LIVE, Paper, PaperComment, Thread
from .rules import PaperComments
from .state import State
from .views import View, may_read, view_of

MOST, MOST_IN_ALL = 100, 2000  # of one person on one paper; of everybody in a sitting
LONGEST, LONGEST_QUOTE = 4000, 500
ANSWERING = ("chair", "secretary")  # besides whoever reports on the item


class Tally(msgspec.Struct, frozen=True):
    """Of one paper: how many comments there are, how many of them wait for an answer, and how often that changed."""

    count: int
    waiting: int
    changes: int


class SeenComment(msgspec.Struct, frozen=True):
    """`current`: made on the version that is the newest now. `may_answer`: whoever looks may."""

    id: str
    person: str
    page: int
    quote: str
    text: str
    at: int
    current: bool
    may_answer: bool
    taken: bool | None
    answer: str
    answered_by: str


class SeenComments(msgspec.Struct, frozen=True):
    """Of one paper, for one reader: who else reads what they say, whether they may say something, and what was said."""

    rule: PaperComments
    may_comment: bool
    comments: tuple[SeenComment, ...]


# ── decide ──


def comment(state: State, command: c.CommentOnPaper, who: str) -> list[e.AnyHappening]:
    paper = state.find_paper(command.paper)
    if paper is None or not may_read(state, view_of(state, who), paper):
        raise Stale("no-such-paper")
    if state.rule.paper_comments == "none":
        raise Refused("paper-comments-off")
    if state.listens_only(who):
        raise Refused("guests-listen")
    if not paper.is_readable:
        raise Refused("paper-on-paper") if paper.on_paper else Refused("paper-recalled", reason=paper.reason)
    if command.sha256 != paper.sha256:
        raise Stale("paper-replaced")
    if not 0 <= command.page <= paper.pages:
        raise Refused("field-wrong", field="page")
    told, quote = text(command.text, "comment", LONGEST), optional(command.quote, "quote", LONGEST_QUOTE)
    made = e.PaperCommented(
        identifier(command.comment, "comment"), who, paper.id, paper.sha256, command.page, told, quote
    )
    if (known := find(state, made.comment)) is not None:
        return _again(known, made)
    said = state.threads.get(paper.id, Thread()).comments
    everybodys = sum(len(thread.comments) for thread in state.threads.values())
    if sum(one.person == who for one in said) >= MOST or everybodys >= MOST_IN_ALL:
        raise Refused("comments-many", limit=MOST)
    return [made]


def _again(known: PaperComment, made: e.PaperCommented) -> list[e.AnyHappening]:
    """The same by the same person is there already."""
    same = (known.person, known.paper, known.page, known.text, known.quote)
    if same != (made.person, made.paper, made.page, made.text, made.quote):
        raise Refused("field-wrong", field="comment")
    return []


def withdraw(state: State, command: c.WithdrawPaperComment, who: str) -> list[e.AnyHappening]:
    found = _demand(state, command.comment)
    if found.person != who:
        raise Denied("no-right")
    if found.taken is not None:
        raise Refused("comment-answered")
    return [e.PaperCommentWithdrawn(found.id)]


def answer(state: State, command: c.AnswerPaperComment, who: str) -> list[e.AnyHappening]:
    """Whoever answered may think again; nobody answers over another's word."""
    found = _demand(state, command.comment)
    paper = state.find_paper(found.paper)
    if paper is None or found.person == who or not may_answer(state, who, paper):
        raise Denied("no-right")
    if state.archive is not None:
        raise Refused("paper-not-now", step=paper.step)
    if not _is_out(paper, found.version):
        raise Refused("paper-recalled", reason=_version(paper, found.version)[1])
    told = optional(command.text, "answer", LONGEST)
    if not command.taken and not told:
        raise Refused("field-needed", field="answer")
    if (found.taken, found.answer) == (command.taken, told):
        return []
    if found.taken is not None and found.answered_by != who:
        raise Refused("comment-answered")
    return [e.PaperCommentAnswered(found.id, who, command.taken, told)]


def find(state: State, comment: str) -> PaperComment | None:
    return next((one for thread in state.threads.values() for one in thread.comments if one.id == comment), None)


def _demand(state: State, comment: str) -> PaperComment:
    found = find(state, comment)
    if found is None:
        raise Stale("no-such-comment")
    return found


# ── who sees what ──


def seen_by(state: State, who: str, paper: Paper) -> SeenComments:
    """Of a PAPER that WHO may read."""
    viewer, answers, newest = view_of(state, who), may_answer(state, who, paper), len(paper.earlier) + 1
    everybodys = answers or _reads_all(state, viewer)
    told = tuple(
        SeenComment(one.id, one.person, one.page, one.quote, one.text, one.at, one.version == newest,
                    answers and one.person != who and one.taken is None and state.archive is None
                    and _is_out(paper, one.version),
                    one.taken, one.answer, one.answered_by)
        for one in state.threads.get(paper.id, Thread()).comments
        if (viewer.kind == "desk" or _is_out(paper, one.version)) and (everybodys or one.person == who)
    )  # fmt: skip
    rule = state.rule.paper_comments
    may_comment = rule != "none" and state.phase in LIVE and paper.is_readable and not state.listens_only(who)
    return SeenComments(rule, may_comment, told)


def tallies(state: State, viewer: View) -> dict[str, Tally]:
    """By paper, of what VIEWER reads."""
    found = {}
    for paper in state.papers if state.threads else ():
        thread = state.threads.get(paper.id)
        if thread is None or not may_read(state, viewer, paper):
            continue
        me = viewer.reads_own
        if _reads_all(state, viewer) or (me and may_answer(state, me, paper)):
            out = [counts for version, counts in thread.counts.items() if _is_out(paper, version)]
            found[paper.id] = Tally(sum(all_ for all_, _ in out), sum(waits for _, waits in out), thread.changes)
        elif me in thread.writers:
            mine = [one for one in thread.comments if one.person == me and _is_out(paper, one.version)]
            found[paper.id] = Tally(len(mine), sum(one.taken is None for one in mine), thread.changes)
    return found


def waiting(state: State) -> set[tuple[str, str]]:
    """Whoever reports on a paper answers what was said of it; where nobody does who may read it, or it is their own,
    the secretary, and of the secretary's own the chair."""
    found = set()
    for paper in state.papers if state.threads and state.archive is None else ():
        thread, item = state.threads.get(paper.id, Thread()), state.find_item(paper.item)
        if not any(waits for _, waits in thread.counts.values()):
            continue
        asked = (item.rapporteur if item is not None else "", state.with_role("secretary"), state.chair)
        able = [person for person in asked if may_answer(state, person, paper)]
        writers = {one.person for one in thread.comments if one.taken is None and _is_out(paper, one.version)}
        found |= {next((one for one in able if one != writer), "") for writer in writers}
    return {(person, "answer-paper-comments") for person in found if person}


def may_answer(state: State, who: str, paper: Paper) -> bool:
    """Chair and secretary, and whoever reports on it, or was sent for who does."""
    seat = state.seats.get(who)
    if seat is None or not may_read(state, view_of(state, who), paper):
        return False
    return seat.role in ANSWERING or state.reports_on(who, paper.item)


def _reads_all(state: State, viewer: View) -> bool:
    """Everybody's, of the papers that it may read."""
    return viewer.kind == "desk" or (state.rule.paper_comments == "shared" and viewer.kind in ("part", "guest"))


def _is_out(paper: Paper, version: int) -> bool:
    """What was said of a version that was recalled tells what stood in it."""
    return _version(paper, version)[0] != "recalled"


def _version(paper: Paper, version: int) -> tuple[str, str]:
    """Its step and the reason for that."""
    steps = [*((one.step, one.reason) for one in paper.earlier), (paper.step, paper.reason)]
    return steps[version - 1] if version <= len(steps) else ("recalled", "")


# ── evolve ──


def of_papers(threads: Mapping[str, Thread], papers: Iterable[Paper]) -> Mapping[str, Thread]:
    """With a paper goes what was said of it."""
    there = {paper.id for paper in papers}
    return threads if threads.keys() <= there else {id_: one for id_, one in threads.items() if id_ in there}


def _changed(state: State, paper: str, comments: tuple[PaperComment, ...]) -> State:
    counts: dict[int, tuple[int, int]] = {}
    for one in comments:
        count, waits = counts.get(one.version, (0, 0))
        counts[one.version] = (count + 1, waits + (one.taken is None))
    changes, writers = state.threads.get(paper, Thread()).changes + 1, frozenset(one.person for one in comments)
    thread = Thread(comments, changes, counts, writers)
    return replace(state, threads={**state.threads, paper: thread})


def _commented(state: State, h: e.PaperCommented, at: int) -> State:
    paper = next(one for one in state.papers if one.id == h.paper)
    version = len(paper.earlier) + 1
    made = PaperComment(h.comment, h.paper, h.person, version, h.page, h.quote, h.text, at)
    return _changed(state, h.paper, (*state.threads.get(h.paper, Thread()).comments, made))


def _withdrawn(state: State, h: e.PaperCommentWithdrawn, _: int) -> State:
    gone = _demand(state, h.comment)
    return _changed(state, gone.paper, tuple(one for one in state.threads[gone.paper].comments if one is not gone))


def _answered(state: State, h: e.PaperCommentAnswered, _: int) -> State:
    found = _demand(state, h.comment)
    after = replace(found, taken=h.taken, answer=h.text, answered_by=h.by)
    return _changed(
        state, found.paper, tuple(after if one is found else one for one in state.threads[found.paper].comments)
    )


EVOLVE: Mapping[type, Callable[[State, Any, int], State]] = {
    e.PaperCommented: _commented,
    e.PaperCommentWithdrawn: _withdrawn,
    e.PaperCommentAnswered: _answered,
}
