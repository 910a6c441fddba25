"""Whom an event of a sitting concerns so much that they are told of it, on the desk and by letter. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from . import events as e
from . import paper_comments
from .state import State
from .views import may_read, may_see_item, view_of

Kind = Literal[
    "invited", "changed", "cancelled", "reminded", "agenda-submitted", "agenda-approved", "agenda-returned",
    "absence-asked", "absence-granted", "absence-refused", "replied", "circulated", "concluded", "item-added",
    "comments-opened", "paper-replaced", "paper-recalled", "comment-answered",
]  # fmt: skip


class Notice(NamedTuple):
    person: str
    kind: Kind
    params: dict[str, str]


def of(state: State, happening: e.AnyHappening) -> list[Notice]:
    """Who is told what of HAPPENING, which led to STATE."""
    if isinstance(happening, e.Released):
        return _all([*state.asked, state.chair, state.with_role("clerk")], "invited")
    if isinstance(happening, e.Invited) and state.phase in ("released", "open"):
        return _all([seat.person for seat in happening.seats], "invited")
    if isinstance(happening, e.DetailsChanged) and happening.reason:
        return _all([*state.seats], "changed", reason=happening.reason)
    if isinstance(happening, e.Cancelled) and state.released_at:
        return _all([*state.seats], "cancelled", reason=happening.reason)
    if isinstance(happening, e.ItemAdded) and state.phase == "released":
        invited = [*state.asked, state.chair, state.with_role("clerk")]
        inside = [one for one in invited if may_see_item(state, view_of(state, one), happening.item)]
        return _all(inside, "item-added", item=happening.title)
    if isinstance(happening, e.PaperReplaced | e.PaperRecalled):
        return _of_paper(state, happening)
    if isinstance(happening, e.PaperCommentAnswered):
        return _answered(state, happening)
    if isinstance(happening, e.CommentsOpened):
        return _all([one for one in state.ever_present if view_of(state, one).comments], "comments-opened")
    if isinstance(happening, e.Reminded):
        return _all(list(happening.people), "reminded")
    if isinstance(happening, e.AgendaSubmitted):
        return _all([state.with_role("approver")], "agenda-submitted")
    if isinstance(happening, e.AgendaApproved):
        return _all([state.with_role("secretary")], "agenda-approved")
    if isinstance(happening, e.AgendaReturned):
        return _all([state.with_role("secretary")], "agenda-returned", reason=happening.reason)
    if isinstance(happening, e.Replied):
        told = _all([state.with_role("secretary")], "replied", person=happening.person, answer=happening.answer)
        absent = happening.answer == "absent"
        asked = {"person": happening.person, "reason": happening.reason}
        return told + (_all([state.chair], "absence-asked", **asked) if absent else [])
    if isinstance(happening, e.AbsenceAnswered):
        return _all([happening.person], "absence-granted" if happening.granted else "absence-refused")
    if isinstance(happening, e.NoticeIssued):
        return _all([*state.seats], "concluded", symbol=happening.paper.symbol)
    if isinstance(happening, e.Circulated):
        return _all(list(happening.people), "circulated")
    return []


def _of_paper(state: State, happening: e.PaperReplaced | e.PaperRecalled) -> list[Notice]:
    """Whoever might have it before them, once it is out."""
    paper = state.find_paper(happening.paper)
    if paper is None or not state.released_at:
        return []
    inside = [one for one in state.seats if may_read(state, view_of(state, one), paper)]
    kind: Kind = "paper-replaced" if isinstance(happening, e.PaperReplaced) else "paper-recalled"
    return _all(inside, kind, paper=paper.name, reason=happening.reason)


def _answered(state: State, happening: e.PaperCommentAnswered) -> list[Notice]:
    """Whoever made the comment and may still read the paper, unless they answer themselves."""
    found = paper_comments.find(state, happening.comment)
    paper = state.find_paper(found.paper) if found is not None else None
    if found is None or paper is None or found.person == happening.by:
        return []
    reads = may_read(state, view_of(state, found.person), paper)
    return _all([found.person] if reads else [], "comment-answered", paper=paper.name)


def _all(people: list[str], kind: Kind, **params: str) -> list[Notice]:
    return [Notice(person, kind, params) for person in dict.fromkeys(people) if person]
