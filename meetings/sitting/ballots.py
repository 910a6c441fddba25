"""Votes: put by the chair, answered once by each member, counted by rule; and the conclusions drawn from them. Pure.

An open vote is an event with a name on it. Of a secret one the events say who has voted, and at the close the sums:
what is on a ballot goes from the voter's message into the urn (urn.py), past everything here.
"""

from __future__ import annotations

from store.errors import Denied, Refused, Stale

from . import commands as c
from . import events as e
from . import rules
from .agenda import LONGEST_TEXT, identifier, text
from .attendance import demand_going_on, is_quorate
from .model import Ballot
from .state import State

MOST_OPTIONS = 64


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
    if command.way == "secret" and len(state.entitled_present) < rules.SECRET_LEAST:
        raise Refused("secret-too-few", least=rules.SECRET_LEAST)
    question = text(command.question or item.question, "question")
    options = tuple(text(option, "option") for option in command.options)
    _check_options(options, command.seats)
    voters = tuple(sorted(state.entitled, key=lambda person: person == state.chair))
    way, held = command.way, command.held
    return [
        e.VoteOpened(identifier(command.ballot, "ballot"), item.id, question, voters, way, options, command.seats, held)
    ]


def _check_options(options: tuple[str, ...], seats: int) -> None:
    if len(options) == 1 or len(options) > MOST_OPTIONS:
        raise Refused("options-few" if len(options) == 1 else "options-many")
    if len(set(options)) != len(options):
        raise Refused("option-twice")
    if not 1 <= seats <= max(1, len(options) - 1):
        raise Refused("field-wrong", field="seats")


def _open_ballot(state: State, ballot: str, *, secret: bool) -> Ballot:
    found = state.open_ballot
    if found is None or found.id != ballot:
        voided = any(one.id == ballot and one.voided for one in state.ballots)
        raise Stale("vote-voided" if voided else "vote-closed")
    if (found.way == "secret") is not secret:
        raise Refused("vote-secret" if found.way == "secret" else "vote-not-secret")
    return found


def _voter(state: State, ballot: Ballot, person: str) -> str:
    """Whose vote PERSON gives: their own, or a member's whom they stand in for."""
    member = state.votes_for(person)
    if member not in ballot.electorate:
        raise Denied("no-vote")
    if person not in state.present:
        raise Refused("check-in-first")
    return member


def cast(state: State, command: c.Cast, who: str) -> list[e.AnyHappening]:
    """One vote a person, changed until the close where the rule says so; the same again changes nothing."""
    return _put_down(state, command.ballot, who, command.choices, who)


def record(state: State, command: c.RecordVote, who: str) -> list[e.AnyHappening]:
    """A hand raised or a word said, put down by the secretary or the chair; never over a vote given in person."""
    ballot = _open_ballot(state, command.ballot, secret=False)
    voter = _voter(state, ballot, command.person)
    if voter in ballot.votes and voter not in ballot.by_hand:
        raise Refused("voted-themselves")
    return _put_down(state, command.ballot, command.person, command.choices, who)


def _put_down(
    state: State, id_: str, person: str, choices: tuple[rules.Choice, ...], by: str
) -> list[e.AnyHappening]:  # fmt: skip
    ballot = _open_ballot(state, id_, secret=False)
    voter = _voter(state, ballot, person)
    chosen = rules.checked_choices(ballot.options, ballot.seats, choices)
    before = ballot.votes.get(voter)
    waited = {called(state, ballot), *ballot.votes, *ballot.passed_over}
    if ballot.way == "roll-call" and voter not in waited:  # one after the other; who did not answer may later
        raise Refused("not-called-yet")
    if before == chosen:
        return []
    if before is not None and not state.rule.changeable:
        raise Refused("voted-already")
    return [e.VoteCast(ballot.id, voter, chosen, by)]


def called(state: State, ballot: Ballot) -> str:
    """Who is asked next in a roll call: in the electorate's order, those who are here; "" when all have been."""
    if ballot.way != "roll-call" or not ballot.is_open:
        return ""
    asked = {*ballot.votes, *ballot.passed_over}
    here = state.entitled_present
    return next((person for person in ballot.electorate if person in here and person not in asked), "")


def pass_voter(state: State, command: c.PassVoter) -> list[e.AnyHappening]:
    """Who is called does not answer: the next one is called. They may still vote until the close."""
    ballot = _open_ballot(state, command.ballot, secret=False)
    if not command.person or called(state, ballot) != command.person:
        raise Stale("not-called")
    return [e.VoterPassed(ballot.id, command.person)]


def cast_secretly(state: State, command: c.CastSecretly, who: str) -> list[e.AnyHappening]:
    """Into the urn, once and for good, as a sheet of paper: a change would need to know whose it was."""
    ballot = _open_ballot(state, command.ballot, secret=True)
    voter = _voter(state, ballot, who)
    if voter in ballot.taken:
        raise Refused("voted-already")
    choices_of(ballot, command.marks)
    return [e.BallotTaken(ballot.id, voter)]


def choices_of(ballot: Ballot, marks: str) -> tuple[rules.Choice, ...]:
    """The choices on a secret ballot. Raises Refused `field-wrong`."""
    known = rules.codes(ballot.options)
    if len(marks) != len(known):
        raise Refused("field-wrong", field="choices")
    chosen = [code for code, mark in zip(known, marks, strict=True) if mark == "1"]
    return rules.checked_choices(ballot.options, ballot.seats, chosen)


def close(state: State, command: c.CloseVote) -> list[e.AnyHappening]:
    ballot = _open_ballot(state, command.ballot, secret=False)
    counts = rules.tally(ballot.poll, ballot.votes)
    chair = ballot.votes.get(state.chair, ())
    return [e.VoteClosed(ballot.id, rules.result(state.rule, ballot.poll, counts, len(ballot.votes), chair))]


def count(state: State, command: c.CountVote) -> list[e.AnyHappening]:
    """Open the urn. With fewer ballots than make a secret the vote stays open: the chair waits, or calls it off."""
    ballot = _open_ballot(state, command.ballot, secret=True)
    if command.papers != len(ballot.taken):
        return [e.VoteVoided(ballot.id, "urn")]
    if command.papers < rules.SECRET_LEAST:
        raise Refused("secret-few-cast", cast=command.papers, least=rules.SECRET_LEAST)
    return [e.VoteClosed(ballot.id, rules.result(state.rule, ballot.poll, dict(command.counts), command.papers))]


def cancel(state: State, command: c.CancelVote) -> list[e.AnyHappening]:
    """The chair calls an open vote off, and says why. A result is never changed: it is voted on anew."""
    ballot = state.open_ballot
    if ballot is None or ballot.id != command.ballot:
        raise Stale("vote-closed")
    return [e.VoteVoided(ballot.id, "chair", text(command.reason, "reason"))]


def void(state: State, command: c.VoidVote) -> list[e.AnyHappening]:
    return [e.VoteVoided(_open_ballot(state, command.ballot, secret=True).id, command.why)]


def released(state: State) -> list[e.AnyHappening]:
    """Results that were held back, shown; nothing if none are."""
    held = tuple(ballot.id for ballot in state.ballots if ballot.held and not ballot.is_open)
    return [e.ResultsReleased(held)] if held else []


def release_results(state: State, command: c.ReleaseResults) -> list[e.AnyHappening]:
    if state.open_ballot:
        raise Refused("vote-open")
    return released(state)


def conclude(state: State, command: c.Conclude) -> list[e.AnyHappening]:
    item = state.find_item(command.item)
    if item is None:
        raise Stale("no-such-item")
    if not item.opened_at:
        raise Refused("item-not-opened")
    if state.open_ballot:
        raise Refused("vote-open")
    demand_going_on(state)
    rests_on = [ballot.id for ballot in state.ballots if ballot.item == item.id and ballot.result is not None]
    papers = state.shown.get(item.id, ())
    told = text(command.text, "conclusion", LONGEST_TEXT)
    here = tuple(state.entitled_present)
    return [e.Concluded(item.id, told, rests_on[-1] if rests_on else "", here, papers)]
