"""Where media goes in a sitting: which relay room an endpoint is in, and what the relay is told of each. Pure.

A sitting is one relay room. A side room is another one, and so is the outside: where rooms and guests wait while a
closed item is on, and see and hear nothing of it.
"""

from __future__ import annotations

from meetings.relay.control import Policy
from meetings.sitting import floor, presiding
from meetings.sitting.state import State

PART = "#"  # between a sitting and a part of it
OUTSIDE = "outside"


def relay_room(state: State, endpoint: str) -> str:
    """The relay room that ENDPOINT (a site, or a person alone) is in."""
    if presiding.is_outside(state, endpoint):
        return f"{state.id}{PART}{OUTSIDE}"
    side = presiding.side_room_of(state, endpoint)
    return f"{state.id}{PART}{side}" if side else state.id


def is_divided(state: State) -> bool:
    """Are there parts at all? Most sittings have none, most of the time."""
    return bool(state.side_rooms) or state.closed_item_on


def is_over(state: State) -> bool:
    """Is nobody to see or hear anybody any more?"""
    return state.phase in ("closed", "cancelled")


def sitting_of(room: str) -> str:
    """The sitting that a relay room belongs to."""
    return room.partition(PART)[0]


def policies_of(state: State, codec: str = "VP8") -> dict[str, Policy]:
    """What the relay is told, by relay room; an empty one of a closed sitting, so that it may be forgotten."""
    if is_over(state):
        return {state.id: nothing(state.id)}
    heard = floor.may_be_heard(state)
    if heard is not None:  # who speaks or presides may share a screen too, from a seat in a room
        heard = tuple(dict.fromkeys((*heard, state.floor.speaker, state.chair)))
    lines: dict[str, str] = {**state.lines}
    made = {state.id: Policy(state.id, floor.stage(state), heard, lines, codec)}
    for side, one in state.side_rooms.items():
        key = f"{state.id}{PART}{side}"
        made[key] = Policy(key, one.sites[:1], None, lines, codec)
    if state.closed_item_on:
        key = f"{state.id}{PART}{OUTSIDE}"
        made[key] = Policy(key, (), (), lines, codec)  # nobody is heard there
    return made


def nothing(room: str) -> Policy:
    """Of a relay room that is no more."""
    return Policy(room, (), None)
