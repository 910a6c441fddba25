"""Who is here: sites, check-in, quorum. Persons are counted, never streams. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from store.errors import Denied, Refused

from . import commands as c
from . import events as e
from . import rules
from .model import Span, Stay
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
    if named != who and state.seat_of(who).role not in LEADERS:
        raise Denied("no-right")
    return named


def check_in(state: State, command: c.CheckIn, who: str) -> list[e.AnyHappening]:
    person = _whom(state, who, command.person)
    if person == who and command.site and state.codes:
        raise Refused("wall-code-needed")
    return _admit(state, person, command.site, "self" if person == who else "secretary")


def admit(state: State, command: c.Admit, who: str) -> list[e.AnyHappening]:
    """With the code that the wall of the room shows."""
    return _admit(state, _whom(state, who, ""), command.site, "code")


def _admit(
    state: State, person: str, site: str, way: Literal["self", "code", "secretary"]
) -> list[e.AnyHappening]:  # fmt: skip
    if site and site not in state.rooms:
        raise Refused("site-not-invited")
    here = state.present.get(person)
    if here is not None and here.site == site:
        raise Refused("already-here")
    return [e.CheckedIn(person, site, way)]


def ask_codes(state: State, command: c.AskCodes) -> list[e.AnyHappening]:
    return [] if state.codes is command.on else [e.CodesAsked(command.on)]


def check_out(state: State, command: c.CheckOut, who: str) -> list[e.AnyHappening]:
    person = _whom(state, who, command.person)
    if person not in state.present:
        raise Refused("not-here")
    gone: list[e.AnyHappening] = [e.CheckedOut(person)]
    if state.floor.speaker == person:
        gone.insert(0, e.FloorEnded(person))
    elif any(waiting.person == person for waiting in state.floor.queue):
        gone.insert(0, e.FloorWithdrawn(person))
    return gone


Standing = Literal["present", "represented", "excused", "absent"]


def standing(state: State, person: str, counted: Collection[str]) -> Standing:
    """How a member stands now: here, stood in for by somebody who is counted, absent with a reason, or absent.
    COUNTED: `state.entitled_present`, made once for all who are asked about."""
    if person in state.present:
        return "present"
    if person in counted:
        return "represented"
    reply = state.replies.get(person)
    return "excused" if reply is not None and reply.answer == "absent" and reply.granted is not False else "absent"


def was_at(state: State, person: str, item: str) -> bool:
    """Was PERSON here while ITEM was open, if only for a part of it? Who came late or left early is there for some."""
    spans = [span for span in state.spans if span.item == item]
    stays = state.stays.get(person, ())
    return any(_overlap(stay, span) for stay in stays for span in spans)


def _overlap(stay: Stay, span: Span) -> bool:
    return (not stay.until or stay.until > span.since) and (not span.until or stay.since < span.until)


def is_quorate(state: State) -> bool:
    return rules.quorate(state.rule, len(state.entitled_present), len(state.entitled))


def may_go_on(state: State) -> bool:
    """May items be opened and concluded with those who are here?"""
    return state.rule.without_quorum == "discuss" or is_quorate(state)


def demand_going_on(state: State) -> None:
    if not may_go_on(state):
        raise Refused("quorum-needed")
