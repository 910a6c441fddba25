"""`evolve(state, event)`: the only way in which the state of a sitting changes; what papers do is in pack.py. Pure.

A new event needs a line in the table at the end, and a test
fails where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from store.chain import Event

from . import events as e
from . import pack, paper_comments
from .model import (
    Archive,
    Ballot,
    Checked,
    Comment,
    Convening,
    Decision,
    Floor,
    Invitation,
    Item,
    Minutes,
    Note,
    Present,
    Raised,
    Reply,
    SideRoom,
    Span,
    Stay,
)  # fmt: skip
from .state import State


def evolve(state: State, happening: e.AnyHappening, at: int = 0) -> State:
    """The state after one event. AT: the event's time in UTC milliseconds."""
    after = _EVOLVE[type(happening)](state, happening, at)
    return replace(after, seq=state.seq + 1)


def follow(state: State, event: Event) -> State:
    """The state after a stored event. One whose body was withheld or erased only counts."""
    if event.body is None:
        return replace(state, seq=state.seq + 1)
    return evolve(state, e.read(event), event.at)


def _seated(state: State, h: Any, _: int) -> State:
    seats = {**state.seats, **{seat.person: seat for seat in h.seats}}
    return replace(state, seats=seats, rooms={**state.rooms, **{room.site: room.unit for room in h.rooms}})


def _planned(state: State, h: e.Planned, at: int) -> State:
    named = replace(state, title=h.title, unit=h.unit, place=h.place, begins=h.begins, rules=h.rules)
    convened = {one.unit: Convening(one.through, not one.through) for one in h.convened}
    named = replace(named, occasion=h.occasion, convened=convened)
    return _seated(named, h, at)


def _uninvited(state: State, h: e.Uninvited, _: int) -> State:
    left = {site: unit for site, unit in state.rooms.items() if site not in h.rooms}
    return replace(_unseated(state, h.people), rooms=left)


def _unseated(state: State, people: tuple[str, ...]) -> State:
    seats = {person: seat for person, seat in state.seats.items() if person not in people}
    replies = {person: reply for person, reply in state.replies.items() if person not in people}
    papers = tuple(
        replace(paper, readers=tuple(one for one in paper.readers if one not in people)) if paper.readers else paper
        for paper in state.papers
    )
    return replace(state, seats=seats, replies=replies, papers=papers)


def _released(state: State, h: e.Released, at: int) -> State:
    given = replace(pack.released(state), short_reason=h.reason, reply_by=h.reply_by)
    return replace(given, phase="released", released_at=at)


def _replied(state: State, h: e.Replied, at: int) -> State:
    reply = Reply(h.answer, h.reason, h.substitute, at)
    return replace(state, replies={**state.replies, h.person: reply})


def _absence_answered(state: State, h: e.AbsenceAnswered, _: int) -> State:
    reply = replace(state.replies[h.person], granted=h.granted)
    return replace(state, replies={**state.replies, h.person: reply})


def _forwarded(state: State, h: e.ConveningForwarded, _: int) -> State:
    reached = {unit: replace(one, reached=True) for unit, one in state.convened.items() if one.through == h.unit}
    return replace(state, convened={**state.convened, **reached})


def _named(state: State, h: e.ParticipantsNamed, at: int) -> State:
    named = replace(state.convened[h.unit], named_at=at)
    return replace(state, convened={**state.convened, h.unit: named})


def _item_added(state: State, h: e.ItemAdded, _: int) -> State:
    late = state.phase != "planned"
    item = Item(h.item, h.title, h.minutes, h.rapporteur, h.question, h.closed, late)
    return replace(state, items=(*state.items, item))


def _change_item(state: State, item: str, **values: Any) -> State:
    return replace(state, items=tuple(replace(one, **values) if one.id == item else one for one in state.items))


def _item_changed(state: State, h: e.ItemChanged, _: int) -> State:
    values = {"title": h.title, "minutes": h.minutes, "rapporteur": h.rapporteur}
    return _change_item(state, h.item, **values, question=h.question, closed=h.closed)


def _item_moved(state: State, h: e.ItemMoved, _: int) -> State:
    rest = [one for one in state.items if one.id != h.item]
    rest[h.position : h.position] = [one for one in state.items if one.id == h.item]
    return replace(state, items=tuple(rest))


def _item_removed(state: State, h: e.ItemRemoved, _: int) -> State:
    papers = tuple(paper for paper in state.papers if paper.item != h.item)
    items = tuple(one for one in state.items if one.id != h.item)
    return replace(state, items=items, papers=papers, threads=paper_comments.of_papers(state.threads, papers))


def _rung(state: State, h: e.SitesRung, at: int) -> State:
    return replace(state, rung={**state.rung, **dict.fromkeys(h.sites, at)}, awaited=state.awaited | {*h.sites})


def _site_checked(state: State, h: e.SiteChecked, at: int) -> State:
    return replace(state, checks={**state.checks, h.site: Checked(at, h.check)}, awaited=state.awaited - {h.site})


def _checked_in(state: State, h: e.CheckedIn, at: int) -> State:
    ever = state.ever_present if h.person in state.ever_present else (*state.ever_present, h.person)
    stays = (*_ended_stays(state.stays.get(h.person, ()), at), Stay(h.site, at))
    present = {**state.present, h.person: Present(h.site, at)}
    return replace(state, present=present, ever_present=ever, stays={**state.stays, h.person: stays})


def _ended_stays(stays: tuple[Stay, ...], at: int) -> tuple[Stay, ...]:
    return tuple(stay if stay.until else replace(stay, until=at) for stay in stays)


def _checked_out(state: State, h: e.CheckedOut, at: int) -> State:
    present = {person: here for person, here in state.present.items() if person != h.person}
    stays = {**state.stays, h.person: _ended_stays(state.stays.get(h.person, ()), at)}
    return replace(state, present=present, stays=stays)


def _role_taken(state: State, h: e.RoleTaken, _: int) -> State:
    """The two change roles; who is counted stays counted."""
    taker, holder = state.seats[h.person], state.seats[state.with_role(h.role)]
    changed = {
        taker.person: replace(taker, role=holder.role),
        holder.person: replace(holder, role=taker.role),
    }
    return replace(state, seats={**state.seats, **changed})


def _ended_spans(state: State, at: int) -> tuple[Span, ...]:
    return tuple(span if span.until else replace(span, until=at, ended=state.seq + 1) for span in state.spans)


def _suspended(state: State, h: e.Suspended, at: int) -> State:
    stays = {person: _ended_stays(known, at) for person, known in state.stays.items()}
    floor = replace(state.floor, queue=())
    away = replace(state, phase="suspended", present={}, stays=stays, spans=_ended_spans(state, at), side_rooms={})
    return replace(away, floor=floor, item="", paper="", page=0)


def _side_room_opened(state: State, h: e.SideRoomOpened, _: int) -> State:
    return replace(state, side_rooms={**state.side_rooms, h.room: SideRoom(h.name, h.sites)})


def _side_room_closed(state: State, h: e.SideRoomClosed, _: int) -> State:
    return replace(state, side_rooms={room: one for room, one in state.side_rooms.items() if room != h.room})


def _item_opened(state: State, h: e.ItemOpened, at: int) -> State:
    item = state.find_item(h.item)
    opened = _change_item(state, h.item, opened_at=(item.opened_at if item else 0) or at)
    spans = (*_ended_spans(state, at), Span(h.item, at, state.seq + 1))
    return pack.shown(replace(opened, item=h.item, spans=spans), pack.first_of(state, h.item), 1)


def _concluded(state: State, h: e.Concluded, at: int) -> State:
    decided = Decision(at, h.ballot, h.present, h.papers)
    concluded = _change_item(state, h.item, conclusion=h.text)
    return replace(concluded, decisions={**state.decisions, h.item: decided})


def _note_changed(state: State, h: e.NoteChanged, _: int) -> State:
    changed = (replace(one, text=h.text, changed=state.seq + 1) if one.id == h.note else one for one in state.notes)
    return replace(state, notes=tuple(one for one in changed if one.text))


def _comment_answered(state: State, h: e.CommentAnswered, _: int) -> State:
    answered = (replace(one, taken=h.taken, answer=h.text) if one.id == h.comment else one for one in state.comments)
    return replace(state, comments=tuple(answered))


def _asked(state: State, h: e.FloorAsked, _: int) -> State:
    return replace(state, floor=replace(state.floor, queue=(*state.floor.queue, Raised(h.person, h.site, h.order))))


def _without(floor: Floor, person: str) -> Floor:
    return replace(floor, queue=tuple(waiting for waiting in floor.queue if waiting.person != person))


def _given(state: State, h: e.FloorGiven, at: int) -> State:
    floor = _without(state.floor, h.person)
    return replace(state, floor=replace(floor, speaker=h.person, site=h.site, since=at, limit=h.limit))


def _ended(state: State, h: e.FloorEnded, at: int) -> State:
    floor, ms = state.floor, at - state.floor.since
    spoken = _longer(floor.spoken, state.item, h.person, ms)
    spoken_at = _longer(floor.spoken_at, state.item, floor.site, ms) if floor.site else floor.spoken_at
    free = replace(floor, speaker="", site="", since=0, limit=0, spoken=spoken, spoken_at=spoken_at)
    return replace(state, floor=free)


def _longer(known: Mapping[str, Mapping[str, int]], item: str, who: str, ms: int) -> Mapping[str, Mapping[str, int]]:
    of_item = known.get(item, {})
    return {**known, item: {**of_item, who: of_item.get(who, 0) + ms}}


def _vote_opened(state: State, h: e.VoteOpened, at: int) -> State:
    present = state.entitled_present
    here = tuple(person for person in h.electorate if person in present)
    made = Ballot(h.ballot, h.item, h.question, h.electorate, at, h.way, h.options, h.seats, h.held, here)
    return replace(state, ballots=(*state.ballots, made))


def _change_ballot(state: State, ballot: str, change: Callable[[Ballot], Ballot]) -> State:
    return replace(state, ballots=tuple(change(one) if one.id == ballot else one for one in state.ballots))


def _vote_cast(state: State, h: e.VoteCast, _: int) -> State:
    seat = state.seats.get(h.by)
    own = h.by == h.person or (seat is not None and seat.stands_for == h.person)

    def put(one: Ballot) -> Ballot:
        others = tuple(person for person in one.by_hand if person != h.person)
        return replace(one, votes={**one.votes, h.person: h.choices}, by_hand=others if own else (*others, h.person))

    return _change_ballot(state, h.ballot, put)


def _voter_passed(state: State, h: e.VoterPassed, _: int) -> State:
    return _change_ballot(state, h.ballot, lambda one: replace(one, passed_over=(*one.passed_over, h.person)))


def _ballot_taken(state: State, h: e.BallotTaken, _: int) -> State:
    return _change_ballot(state, h.ballot, lambda one: replace(one, taken=(*one.taken, h.person)))


def _vote_closed(state: State, h: e.VoteClosed, at: int) -> State:
    return _change_ballot(state, h.ballot, lambda one: replace(one, result=h.result, closed_at=at))


def _vote_voided(state: State, h: e.VoteVoided, at: int) -> State:
    return _change_ballot(state, h.ballot, lambda one: replace(one, voided=h.why, reason=h.reason, closed_at=at))


def _results_released(state: State, h: e.ResultsReleased, _: int) -> State:
    return replace(
        state, ballots=tuple(replace(one, held=one.held and one.id not in h.ballots) for one in state.ballots)
    )


def _closed(state: State, h: e.Closed, at: int) -> State:
    stays = {person: _ended_stays(known, at) for person, known in state.stays.items()}
    floor = Floor(spoken=state.floor.spoken, spoken_at=state.floor.spoken_at)
    ended = replace(state, phase="closed", closed_at=at, stays=stays, spans=_ended_spans(state, at), side_rooms={})
    return replace(ended, floor=floor, paper="", page=0, people=h.people)


def _minutes(state: State, **values: Any) -> State:
    return replace(state, minutes=replace(state.minutes, **values))


def _typeset(s: State, h: e.MinutesTypeset, _: int) -> State:
    made = _minutes(s, step="typeset", pdf=h.sha256, code=h.code, head_seq=h.head_seq, head_hash=h.head_hash)
    return _minutes(made, signer=h.signer, power=h.power)


def _signed(s: State, h: e.MinutesSigned, at: int) -> State:
    step = "signed" if h.field == "seal" else "typeset"
    return _minutes(s, step=step, pdf=h.sha256, signatures=(*s.minutes.signatures, (h.field, h.person, at)))


def _refused(s: State, h: e.MinutesRefused, _: int) -> State:
    """Nothing of the file that was not signed stays: the next has a number, a code and signatures of its own."""
    fresh = Minutes(version=s.minutes.version, sha256=s.minutes.sha256, returned=h.reason, refused_by=h.person)
    return replace(s, minutes=replace(fresh, step="draft"))


def _archived(s: State, h: e.Archived, at: int) -> State:
    return replace(pack.archived(s), archive=Archive(h.term, h.years, h.package, h.size, at))


_EVOLVE: dict[type, Callable[[State, Any, int], State]] = {
    e.Planned: _planned,
    e.DetailsChanged: lambda s, h, _: replace(s, title=h.title, place=h.place, begins=h.begins),
    e.Invited: _seated,
    e.Uninvited: _uninvited,
    e.ItemAdded: _item_added,
    e.ItemChanged: _item_changed,
    e.ItemMoved: _item_moved,
    e.ItemRemoved: _item_removed,
    **pack.EVOLVE,
    **paper_comments.EVOLVE,
    e.Archived: _archived,
    e.AgendaSubmitted: lambda s, h, _: replace(s, agenda_step="submitted", agenda_reason=""),
    e.AgendaWithdrawn: lambda s, h, _: replace(s, agenda_step="draft"),
    e.AgendaApproved: lambda s, h, _: replace(s, agenda_step="approved"),
    e.AgendaReturned: lambda s, h, _: replace(s, agenda_step="draft", agenda_reason=h.reason),
    e.Released: _released,
    e.InvitationIssued: lambda s, h, _: replace(
        s, invitation=Invitation(h.paper.symbol, h.paper.day, h.paper.sha256, s.invitation.issued + 1)
    ),
    e.Replied: _replied,
    e.AbsenceAnswered: _absence_answered,
    e.Reminded: lambda s, h, at: replace(s, reminded_at=at),
    e.ConveningForwarded: _forwarded,
    e.ParticipantsNamed: _named,
    e.Cancelled: lambda s, h, _: replace(s, phase="cancelled", cancelled=h.reason),
    e.SitesRung: _rung,
    e.SiteChecked: _site_checked,
    e.Opened: lambda s, h, at: replace(s, phase="open", opened_at=at),
    e.SiteJoined: lambda s, h, _: replace(s, joined=(*(x for x in s.joined if x != h.site), h.site)),
    e.LineChosen: lambda s, h, _: replace(s, lines={**s.lines, h.site: h.line}),
    e.SiteLeft: lambda s, h, _: replace(s, joined=tuple(x for x in s.joined if x != h.site)),
    e.CheckedIn: _checked_in,
    e.CheckedOut: _checked_out,
    e.CodesAsked: lambda s, h, _: replace(s, codes=h.on),
    e.RoleTaken: _role_taken,
    e.Suspended: _suspended,
    e.Resumed: lambda s, h, _: replace(s, phase="open"),
    e.SideRoomOpened: _side_room_opened,
    e.SideRoomClosed: _side_room_closed,
    e.ItemOpened: _item_opened,
    e.PageShown: lambda s, h, _: pack.shown(s, h.paper, h.page),
    e.FloorAsked: _asked,
    e.FloorWithdrawn: lambda s, h, _: replace(s, floor=_without(s.floor, h.person)),
    e.FloorGiven: _given,
    e.FloorExtended: lambda s, h, _: replace(s, floor=replace(s.floor, limit=s.floor.limit + h.seconds)),
    e.FloorEnded: _ended,
    e.SpeechesLimited: lambda s, h, _: replace(s, floor=replace(s.floor, each=h.seconds)),
    e.QueueOrdered: lambda s, h, _: replace(s, floor=replace(s.floor, by=h.by)),
    e.VoteOpened: _vote_opened,
    e.VoteCast: _vote_cast,
    e.VoterPassed: _voter_passed,
    e.BallotTaken: _ballot_taken,
    e.VoteClosed: _vote_closed,
    e.VoteVoided: _vote_voided,
    e.ResultsReleased: _results_released,
    e.RecordingStarted: lambda s, h, at: replace(s, recording=h.recording, recorded_since=at),
    e.RecordingStopped: lambda s, h, _: replace(s, recording="", recorded_since=0),
    e.RecordingKept: lambda s, h, _: replace(s, recordings=(*s.recordings, h.file)),
    e.Concluded: _concluded,
    e.Said: lambda s, h, _: s,  # screens read the chat from its events
    e.Noted: lambda s, h, at: replace(s, notes=(*s.notes, Note(h.note, h.item, at, h.text))),
    e.NoteChanged: _note_changed,
    e.CommentsOpened: lambda s, h, _: _minutes(s, open_to_comments=True),
    e.Commented: lambda s, h, at: replace(
        s, comments=(*s.comments, Comment(h.comment, h.person, h.version, h.line, h.text, at))
    ),
    e.CommentAnswered: _comment_answered,
    e.Closed: _closed,
    e.MinutesSaved: lambda s, h, _: _minutes(
        s, step="draft", version=h.version, sha256=h.sha256, returned="", refused_by=""
    ),
    e.MinutesApproved: lambda s, h, _: _minutes(s, step="approved", open_to_comments=False),
    e.MinutesReturned: lambda s, h, _: _minutes(s, step="draft", returned=h.reason),
    e.MinutesNumbered: lambda s, h, _: _minutes(s, step="numbered", number=h.number, symbol=h.symbol, day=h.day),
    e.MinutesTypeset: _typeset,
    e.MinutesRefused: _refused,
    e.MinutesPreserved: lambda s, h, _: _minutes(s, pdf=h.sha256, proved_until=h.until),
    e.MinutesSigned: _signed,
    e.NoticeIssued: lambda s, h, _: replace(s, notice=h.paper, notices_issued=s.notices_issued + 1),
    e.Circulated: lambda s, h, _: _minutes(s, step="circulated", recipients=h.people),
    e.Acknowledged: lambda s, h, at: _minutes(s, acknowledged=(*s.minutes.acknowledged, (h.person, at))),
}
