"""The state of a sitting as a screen shows it, in parts that are sent whole when they changed. Pure.

Viewers with the same view (views.py) share one encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from documents.lifecycle import Step
from signing.checkpoint import Checkpoint

from . import ballots, floor, minutes, rules
from .attendance import Standing, is_quorate, standing
from .events import QueueOrder, RecordingFile, VoteWay
from .model import Ballot, Comment, Decision, Note, Paper, Raised, Reply, SideRoom, Version
from .paper_comments import Tally, tallies
from .presiding import side_room_of
from .rules import Choice, Result
from .state import State
from .views import View, may_read, may_see_item, sees_all

NO_REPLY = Reply("in-person", "", "", 0)


class Card(msgspec.Struct, frozen=True):
    """A person as shown: name with office and unit, under the names of the sitting's day."""

    name: str
    honorific: str
    office: str
    unit: str


class PaperPart(msgspec.Struct, frozen=True):
    id: str
    name: str
    sha256: str
    pages: int
    size: int
    private: bool  # not for everybody
    readers: tuple[str, ...]  # for whom, as the desk is told
    step: Step
    on_paper: bool  # handed out in the room
    since: int  # when this version came
    reason: str  # why it is another version, or recalled
    cleared: str  # the stamp of secrecy that it bears, as the desk is told
    earlier: tuple[Version, ...]  # what came before it, as the desk is told
    version: int  # counted from 1
    watermarked: bool  # a reader's copy bears who reads it


class ItemPart(msgspec.Struct, frozen=True):
    id: str
    number: int
    title: str
    minutes: int
    rapporteur: str
    question: str
    closed: bool
    late: bool
    step: Literal["next", "now", "done"]
    opened_at: int
    since: int  # of the open one: when it would have begun, had it been open without a break; else 0
    conclusion: str
    decision: Decision | None  # what the conclusion rests on
    papers: tuple[PaperPart, ...]


class SittingPart(msgspec.Struct, frozen=True):
    id: str
    phase: str
    occasion: str
    agenda_step: str
    agenda_reason: str
    approver: str
    released_at: int
    short_reason: str  # why there was less notice than the rules ask for
    reply_by: int
    invitation: str  # its number and symbol
    cancelled: str
    substitutes: str  # what the rules let them do
    title: str
    unit: str
    place: str
    begins: int
    opened_at: int
    closed_at: int
    chair: str
    secretary: str
    rule_source: str
    unsure: tuple[str, ...]  # what of its rules was not read in full
    recorded_since: int  # 0: it is not being recorded
    chat_in_record: bool
    closed_item: bool  # a closed item is on: that it is, for those outside
    archived_at: int  # 0: it is not archived


class SeatPart(msgspec.Struct, frozen=True):
    person: str
    unit: str
    role: str
    entitled: bool
    present: bool
    site: str
    since: int
    spoken: int  # ms in all
    standing: Standing
    stands_for: str
    votes_for: str  # whose vote they give; "" for none
    reply: str  # "" until they reply
    reason: str
    substitute: str
    granted: bool | None  # the chair's word to an absence


class ConvenedPart(msgspec.Struct, frozen=True):
    """A unit that names its own people, or (`forward`) passes the call on."""

    unit: str
    through: str
    step: str  # unreached, name, named, forward, forwarded
    people: int


class AttendancePart(msgspec.Struct, frozen=True):
    seats: tuple[SeatPart, ...]
    present: int
    entitled: int
    needed: int
    quorate: bool
    codes: bool  # who checks in at a room gives the code on its wall


class SitePart(msgspec.Struct, frozen=True):
    site: str
    unit: str
    joined: bool
    side_room: str  # "" for none
    spoken: int  # ms in all
    line: str  # its profile: meetings/relay/lines.py


class StagePart(msgspec.Struct, frozen=True):
    item: str
    paper: str
    page: int
    speaker: str
    speaker_site: str
    since: int
    limit: int  # seconds of this speech; 0: none
    each: int  # of every speech from now on
    by: QueueOrder
    queue: tuple[Raised, ...]  # in the order they are called in
    stage: str  # the site everybody sees


class BallotPart(msgspec.Struct, frozen=True):
    """A vote. `held`: what came out is not shown yet. `called`: whom a roll call has come to."""

    id: str
    item: str
    question: str
    opened_at: int
    way: VoteWay
    options: tuple[str, ...]
    codes: tuple[Choice, ...]  # what may be chosen, in the ballot's order
    seats: int
    step: Literal["open", "closed", "voided"]
    held: bool
    changeable: bool
    electorate: int
    cast: int
    voted: tuple[str, ...]
    called: str
    passed: tuple[str, ...]  # called, and did not answer
    by_hand: tuple[str, ...]  # whose vote was put down for them
    absent: int  # who gave no answer because they were not there
    votes: Mapping[str, tuple[Choice, ...]]
    result: Result | None
    voided: str
    reason: str


class MinutesPart(msgspec.Struct, frozen=True):
    step: str
    version: int
    returned: str
    refused_by: str
    open_to_comments: bool
    number: int
    symbol: str
    day: str
    pdf: str
    code: str
    next_field: str
    signer: str  # in the chair's place
    signatures: tuple[tuple[str, str, int], ...]
    proved_until: int  # 0: no archive timestamp yet
    recipients: tuple[str, ...]
    acknowledged: tuple[tuple[str, int], ...]


class Screen(msgspec.Struct, frozen=True):
    sitting: SittingPart
    convened: tuple[ConvenedPart, ...]
    agenda: tuple[ItemPart, ...]
    attendance: AttendancePart
    sites: tuple[SitePart, ...]
    side_rooms: Mapping[str, SideRoom]
    stage: StagePart
    ballots: tuple[BallotPart, ...]
    notes: tuple[Note, ...]  # the secretary's, for who writes the minutes
    notice: str  # number and symbol of the notice of conclusions
    comments: tuple[Comment, ...]  # on the draft, for who was there
    paper_comments: Mapping[str, Tally]  # paper -> how many, for who reads everybody's
    minutes: MinutesPart
    recordings: tuple[RecordingFile, ...]  # for who may watch them
    people: Mapping[str, Card]
    rooms: Mapping[str, str]  # site -> name
    units: Mapping[str, str]  # unit that was convened -> name
    witness: Checkpoint | None  # the newest signed head of the journal


def screen(
    state: State, viewer: View, people: Mapping[str, Card], rooms: Mapping[str, str],
    units: Mapping[str, str] | None = None, witness: Checkpoint | None = None,
) -> Screen:  # fmt: skip
    """STATE as VIEWER may see it."""
    return Screen(
        _for(sitting(state), viewer), _convened(state, viewer), _agenda(state, viewer), _attendance(state, viewer),
        _sites(state, viewer), state.side_rooms,
        _stage(state, viewer),
        tuple(_ballot(state, ballot, viewer) for ballot in state.ballots if may_see_item(state, viewer, ballot.item)),
        state.notes if viewer.kind == "desk" else (), state.notice.symbol if state.notice else "",
        _comments(state, viewer), tallies(state, viewer),
        _minutes(state, viewer), state.recordings if viewer.kind == "desk" else (), people, rooms, units or {}, witness,
    )  # fmt: skip


def sitting(state: State) -> SittingPart:
    """The part that all viewers see alike."""
    return SittingPart(
        state.id, state.phase, state.occasion, state.agenda_step, state.agenda_reason, state.with_role("approver"),
        state.released_at, state.short_reason, state.reply_by, state.invitation.symbol, state.cancelled,
        state.rule.substitutes, state.title, state.unit, state.place, state.begins, state.opened_at, state.closed_at,
        state.chair, state.with_role("secretary"), state.rule.source, state.rule.unsure,
        state.recorded_since, state.rule.chat_in_record, state.closed_item_on,
        state.archive.at if state.archive else 0,
    )  # fmt: skip


def _for(part: SittingPart, viewer: View) -> SittingPart:
    """Why an agenda was returned is between those who prepare it."""
    return part if viewer.kind == "desk" else msgspec.structs.replace(part, agenda_reason="")


def _comments(state: State, viewer: View) -> tuple[Comment, ...]:
    return state.comments if viewer.kind == "desk" or viewer.comments else ()


def _convened(state: State, viewer: View) -> tuple[ConvenedPart, ...]:
    if viewer.kind != "desk":
        return ()
    forward = {one.through: one.reached for one in state.convened.values() if one.through}
    shown = [ConvenedPart(unit, "", "forwarded" if done else "forward", 0) for unit, done in forward.items()]
    for unit, one in state.convened.items():
        people = sum(seat.unit == unit and seat.role == "guest" for seat in state.seats.values())
        step = "named" if one.named_at else "name" if one.reached else "unreached"
        shown.append(ConvenedPart(unit, one.through, step, people))
    return tuple(shown)


def _heard(state: State, viewer: View, spoken: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    """Who spoke for how long, as far as it was where VIEWER is; for "", between items, everybody is."""
    return floor.sums(spoken, [item for item in spoken if not item or may_see_item(state, viewer, item)])


def _sites(state: State, viewer: View) -> tuple[SitePart, ...]:
    lines, joined, spoken = state.lines, state.joined, _heard(state, viewer, state.floor.spoken_at)
    return tuple(
        SitePart(site, unit, site in joined, side_room_of(state, site), spoken.get(site, 0), lines.get(site, "full"))
        for site, unit in state.rooms.items()
    )


def _agenda(state: State, viewer: View) -> tuple[ItemPart, ...]:
    if state.phase == "planned" and viewer.kind != "desk":
        return ()
    parts = []
    for number, item in enumerate(state.items, 1):
        if not may_see_item(state, viewer, item.id):
            continue
        papers = tuple(
            _paper(paper, viewer) for paper in state.papers if paper.item == item.id and may_read(state, viewer, paper)
        )
        step: Literal["next", "now", "done"] = (
            "now" if item.id == state.item and state.phase == "open" else "done" if item.opened_at else "next"
        )
        shown = msgspec.structs.asdict(item) | {"number": number, "step": step, "papers": papers}
        shown["since"] = _since(state, item.id) if step == "now" else 0
        shown["decision"] = state.decisions.get(item.id)
        parts.append(ItemPart(**shown))
    return tuple(parts)


def _since(state: State, item: str) -> int:
    spans = [span for span in state.spans if span.item == item]
    before = sum(span.until - span.since for span in spans if span.until)
    return spans[-1].since - before


def _paper(paper: Paper, viewer: View) -> PaperPart:
    """Of a recalled one, that it was: nothing by which it might be fetched."""
    desk, out = viewer.kind == "desk", paper.step != "recalled"
    facts = (paper.sha256 if desk or out else "", paper.pages, paper.size, paper.readers is not None)
    readers = (paper.readers or ()) if desk else ()
    version = len(paper.earlier) + 1 if desk else paper.versions_out
    return PaperPart(
        paper.id, paper.name, *facts, readers, paper.step, paper.on_paper, paper.since, paper.reason,
        paper.taken.cleared if desk else "", paper.earlier if desk else (), version, paper.watermarked,
    )  # fmt: skip


def _attendance(state: State, viewer: View) -> AttendancePart:
    seats, counted = [], frozenset(state.entitled_present)
    spoken = _heard(state, viewer, state.floor.spoken)
    for seat in state.seats.values():
        here = state.present.get(seat.person)
        place, since = (here.site, here.since) if here else ("", 0)
        reply = state.replies.get(seat.person, NO_REPLY)
        told = viewer.kind == "desk"  # why somebody does not come is not for everyone
        seats.append(SeatPart(
            seat.person, seat.unit, seat.role, seat.entitled, here is not None, place, since,
            spoken.get(seat.person, 0), standing(state, seat.person, counted), seat.stands_for,
            state.votes_for(seat.person) if seat.entitled or seat.stands_for else "",
            reply.answer if reply is not NO_REPLY else "", reply.reason if told else "",
            reply.substitute, reply.granted,
        ))  # fmt: skip
    entitled = len(state.entitled)
    needed = rules.quorum_needed(state.rule, entitled)
    return AttendancePart(tuple(seats), len(counted), entitled, needed, is_quorate(state), state.codes)


def _stage(state: State, viewer: View) -> StagePart:
    hidden = not may_see_item(state, viewer, state.item)
    shown = ("", "", 0) if hidden else (state.item, state.paper, state.page)
    speaking = state.floor
    if hidden and state.item:  # nor who speaks there, and who waits
        return StagePart(*shown, "", "", 0, 0, speaking.each, speaking.by, (), "")
    return StagePart(
        *shown, speaking.speaker, speaking.site, speaking.since, speaking.limit, speaking.each, speaking.by,
        tuple(floor.ordered(state)), floor.on_stage(state),
    )  # fmt: skip


def _ballot(state: State, ballot: Ballot, viewer: View) -> BallotPart:
    site, voted = viewer.kind == "site", ballot.voted
    step: Literal["open", "closed", "voided"] = (
        "open" if ballot.is_open else "voided" if ballot.voided else "closed"
    )  # fmt: skip
    return BallotPart(
        ballot.id, ballot.item, ballot.question, ballot.opened_at, ballot.way, ballot.options,
        rules.codes(ballot.options), ballot.seats, step, ballot.held,
        state.rule.changeable and ballot.way != "secret", len(ballot.electorate), len(voted),
        () if site else voted, ballots.called(state, ballot),
        () if site else ballot.passed_over, () if site else ballot.by_hand, ballot.absent,
        {} if site or ballot.held else ballot.votes,
        None if ballot.held else ballot.result, ballot.voided, ballot.reason,
    )  # fmt: skip


def _minutes(state: State, viewer: View) -> MinutesPart:
    made = state.minutes
    whole = sees_all(state, viewer)
    if viewer.kind != "desk" and not (made.step == "circulated" and whole):
        withheld = state.phase == "closed" and viewer.kind == "guest" and not whole
        shown, step = (made.version, "draft") if viewer.comments else (0, "withheld" if withheld else "none")
        return MinutesPart(step, shown, "", "", viewer.comments, 0, "", "", "", "", "", "", (), 0, (), ())
    return MinutesPart(
        made.step, made.version, made.returned, made.refused_by, made.open_to_comments, made.number, made.symbol,
        made.day, made.pdf, made.code,
        minutes.next_field(state), made.signer, made.signatures, made.proved_until, made.recipients, made.acknowledged,
    )  # fmt: skip


def parts(whole: Screen) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in Screen.__struct_fields__}


def changed(before: Screen | None, after: Screen) -> dict[str, Any]:
    """The parts that differ: what a browser that showed BEFORE needs to show AFTER."""
    return {name: part for name, part in parts(after).items() if before is None or getattr(before, name) != part}
