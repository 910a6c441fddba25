"""Before the sitting: details, invitations, items, approval, release, calling it off. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from store.errors import Refused, Stale

from ..people.model import is_control
from . import commands as c
from . import events as e
from .state import State

LONGEST_TITLE, LONGEST_TEXT = 500, 20_000
DAY = re.compile("(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
ONLY_ONE = ("chair", "secretary", "clerk")  # roles that one person has


def text(value: str, field: str, longest: int = LONGEST_TITLE) -> str:
    """Text as it is kept: NFC, trimmed; a title on one line, longer texts with their lines; no control characters."""
    tidy = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    if longest == LONGEST_TITLE:
        tidy = " ".join(tidy.splitlines())
    if not tidy:
        raise Refused("field-needed", field=field)
    if len(tidy) > longest:
        raise Refused("field-long", field=field)
    if any(is_control(char) and char not in "\n\t" for char in tidy):
        raise Refused("field-wrong", field=field)
    return tidy


def identifier(value: str, field: str) -> str:
    """An id that a browser made. Raises Refused `field-wrong`."""
    if not value or len(value) > 64 or not value.isascii() or not value.isprintable():
        raise Refused("field-wrong", field=field)
    return value


def iso_day(value: str, field: str) -> str:
    """A day as YYYY-MM-DD. Raises Refused `field-wrong`."""
    try:
        if not DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused("field-wrong", field=field) from None


def optional(value: str, field: str, longest: int = LONGEST_TITLE) -> str:
    return text(value, field, longest) if value.strip() else ""


def check_person(state: State, person: str) -> None:
    if person and person not in state.seats:
        raise Refused("not-invited")


def demand_draft(state: State) -> None:
    """What lies with the head of the office, or was approved, is not changed behind his back."""
    if state.phase == "planned" and state.agenda_step != "draft":
        raise Refused("agenda-submitted")


def change_details(state: State, command: c.ChangeDetails) -> list[e.AnyHappening]:
    """Another time or place after the release is a matter for everyone invited, and has a reason."""
    demand_draft(state)
    title, place = text(command.title, "title"), text(command.place, "place")
    reason = text(command.reason, "reason") if is_moved(state, place, command.begins) else ""
    return [e.DetailsChanged(title, place, command.begins, reason), *_issued(state, command)]


def invite(state: State, command: c.Invite) -> list[e.AnyHappening]:
    """More guests, more rooms. Whoever has a seat keeps it as it is: the electorate is the committee's, by law."""
    seats = tuple(seat for seat in command.seats if seat.person not in state.seats)
    rooms = tuple(room for room in command.rooms if room.site not in state.rooms)
    if any(seat.role != "guest" or seat.entitled for seat in seats):
        raise Refused("guests-only")
    return [e.Invited(seats, rooms)] if seats or rooms else []


def check_seats(seats: dict[str, e.Seat]) -> None:
    for role in ONLY_ONE:
        if sum(1 for seat in seats.values() if seat.role == role) > 1:
            raise Refused("role-twice", role=role)
    if not any(seat.role == "chair" for seat in seats.values()):
        raise Refused("chair-needed")
    if not any(seat.role == "secretary" for seat in seats.values()):
        raise Refused("secretary-needed")


def uninvite(state: State, command: c.Uninvite) -> list[e.AnyHappening]:
    people = tuple(person for person in command.people if person in state.seats)
    gone = leaving(state, people)
    if any(state.seats[person].role != "guest" for person in people):
        raise Refused("guests-only")
    return [e.Uninvited(gone, _empty_rooms(state, gone))] if gone else []


def _empty_rooms(state: State, gone: tuple[str, ...]) -> tuple[str, ...]:
    """Rooms of units that have nobody in the sitting any more; one that is linked stays."""
    left = {seat.unit for person, seat in state.seats.items() if person not in gone} | {state.unit, *state.convened}
    units = {state.seats[person].unit for person in gone} - left
    return tuple(site for site, unit in state.rooms.items() if unit in units and site not in state.joined)


def leaving(state: State, people: tuple[str, ...]) -> tuple[str, ...]:
    """PEOPLE and whoever was sent in their place. Raises Refused: who attended stays on record."""
    gone = (*people, *(seat.person for seat in state.seats.values() if seat.stands_for in people))
    if any(person in state.ever_present for person in gone):
        raise Refused("already-attended")
    return gone


def add_item(state: State, command: c.AddItem) -> list[e.AnyHappening]:
    demand_draft(state)
    if state.find_item(command.item):
        raise Refused("item-exists")
    return [e.ItemAdded(identifier(command.item, "item"), **_item_values(state, command))]


def _item_values(state: State, command: c.AddItem | c.ChangeItem) -> dict[str, Any]:
    if not 1 <= command.minutes <= 600:
        raise Refused("field-wrong", field="minutes")
    check_person(state, command.rapporteur)
    return {
        "title": text(command.title, "title"),
        "minutes": command.minutes,
        "rapporteur": command.rapporteur,
        "question": optional(command.question, "question"),
        "closed": command.closed,
    }


def change_item(state: State, command: c.ChangeItem) -> list[e.AnyHappening]:
    _demand_item(state, command.item)
    return [e.ItemChanged(command.item, **_item_values(state, command))]


def _demand_item(state: State, item: str) -> None:
    demand_draft(state)
    found = state.find_item(item)
    if found is None:
        raise Stale("no-such-item")
    if found.opened_at:
        raise Refused("item-already-opened")


def move_item(state: State, command: c.MoveItem) -> list[e.AnyHappening]:
    _demand_item(state, command.item)
    if not 0 <= command.position < len(state.items):
        raise Refused("field-wrong", field="position")
    return [e.ItemMoved(command.item, command.position)]


def remove_item(state: State, command: c.RemoveItem) -> list[e.AnyHappening]:
    _demand_item(state, command.item)
    return [e.ItemRemoved(command.item)]


def submit(state: State, command: c.SubmitAgenda) -> list[e.AnyHappening]:
    if not state.with_role("approver"):
        raise Refused("no-approver")
    if not state.items:
        raise Refused("agenda-empty")
    return [] if state.agenda_step != "draft" else [e.AgendaSubmitted()]


def withdraw(state: State, command: c.WithdrawAgenda) -> list[e.AnyHappening]:
    return [] if state.agenda_step == "draft" else [e.AgendaWithdrawn()]


def _demand_submitted(state: State) -> None:
    if state.agenda_step != "submitted":
        raise Stale("agenda-not-submitted")


def approve(state: State, command: c.ApproveAgenda) -> list[e.AnyHappening]:
    _demand_submitted(state)
    return [e.AgendaApproved()]


def return_(state: State, command: c.ReturnAgenda) -> list[e.AnyHappening]:
    _demand_submitted(state)
    return [e.AgendaReturned(text(command.reason, "reason"))]


def demand_releasable(state: State) -> None:
    if not state.items:
        raise Refused("agenda-empty")
    if state.with_role("approver") and state.agenda_step != "approved":
        raise Refused("agenda-not-approved")


def release(state: State, command: c.Release) -> list[e.AnyHappening]:
    """Less notice than the rules ask for is told, and needs a reason that everyone can read."""
    demand_releasable(state)
    needed = getattr(state.rule.notice, state.occasion)
    short = command.given < needed
    if short and not command.reason.strip():
        raise Refused("notice-short", given=command.given, needed=needed)
    reason = text(command.reason, "reason") if short else ""
    return [e.Released(command.given, reason, command.reply_by), *_issued(state, command)]


def is_moved(state: State, place: str, begins: int) -> bool:
    """Would this tell everyone who was invited another time or place?"""
    return state.phase == "released" and (place, begins) != (state.place, state.begins)


def _issued(state: State, command: c.Release | c.ChangeDetails) -> list[e.AnyHappening]:
    """The paper, if nobody issued another one meanwhile: one number is on one paper."""
    if command.paper is None:
        return []
    if command.issued != state.invitation.issued:
        raise Stale("changed-meanwhile", seq=state.seq)
    return [e.InvitationIssued(command.paper)]


def cancel(state: State, command: c.Cancel) -> list[e.AnyHappening]:
    return [e.Cancelled(text(command.reason, "reason"))]
