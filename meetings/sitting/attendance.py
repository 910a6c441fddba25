"""Who is here: opening, sites, check-in, quorum, closing. Persons are counted, never streams. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from . import recording, rules
from .state import State

LEADERS = ("chair", "secretary")


def open_(state: State, command: c.Open) -> list[e.AnyHappening]:
    return [e.Opened()]


def join_site(state: State, command: c.JoinSite) -> list[e.AnyHappening]:
    if command.site not in state.rooms:
        raise Refused("site-not-invited")
    return [] if command.site in state.joined else [e.SiteJoined(command.site)]


def leave_site(state: State, command: c.LeaveSite) -> list[e.AnyHappening]:
    return [e.SiteLeft(command.site, command.why)] if command.site in state.joined else []


def choose_line(state: State, command: c.ChooseLine) -> list[e.AnyHappening]:
    if command.site not in state.rooms:
        raise Refused("site-not-invited")
    if state.lines.get(command.site, "full") == command.line:
        return []
    return [e.LineChosen(command.site, command.line)]


def _whom(state: State, who: str, person: str) -> str:
    """Oneself, or another person where chair or secretary says so."""
    named = person or who
    if named not in state.seats:
        raise Refused("not-invited")
    if named != who and state.seats[who].role not in LEADERS:
        raise Denied("no-right")
    return named


def check_in(state: State, command: c.CheckIn, who: str) -> list[e.AnyHappening]:
    person = _whom(state, who, command.person)
    if command.site and command.site not in state.rooms:
        raise Refused("site-not-invited")
    here = state.present.get(person)
    if here is not None and here.site == command.site:
        raise Refused("already-here")
    return [e.CheckedIn(person, command.site, "self" if person == who else "secretary")]


def check_out(state: State, command: c.CheckOut, who: str) -> list[e.AnyHappening]:
    person = _whom(state, who, command.person)
    if person not in state.present:
        raise Refused("not-here")
    gone: list[e.AnyHappening] = [e.CheckedOut(person)]
    if state.floor.speaker == person:
        gone.insert(0, e.FloorEnded(person))
    elif any(waiting == person for waiting, _ in state.floor.queue):
        gone.insert(0, e.FloorWithdrawn(person))
    return gone


def is_quorate(state: State) -> bool:
    return rules.quorate(rules.named(state.rules), len(state.entitled_present), len(state.entitled))


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
    seat = state.seats[who]
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


def close(state: State, command: c.Close) -> list[e.AnyHappening]:
    if state.open_ballot:
        raise Refused("vote-open")
    ended: list[e.AnyHappening] = [e.FloorEnded(state.floor.speaker)] if state.floor.speaker else []
    return [*ended, *recording.ended(state, "closed"), e.Closed()]
