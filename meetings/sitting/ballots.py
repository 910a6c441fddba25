"""Open votes and conclusions: opened by the chair, cast once by each member, counted by rule. Pure."""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from . import rules
from .agenda import LONGEST_TEXT, text
from .attendance import is_quorate
from .state import Ballot, State


def open_(state: State, command: c.OpenVote) -> list[e.AnyHappening]:
    """The electorate is fixed now: every entitled member, present or not, is the base of the majority."""
    item = state.find_item(command.item)
    if item is None or item.id != state.item:
        raise Stale("no-such-item")
    if state.open_ballot:
        raise Refused("vote-open")
    if any(ballot.id == command.ballot for ballot in state.ballots):
        raise Refused("vote-exists")
    if not is_quorate(state):
        raise Refused("not-quorate")
    question = text(command.question or item.question, "question")
    return [e.VoteOpened(command.ballot, item.id, question, tuple(state.entitled))]


def _open_ballot(state: State, ballot: str) -> Ballot:
    found = state.open_ballot
    if found is None or found.id != ballot:
        raise Stale("vote-closed")
    return found


def cast(state: State, command: c.Cast, who: str) -> list[e.AnyHappening]:
    """One vote a person; until the close it may be changed, and the same again changes nothing."""
    ballot = _open_ballot(state, command.ballot)
    if who not in ballot.electorate:
        raise Denied("no-vote")
    if who not in state.present:
        raise Refused("check-in-first")
    if ballot.votes.get(who) == command.choice:
        return []
    return [e.VoteCast(ballot.id, who, command.choice)]


def close(state: State, command: c.CloseVote) -> list[e.AnyHappening]:
    ballot = _open_ballot(state, command.ballot)
    rule = rules.named(state.rules)
    counted = rules.result(rule, len(ballot.electorate), dict(ballot.votes), state.chair)
    return [e.VoteClosed(ballot.id, counted)]


def conclude(state: State, command: c.Conclude) -> list[e.AnyHappening]:
    item = state.find_item(command.item)
    if item is None:
        raise Stale("no-such-item")
    if not item.opened_at:
        raise Refused("item-not-opened")
    if state.open_ballot:
        raise Refused("vote-open")
    return [e.Concluded(item.id, text(command.text, "conclusion", LONGEST_TEXT))]
