"""What waits for whom: the desk's second list, of one sitting. Pure."""

from __future__ import annotations

from . import minutes, paper_comments
from .state import State


def due(state: State) -> set[tuple[str, str]]:
    """(person, what): of the agenda approve-agenda, agenda-returned, release; of the invitation reply, answer-absence;
    of papers answer-paper-comments; of the minutes what minutes.waiting says."""
    if state.phase == "planned":
        return _planned(state)
    if state.phase == "released":
        waits = {(person, "reply") for person in state.unanswered}
        if any(reply.answer == "absent" and reply.granted is None for reply in state.replies.values()):
            waits.add((state.chair, "answer-absence"))
        return waits | paper_comments.waiting(state)
    return minutes.waiting(state) | paper_comments.waiting(state)


def _planned(state: State) -> set[tuple[str, str]]:
    secretary = state.with_role("secretary")
    if state.agenda_step == "submitted":
        return {(state.with_role("approver"), "approve-agenda")}
    if state.agenda_step == "approved":
        return {(secretary, "release")}
    return {(secretary, "agenda-returned")} if state.agenda_reason else set()


def convened(state: State) -> set[tuple[str, str]]:
    """(unit, what): units that are to forward the call, to name their people, or have named them."""
    if state.phase not in ("released", "open"):
        return set()
    forward = {one.through for one in state.convened.values() if one.through and not one.reached}
    named = {(unit, "named" if one.named_at else "name") for unit, one in state.convened.items() if one.reached}
    return named | {(unit, "forward") for unit in forward}
