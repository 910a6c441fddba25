"""The course of a sitting: opening it, going from item to item, the page that everybody sees, closing it. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import ballots, floor, recording
from . import commands as c
from . import events as e
from .attendance import LEADERS, demand_going_on
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
    demand_going_on(state)
    unrecorded = item.closed or state.is_secret(item.id)
    stopped = recording.ended(state, "closed-item" if item.closed else "on-paper") if unrecorded else []
    return [*floor.cleared(state, item), *stopped, e.ItemOpened(command.item)]


def presents(state: State, who: str) -> bool:
    """Chair, secretary, the rapporteur of the item, or who has the floor."""
    item = state.find_item(state.item)
    leads = state.seat_of(who).role in LEADERS
    return leads or state.floor.speaker == who or (item is not None and item.rapporteur == who)


def show_page(state: State, command: c.ShowPage, who: str) -> list[e.AnyHappening]:
    """The presenter turns the page."""
    if not presents(state, who):
        raise Denied("not-presenter")
    paper = state.find_paper(command.paper)
    if paper is None or paper.item != state.item:
        raise Stale("no-such-paper")
    if paper.readers is not None:  # the walls show what everybody shows
        raise Refused("paper-not-for-all")
    if not paper.is_readable:
        raise Refused("paper-on-paper" if paper.on_paper else "paper-recalled")
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
