"""What each kind of viewer may see of a sitting: events let through or withheld. Pure.

A withheld event still fills its number, so that a browser that resumes never takes a secret for a loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from store.chain import Event

from .model import Paper
from .state import State

ViewKind = Literal["desk", "part", "guest", "site", "outside"]

AT_DESK = {
    "minutes-saved", "minutes-approved", "minutes-returned", "minutes-numbered", "minutes-typeset", "minutes-signed",
    "minutes-refused", "minutes-preserved",
    "noted", "note-changed", "comments-opened", "commented", "comment-answered",
    "recording-kept", "sites-rung", "site-checked", "agenda-submitted", "agenda-withdrawn", "agenda-approved",
    "agenda-returned", "replied", "absence-answered", "reminded", "convening-forwarded", "participants-named",
    "paper-addressed", "paper-watermarked", "paper-stopped", "archived",
    "paper-commented", "paper-comment-withdrawn", "paper-comment-answered",  # others are told how many there are
}  # fmt: skip
PREPARING = {
    "item-added", "item-changed", "item-moved", "item-removed", "paper-attached", "paper-detached",
    "paper-handed-out", "paper-replaced",
}  # fmt: skip
OF_PAPER = {"paper-attached", "paper-handed-out", "paper-replaced", "paper-recalled"}
OF_BALLOT = {"vote-cast", "voter-passed", "ballot-taken", "vote-closed", "vote-voided"}
HELD = {"vote-cast", "vote-closed"}  # what a ballot whose result is held back says
OF_FLOOR = {"floor-asked", "floor-withdrawn", "floor-given", "floor-extended", "floor-ended"}
OF_MINUTES = {"circulated", "acknowledged"}
OF_ITEM = {"item-added", "item-changed", "item-opened", "concluded", "vote-opened"}


class View(msgspec.Struct, frozen=True):
    """`items`: a guest's own items, empty meaning every item that is not closed; of a room, the closed item that it
    takes part in. `papers`: of those that are not for everybody, the ones that are for this viewer."""

    kind: ViewKind
    items: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    presides: bool = False  # notes to the chair are the chair's alone
    comments: bool = False  # the draft of the minutes is open to this viewer
    reads_own: str = ""  # who it is, where the rules keep comments on papers between writer, reporter and desk


def view_of(state: State, person: str) -> View:
    found = _view_of(state, person)
    comments = state.minutes.open_to_comments and person in state.ever_present and sees_all(state, found)
    reads_own = person if found.kind in ("part", "guest") and _has_own(state, person) else ""
    return msgspec.structs.replace(found, comments=comments, reads_own=reads_own) if comments or reads_own else found


def _has_own(state: State, person: str) -> bool:
    if state.rules is None or state.rules.paper_comments != "presiding":
        return False
    said = any(person in thread.writers for thread in state.threads.values())
    return said or any(state.reports_on(person, item.id) for item in state.items)


def _view_of(state: State, person: str) -> View:
    """A substitute sees what whoever sent them would."""
    seat = state.seats.get(person)
    signs = bool(person) and person == state.minutes.signer
    if seat is not None and (signs or seat.role in ("chair", "secretary", "clerk", "approver")):
        return View("desk", presides=seat.role == "chair")
    if seat is None:
        return View("outside")
    sent = state.seats.get(seat.stands_for) if seat.role == "substitute" else seat
    if sent is None:
        return View("outside")
    papers = tuple(paper.id for paper in state.papers if not {person, sent.person}.isdisjoint(paper.readers or ()))
    return View("guest", sent.items, papers) if sent.role == "guest" else View("part", papers=papers)


SITE_VIEW = View("site")


class SeenEvent(msgspec.Struct, frozen=True):
    """An event as a browser gets it. `body` is null where it is withheld."""

    seq: int
    at: int
    kind: str
    actor: str
    body: Mapping[str, Any] | None
    hash: str


def view(event: Event, viewer: View, state: State) -> SeenEvent:
    """EVENT for one kind of viewer, given the state it led to."""
    body = event.body if _visible(event, viewer, state) else None
    if event.kind in ("vote-cast", "ballot-taken") and body is not None and viewer.kind == "site":
        body = None
    if event.kind in ("paper-attached", "paper-replaced") and body is not None and viewer.kind != "desk":
        body = {**body, "readers": None, "taken": None}  # for whom else it is, and what was found in it
    kind = event.kind if body is not None else "withheld"
    return SeenEvent(event.seq, event.at, kind, event.actor.id if body is not None else "", body, event.hash)


def _visible(event: Event, viewer: View, state: State) -> bool:
    if event.body is None or viewer.kind == "outside":
        return False
    if event.kind in HELD and any(one.id == event.body["ballot"] and one.held for one in state.ballots):
        return False
    if event.kind == "said" and event.body["to"] == "chair":
        return viewer.presides
    if event.kind == "said" and viewer.kind == "site":
        return False
    if viewer.kind == "desk":
        return True
    if event.kind in AT_DESK:
        return False
    if event.kind in PREPARING and (not state.released_at or event.at <= state.released_at):
        return False  # for good: what was thought of and left out before release is nobody else's
    if event.kind in OF_FLOOR and viewer.kind in ("guest", "site"):
        item = _item_at(state, event.seq)
        return not item or may_see_item(state, viewer, item)
    if event.kind in OF_ITEM:
        item = str(event.body.get("item", ""))
        secret = event.body.get("closed", False) and viewer.kind in ("guest", "site") and item not in viewer.items
        return not secret and may_see_item(state, viewer, item)
    if event.kind == "results-released":
        named = [one.item for one in state.ballots if one.id in event.body["ballots"]]
        return all(may_see_item(state, viewer, item) for item in named)
    if event.kind in OF_MINUTES:
        return sees_all(state, viewer)
    if event.kind in OF_PAPER:
        attached = state.find_paper(str(event.body["paper"]))  # None: taken off since; for whom it was is not known
        return attached is not None and may_read(state, viewer, attached)
    if event.kind in OF_BALLOT:
        ballot = next((one for one in state.ballots if one.id == event.body["ballot"]), None)
        return ballot is not None and may_see_item(state, viewer, ballot.item)
    if event.kind == "page-shown":
        paper = state.find_paper(str(event.body["paper"]))
        return paper is not None and may_see_item(state, viewer, paper.item)
    return True


def _item_at(state: State, seq: int) -> str:
    """The item that was open when this event was written; "" for none."""
    return next((span.item for span in state.spans if span.holds(seq)), "")


def sees_all(state: State, viewer: View) -> bool:
    """May it know all that was done: a guest too, where no item was opened that was closed to them?"""
    closed = any(item.closed and item.opened_at for item in state.items)
    guest = viewer.kind == "guest" and not viewer.items and not closed
    return guest or viewer.kind in ("desk", "part")


def may_read(state: State, viewer: View, paper: Paper) -> bool:
    """May it open this paper?"""
    is_for = paper.readers is None or viewer.kind == "desk" or paper.id in viewer.papers
    return is_for and may_see_item(state, viewer, paper.item)


def may_see_item(state: State, viewer: View, item: str) -> bool:
    found = state.find_item(item)
    if viewer.kind in ("desk", "part", "outside"):
        return viewer.kind != "outside"
    if found is None:  # removed since: whether it was closed is no longer known
        return False
    if viewer.kind == "guest" and viewer.items:
        return item in viewer.items
    return not found.closed or item in viewer.items
