"""Who is here: sites, check-in, quorum. Persons are counted, never streams. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused

from . import commands as c
from . import events as e
from . import rules
from .state import State

LEADERS = ("chair", "secretary")


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
    return rules.quorate(state.rule, len(state.entitled_present), len(state.entitled))
