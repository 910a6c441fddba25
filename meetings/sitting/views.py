"""What each kind of viewer may see of a sitting: events let through or withheld. Pure.

A withheld event still fills its number, so that a browser that resumes never takes a secret for a loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from store.chain import Event

from .state import State

ViewKind = Literal["desk", "part", "guest", "site", "outside"]

AT_DESK = {
    "minutes-saved", "minutes-approved", "minutes-returned", "minutes-numbered", "minutes-typeset", "minutes-signed",
    "noted", "note-changed", "comments-opened", "commented", "comment-answered",
    "recording-kept", "sites-rung", "site-checked", "agenda-submitted", "agenda-withdrawn", "agenda-approved",
    "agenda-returned", "replied", "absence-answered", "reminded", "convening-forwarded", "participants-named",
}  # fmt: skip
PREPARING = {"item-added", "item-changed", "item-moved", "item-removed", "paper-attached", "paper-detached"}
OF_BALLOT = {"vote-cast", "voter-passed", "ballot-taken", "vote-closed", "vote-voided"}
HELD = {"vote-cast", "vote-closed"}  # what a ballot whose result is held back says
OF_ITEM = {"item-added", "item-changed", "paper-attached", "item-opened", "concluded", "vote-opened"}


class View(msgspec.Struct, frozen=True):
    """`items`: a guest's own items; empty means every item that is not closed."""

    kind: ViewKind
    items: tuple[str, ...] = ()
    presides: bool = False  # notes to the chair are the chair's alone


def view_of(state: State, person: str) -> View:
    seat = state.seats.get(person)
    if seat is not None and seat.role in ("chair", "secretary", "clerk", "approver"):
        return View("desk", presides=seat.role == "chair")
    if seat is None:
        return View("outside")
    if seat.role == "substitute":  # sees what whoever sent them would
        return view_of(state, seat.stands_for) if seat.stands_for in state.seats else View("outside")
    if seat.role == "guest":
        return View("guest", seat.items)
    return View("part")


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
    if event.kind in OF_ITEM:
        return may_see_item(state, viewer, str(event.body.get("item", "")))
    if event.kind in OF_BALLOT:
        ballot = next((one for one in state.ballots if one.id == event.body["ballot"]), None)
        return ballot is not None and may_see_item(state, viewer, ballot.item)
    if event.kind == "page-shown":
        paper = state.find_paper(str(event.body["paper"]))
        return paper is not None and may_see_item(state, viewer, paper.item)
    return True


def may_see_item(state: State, viewer: View, item: str) -> bool:
    found = state.find_item(item)
    if viewer.kind in ("desk", "part", "outside"):
        return viewer.kind != "outside"
    if found is None:  # removed since: whether it was closed is no longer known
        return False
    if viewer.kind == "guest" and viewer.items:
        return item in viewer.items
    return not found.closed
