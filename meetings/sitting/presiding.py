"""Who leads, and how a sitting is broken: roles handed over or taken over, suspended and resumed, side rooms. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from . import recording
from .agenda import identifier, text
from .state import State
from .views import SITE_VIEW, View, may_see_item, view_of

MAY_TAKE = {"chair": ("deputy",), "secretary": ("deputy", "member", "clerk", "approver")}


def hand_over(state: State, command: c.HandOver) -> list[e.AnyHappening]:
    """The chair names who presides or writes from now on. Who presides is a member and is here."""
    seat = state.seats.get(command.person)
    if seat is None or seat.role in ("guest", "substitute"):
        raise Refused("not-invited")
    if state.with_role(command.role) == command.person:
        return []
    if command.role == "chair" and not seat.entitled:
        raise Refused("chair-of-members")
    if seat.role in ("chair", "secretary"):
        raise Refused("role-twice", role=seat.role)
    if state.open_ballot:
        raise Refused("vote-open")
    if command.person not in state.present:
        raise Refused("person-not-here")
    return [e.RoleTaken(command.role, command.person, "handed-over")]


def take_over(state: State, command: c.TakeOver, who: str) -> list[e.AnyHappening]:
    """A deputy presides when the chair is lost; somebody of the committee writes when the secretary is."""
    seat = state.seats.get(who)
    if seat is None or seat.role not in MAY_TAKE[command.role]:
        raise Denied("no-right")
    if state.phase == "open" and who not in state.present:
        raise Refused("check-in-first")
    if state.open_ballot:
        raise Refused("vote-open")
    return [e.RoleTaken(command.role, who, "lost")]


def suspend(state: State, command: c.Suspend) -> list[e.AnyHappening]:
    if state.open_ballot:
        raise Refused("vote-open")
    ended: list[e.AnyHappening] = [e.FloorEnded(state.floor.speaker)] if state.floor.speaker else []
    return [*ended, *recording.ended(state, "suspended"), e.Suspended(text(command.reason, "reason"))]


def resume(state: State, command: c.Resume) -> list[e.AnyHappening]:
    return [e.Resumed()]


def open_side_room(state: State, command: c.OpenSideRoom) -> list[e.AnyHappening]:
    """For sites that talk among themselves and come back. The chair's own site stays where it is."""
    if identifier(command.room, "room") in state.side_rooms:
        raise Refused("field-wrong", field="room")
    sites = tuple(dict.fromkeys(command.sites))
    if len(sites) < 2 or not set(sites) <= set(state.rooms):
        raise Refused("side-room-sites")
    taken = {site for one in state.side_rooms.values() for site in one.sites}
    chair = state.present.get(state.chair)
    if taken & set(sites) or (chair is not None and chair.site in sites):
        raise Refused("side-room-taken")
    return [e.SideRoomOpened(command.room, text(command.name, "name"), sites)]


def close_side_room(state: State, command: c.CloseSideRoom) -> list[e.AnyHappening]:
    if command.room not in state.side_rooms:
        raise Stale("no-such-side-room")
    return [e.SideRoomClosed(command.room)]


def side_room_of(state: State, endpoint: str) -> str:
    """The side room an endpoint is in; "" for none. A person alone is in none."""
    return next((room for room, one in state.side_rooms.items() if endpoint in one.sites), "")


def is_outside(state: State, endpoint: str) -> bool:
    """While a closed item is on, does this endpoint stay outside? A room comes in with a member or someone of the desk
    in it, or as the committee's own; a person alone comes in unless they are a guest whom the item is not for."""
    if not state.closed_item_on:
        return False
    if endpoint in state.rooms:
        inside = any(
            here.site == endpoint and _belongs(state, person, state.item) for person, here in state.present.items()
        )
        return not inside and state.rooms[endpoint] != state.unit
    return not _belongs(state, endpoint, state.item)


def view_of_room(state: State, site: str) -> View:
    """A room's wall shows a closed item while the room takes part in it."""
    inside = state.closed_item_on and not is_outside(state, site)
    return View("site", (state.item,)) if inside else SITE_VIEW


def _belongs(state: State, person: str, item: str) -> bool:
    return person in state.seats and may_see_item(state, view_of(state, person), item)
