"""The floor: asking, giving, ending. The floor drives microphones and the stage. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from store.errors import Denied, Refused

from . import commands as c
from . import events as e
from .model import Item, Raised
from .state import State
from .views import may_see_item, view_of


def ask(state: State, command: c.AskFloor, who: str) -> list[e.AnyHappening]:
    here = state.present.get(who)
    if here is None:
        raise Refused("check-in-first")
    if state.listens_only(who):
        raise Refused("guests-listen")
    if state.floor.speaker == who:
        raise Refused("has-floor")
    if _shut_out(state, who, state.find_item(state.item)):
        raise Refused("person-outside")
    before = next((waiting for waiting in state.floor.queue if waiting.person == who), None)
    if before is not None and (before.order or not command.order):
        raise Refused("already-asked")
    again: list[e.AnyHappening] = [e.FloorWithdrawn(who)] if before is not None else []
    return [*again, e.FloorAsked(who, here.site, command.order)]


def ordered(state: State) -> list[Raised]:
    """Who waits, in the order they are called in: points of order first, then as they asked, or who spoke least."""
    spoken = sums(state.floor.spoken) if state.floor.by == "least-time" else {}
    return sorted(state.floor.queue, key=lambda one: (not one.order, 0 if one.order else spoken.get(one.person, 0)))


def sums(spoken: Mapping[str, Mapping[str, int]], items: Collection[str] | None = None) -> Mapping[str, int]:
    """Who spoke for how long (ms), on these items or on all; of `Floor.spoken` or `Floor.spoken_at`."""
    told: Counter[str] = Counter()
    for item, times in spoken.items():
        if items is None or item in items:
            told.update(times)
    return told


def withdraw(state: State, command: c.WithdrawFloor, who: str) -> list[e.AnyHappening]:
    if all(waiting.person != who for waiting in state.floor.queue):
        raise Refused("not-asked")
    return [e.FloorWithdrawn(who)]


def give(state: State, command: c.GiveFloor) -> list[e.AnyHappening]:
    """To anyone present, asked or not: the chair may call on a person."""
    here = state.present.get(command.person)
    if here is None:
        raise Refused("person-not-here")
    if state.floor.speaker == command.person:
        raise Refused("has-floor")
    if _shut_out(state, command.person, state.find_item(state.item)):
        raise Refused("person-outside")
    before: list[e.AnyHappening] = [e.FloorEnded(state.floor.speaker)] if state.floor.speaker else []
    return [*before, e.FloorGiven(command.person, here.site, state.floor.each)]


def _shut_out(state: State, person: str, item: Item | None) -> bool:
    """Is ITEM closed to them? Then they neither speak in it nor wait for it."""
    return item is not None and item.closed and not may_see_item(state, view_of(state, person), item.id)


def cleared(state: State, item: Item) -> list[e.AnyHappening]:
    """Before ITEM, who is outside it gives up the floor and the wait for it; behind a closed one everybody does, so
    that nothing of it is heard or seen outside."""
    behind, speaker = state.closed_item_on, state.floor.speaker
    ends = speaker and (behind or _shut_out(state, speaker, item))
    made: list[e.AnyHappening] = [e.FloorEnded(speaker)] if ends else []
    waiting = (one.person for one in state.floor.queue)
    return [*made, *(e.FloorWithdrawn(person) for person in waiting if behind or _shut_out(state, person, item))]


def extend(state: State, command: c.ExtendFloor) -> list[e.AnyHappening]:
    if not state.floor.speaker:
        raise Refused("floor-free")
    if not state.floor.limit:
        raise Refused("floor-unlimited")
    return [e.FloorExtended(command.seconds)]


def limit(state: State, command: c.LimitSpeeches) -> list[e.AnyHappening]:
    return [] if state.floor.each == command.seconds else [e.SpeechesLimited(command.seconds)]


def order(state: State, command: c.OrderQueue) -> list[e.AnyHappening]:
    return [] if state.floor.by == command.by else [e.QueueOrdered(command.by)]


def end(state: State, command: c.EndFloor, who: str) -> list[e.AnyHappening]:
    """By the chair, or by the speaker who has finished."""
    if not state.floor.speaker:
        raise Refused("floor-free")
    if who != state.floor.speaker and state.seat_of(who).role != "chair":
        raise Denied("no-right")
    return [e.FloorEnded(state.floor.speaker)]


def on_stage(state: State) -> str:
    """The endpoint everybody sees: where the speaker is, else where the chair is; "" when neither is here.

    A person in a room is seen through the room's camera; a person alone is an endpoint of their own."""
    if state.floor.speaker:
        return state.floor.site or state.floor.speaker
    return _endpoint_of(state, state.chair)


def stage(state: State) -> tuple[str, ...]:
    """The endpoints everybody sees, the first of them large: the speaker's, then the chair's."""
    return tuple(dict.fromkeys(one for one in (on_stage(state), _endpoint_of(state, state.chair)) if one))


def _endpoint_of(state: State, person: str) -> str:
    here = state.present.get(person)
    return "" if here is None else here.site or person


def may_be_heard(state: State) -> tuple[str, ...] | None:
    """Endpoints whose sound goes out: with the floor given, the speaker's and the chair's; otherwise everyone's."""
    if state.phase != "open" or not state.floor.speaker:
        return None
    speaking = (on_stage(state), _endpoint_of(state, state.chair))
    return tuple(dict.fromkeys(endpoint for endpoint in speaking if endpoint))
