"""Will they come: replies to the invitation, someone sent instead, the chair's word to an absence, reminders; and
people named by units that were convened as such. Pure."""

from __future__ import annotations

from store.errors import Refused, Stale

from . import commands as c
from . import events as e
from .agenda import leaving, optional, text
from .state import State

REMIND_MS = 86_400_000  # so long before an answer is due, whoever has not given it is reminded


def reply(state: State, command: c.Reply, who: str) -> list[e.AnyHappening]:
    """May be changed until the sitting opens. Who wants to be absent says why (Law 77/2015, Article 114)."""
    _demand_asked(state, who)
    reason = text(command.reason, "reason") if command.answer == "absent" or command.reason.strip() else ""
    before = state.replies.get(who)
    if before is not None and (before.answer, before.reason) == (command.answer, reason):
        return []
    return [*_take_back(state, who), e.Replied(who, command.answer, reason)]


def send_substitute(state: State, command: c.SendSubstitute, who: str) -> list[e.AnyHappening]:
    _demand_asked(state, who)
    seat, member = command.seat, command.seat.stands_for
    if state.rule.substitutes == "none":
        raise Refused("substitutes-none")
    if member != who or seat.role != "substitute" or seat.entitled:
        raise Refused("field-wrong", field="substitute")
    before = state.replies.get(who)
    if before is not None and before.substitute == seat.person:
        return []
    if seat.person in state.seats:
        raise Refused("invited-already")
    reason = optional(command.reason, "reason")
    return [*_take_back(state, who), e.Invited((seat,), ()), e.Replied(who, "substitute", reason, seat.person)]


def _demand_asked(state: State, who: str) -> None:
    if who not in state.asked:
        raise Refused("not-asked-to-reply")


def _take_back(state: State, who: str) -> list[e.AnyHappening]:
    """Whoever was to come instead no longer is."""
    before = state.replies.get(who)
    if before is None or not before.substitute:
        return []
    if before.substitute in state.ever_present:
        raise Refused("already-attended")
    return [e.Uninvited((before.substitute,))]


def answer_absence(state: State, command: c.AnswerAbsence) -> list[e.AnyHappening]:
    found = state.replies.get(command.person)
    if found is None or found.answer != "absent":
        raise Stale("no-such-absence")
    return [] if found.granted is command.granted else [e.AbsenceAnswered(command.person, command.granted)]


def remind(state: State, command: c.Remind) -> list[e.AnyHappening]:
    missing = tuple(state.unanswered)
    if not missing and all(one.named_at for one in state.convened.values()):
        raise Refused("all-replied")
    return [e.Reminded(missing)]


def forward(state: State, command: c.ForwardConvening) -> list[e.AnyHappening]:
    """By the unit between: its own units hear of the sitting now."""
    below = [one for one in state.convened.values() if one.through == command.unit]
    if not below:
        raise Refused("nothing-to-forward")
    return [] if all(one.reached for one in below) else [e.ConveningForwarded(command.unit)]


def name_participants(state: State, command: c.NameParticipants) -> list[e.AnyHappening]:
    """A unit that was convened says who comes for it; who was named before and is not now is left out."""
    called = state.convened.get(command.unit)
    if called is None or not called.reached:
        raise Refused("not-convened")
    if not command.seats:
        raise Refused("participants-needed")
    if any(seat.role != "guest" or seat.entitled or seat.unit != command.unit for seat in command.seats):
        raise Refused("guests-only")
    named = {seat.person for seat in command.seats}
    gone = leaving(state, tuple(sorted({*participants(state, command.unit)} - named)))
    new = tuple(seat for seat in command.seats if seat.person not in state.seats)
    made: list[e.AnyHappening] = [e.Uninvited(gone)] if gone else []
    made += [e.Invited(new, ())] if new else []
    if not made and called.named_at:
        return []
    return [*made, e.ParticipantsNamed(command.unit, tuple(sorted(named)))]


def participants(state: State, unit: str) -> list[str]:
    """Who comes for a unit that was convened."""
    return [seat.person for seat in state.seats.values() if seat.unit == unit and seat.role == "guest"]


def remind_at(state: State) -> int:
    """When to remind those who have not answered: once, a day before the answers are due; 0: not, or not any more. An
    invitation that is no older than that needs no reminder."""
    due = state.reply_by - REMIND_MS
    silent = state.unanswered or not all(one.named_at for one in state.convened.values())
    waits = state.phase == "released" and silent and max(state.reminded_at, state.released_at) < due
    return due if waits else 0
