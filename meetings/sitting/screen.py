"""What each kind of viewer sees of a sitting: events let through or withheld, and the state as a screen shows it. Pure.

Viewers with the same view share one encoding. A withheld event still fills its number, so that a browser that
resumes never takes a secret for a loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from signing.checkpoint import Checkpoint
from store.chain import Event

from . import ballots, floor, minutes, rules
from .attendance import is_quorate
from .events import RecordingFile, VoteWay
from .model import Ballot
from .rules import Choice, Result
from .state import State

ViewKind = Literal["desk", "part", "guest", "site"]

AT_DESK = {
    "minutes-saved", "minutes-approved", "minutes-returned", "minutes-numbered", "minutes-typeset", "minutes-signed",
    "recording-kept", "sites-rung", "site-checked",
}  # fmt: skip
PREPARING = {"item-added", "item-changed", "item-moved", "item-removed", "paper-attached", "paper-detached"}
OF_BALLOT = {"vote-cast", "voter-passed", "ballot-taken", "vote-closed", "vote-voided"}
HELD = {"vote-cast", "vote-closed"}  # what a ballot whose result is held back says
OF_ITEM = {"item-added", "item-changed", "paper-attached", "item-opened", "concluded", "vote-opened"}


class View(msgspec.Struct, frozen=True):
    """`items`: a guest's own items; empty means every item that is not closed."""

    kind: ViewKind
    items: tuple[str, ...] = ()


def view_of(state: State, person: str) -> View:
    seat = state.seats.get(person)
    if seat is not None and seat.role in ("chair", "secretary", "clerk"):
        return View("desk")
    if seat is not None and seat.role == "guest":
        return View("guest", seat.items)
    return View("part")


SITE_VIEW = View("site")


class SeenEvent(msgspec.Struct, frozen=True):
    """An event as a browser gets it. `body` is null where it is withheld."""

    seq: int
    at: int
    kind: str
    actor: str
    body: Mapping[str, Any] | None
    hash: str


def view(event: Event, viewer: View, state: State) -> SeenEvent:
    """EVENT for one kind of viewer, given the state it led to."""
    body = event.body if _visible(event, viewer, state) else None
    if event.kind in ("vote-cast", "ballot-taken") and body is not None and viewer.kind == "site":
        body = None
    kind = event.kind if body is not None else "withheld"
    return SeenEvent(event.seq, event.at, kind, event.actor.id if body is not None else "", body, event.hash)


def _visible(event: Event, viewer: View, state: State) -> bool:
    if event.body is None:
        return False
    if event.kind in HELD and any(one.id == event.body["ballot"] and one.held for one in state.ballots):
        return False
    if viewer.kind == "desk":
        return True
    if event.kind in AT_DESK:
        return False
    if event.kind in PREPARING and (not state.released_at or event.at <= state.released_at):
        return False  # for good: what was thought of and left out before release is nobody else's
    if event.kind in OF_ITEM:
        return may_see_item(state, viewer, str(event.body.get("item", "")))
    if event.kind in OF_BALLOT:
        ballot = next((one for one in state.ballots if one.id == event.body["ballot"]), None)
        return ballot is not None and may_see_item(state, viewer, ballot.item)
    if event.kind == "page-shown":
        paper = state.find_paper(str(event.body["paper"]))
        return paper is not None and may_see_item(state, viewer, paper.item)
    return True


def may_see_item(state: State, viewer: View, item: str) -> bool:
    found = state.find_item(item)
    if viewer.kind in ("desk", "part"):
        return True
    if found is None:  # removed since: whether it was closed is no longer known
        return False
    if viewer.kind == "guest" and viewer.items:
        return item in viewer.items
    return not found.closed


# ── the screen's parts: sent whole when they changed ──


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


class ItemPart(msgspec.Struct, frozen=True):
    id: str
    number: int
    title: str
    minutes: int
    rapporteur: str
    question: str
    closed: bool
    step: Literal["next", "now", "done"]
    opened_at: int
    conclusion: str
    papers: tuple[PaperPart, ...]


class SittingPart(msgspec.Struct, frozen=True):
    id: str
    phase: str
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


class SeatPart(msgspec.Struct, frozen=True):
    person: str
    unit: str
    role: str
    entitled: bool
    present: bool
    site: str
    since: int


class AttendancePart(msgspec.Struct, frozen=True):
    seats: tuple[SeatPart, ...]
    present: int
    entitled: int
    needed: int
    quorate: bool


class SitePart(msgspec.Struct, frozen=True):
    site: str
    unit: str
    joined: bool
    line: str  # its profile: meetings/relay/lines.py


class StagePart(msgspec.Struct, frozen=True):
    item: str
    paper: str
    page: int
    speaker: str
    speaker_site: str
    since: int
    queue: tuple[tuple[str, str], ...]
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
    votes: Mapping[str, tuple[Choice, ...]]
    result: Result | None
    voided: str
    reason: str


class MinutesPart(msgspec.Struct, frozen=True):
    step: str
    version: int
    returned: str
    number: int
    symbol: str
    day: str
    pdf: str
    code: str
    next_field: str
    signatures: tuple[tuple[str, str, int], ...]
    recipients: tuple[str, ...]
    acknowledged: tuple[tuple[str, int], ...]


class Screen(msgspec.Struct, frozen=True):
    sitting: SittingPart
    agenda: tuple[ItemPart, ...]
    attendance: AttendancePart
    sites: tuple[SitePart, ...]
    stage: StagePart
    ballots: tuple[BallotPart, ...]
    minutes: MinutesPart
    recordings: tuple[RecordingFile, ...]  # for who may watch them
    people: Mapping[str, Card]
    rooms: Mapping[str, str]  # site -> name
    witness: Checkpoint | None  # the newest signed head of the journal


def screen(
    state: State, viewer: View, people: Mapping[str, Card], rooms: Mapping[str, str], witness: Checkpoint | None = None
) -> Screen:  # fmt: skip
    """STATE as VIEWER may see it."""
    return Screen(
        sitting(state), _agenda(state, viewer), _attendance(state),
        _sites(state),
        _stage(state, viewer),
        tuple(_ballot(state, ballot, viewer) for ballot in state.ballots if may_see_item(state, viewer, ballot.item)),
        _minutes(state, viewer), state.recordings if viewer.kind == "desk" else (), people, rooms, witness,
    )  # fmt: skip


def sitting(state: State) -> SittingPart:
    """The part that all viewers see alike."""
    return SittingPart(
        state.id, state.phase, state.title, state.unit, state.place, state.begins, state.opened_at, state.closed_at,
        state.chair, state.with_role("secretary"), state.rule.source, state.rule.unsure,
        state.recorded_since,
    )  # fmt: skip


def _sites(state: State) -> tuple[SitePart, ...]:
    lines, joined = state.lines, state.joined
    return tuple(SitePart(site, unit, site in joined, lines.get(site, "full")) for site, unit in state.rooms.items())


def _agenda(state: State, viewer: View) -> tuple[ItemPart, ...]:
    if state.phase == "planned" and viewer.kind != "desk":
        return ()
    parts = []
    for number, item in enumerate(state.items, 1):
        if not may_see_item(state, viewer, item.id):
            continue
        papers = tuple(
            PaperPart(paper.id, paper.name, paper.sha256, paper.pages, paper.size)
            for paper in state.papers
            if paper.item == item.id
        )
        step: Literal["next", "now", "done"] = (
            "now" if item.id == state.item and state.phase == "open" else "done" if item.opened_at else "next"
        )
        shown = msgspec.structs.asdict(item) | {"number": number, "step": step, "papers": papers}
        parts.append(ItemPart(**shown))
    return tuple(parts)


def _attendance(state: State) -> AttendancePart:
    seats = []
    for seat in state.seats.values():
        here = state.present.get(seat.person)
        place, since = (here.site, here.since) if here else ("", 0)
        seats.append(SeatPart(seat.person, seat.unit, seat.role, seat.entitled, here is not None, place, since))
    entitled = len(state.entitled)
    needed = rules.quorum_needed(state.rule, entitled)
    return AttendancePart(tuple(seats), len(state.entitled_present), entitled, needed, is_quorate(state))


def _stage(state: State, viewer: View) -> StagePart:
    hidden = not may_see_item(state, viewer, state.item)
    shown = ("", "", 0) if hidden else (state.item, state.paper, state.page)
    speaking = state.floor
    return StagePart(
        *shown, speaking.speaker, speaking.site, speaking.since, speaking.queue, floor.on_stage(state)
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
        () if site else voted, ballots.called(state, ballot), {} if site or ballot.held else ballot.votes,
        None if ballot.held else ballot.result, ballot.voided, ballot.reason,
    )  # fmt: skip


def _minutes(state: State, viewer: View) -> MinutesPart:
    made = state.minutes
    if viewer.kind != "desk" and made.step != "circulated":
        return MinutesPart("none", 0, "", 0, "", "", "", "", "", (), (), ())
    return MinutesPart(
        made.step, made.version, made.returned, made.number, made.symbol, made.day, made.pdf, made.code,
        minutes.next_field(state), made.signatures, made.recipients, made.acknowledged,
    )  # fmt: skip


def parts(whole: Screen) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in Screen.__struct_fields__}


def changed(before: Screen | None, after: Screen) -> dict[str, Any]:
    """The parts that differ: what a browser that showed BEFORE needs to show AFTER."""
    return {name: part for name, part in parts(after).items() if before is None or getattr(before, name) != part}
