"""The course of a sitting: opening it, going from item to item, the page that everybody sees, closing it. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import ballots, recording
from . import commands as c
from . import events as e
from .attendance import LEADERS
from .state import State


def open_(state: State, command: c.Open) -> list[e.AnyHappening]:
    return [e.Opened()]


def open_item(state: State, command: c.OpenItem) -> list[e.AnyHappening]:
    item = state.find_item(command.item)
    if item is None:
        raise Stale("no-such-item")
    if state.item == command.item:
        raise Refused("item-open")
    if state.open_ballot:
        raise Refused("vote-open")
    return [*(recording.ended(state, "closed-item") if item.closed else ()), e.ItemOpened(command.item)]


def show_page(state: State, command: c.ShowPage, who: str) -> list[e.AnyHappening]:
    """The presenter turns the page: chair, secretary, the rapporteur of the item, or who has the floor."""
    seat = state.seat_of(who)
    item = state.find_item(state.item)
    presents = seat.role in LEADERS or state.floor.speaker == who or (item is not None and item.rapporteur == who)
    if not presents:
        raise Denied("not-presenter")
    paper = state.find_paper(command.paper)
    if paper is None or paper.item != state.item:
        raise Stale("no-such-paper")
    if not 1 <= command.page <= paper.pages:
        raise Refused("no-such-page")
    if (state.paper, state.page) == (command.paper, command.page):
        return []
    return [e.PageShown(command.paper, command.page)]


def close(state: State, command: c.Close | c.CloseSitting) -> list[e.AnyHappening]:
    if state.open_ballot:
        raise Refused("vote-open")
    ended: list[e.AnyHappening] = [e.FloorEnded(state.floor.speaker)] if state.floor.speaker else []
    people = command.people if isinstance(command, c.CloseSitting) else {}
    return [*ended, *ballots.released(state), *recording.ended(state, "closed"), e.Closed(people)]
