"""The live state of a sitting, and what is asked of it. Pure. Only `evolve` (evolve.py) makes a new one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from store.errors import Denied

from . import events as e
from .model import (
    AgendaStep,
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
    Paper,
    Phase,
    Present,
    Reply,
    SideRoom,
    Span,
    Stay,
    Thread,
)  # fmt: skip
from .rules import Occasion, RuleSet


class State(msgspec.Struct, frozen=True):
    id: str = ""
    seq: int = 0
    released_at: int = 0
    phase: Phase = "planned"
    title: str = ""
    unit: str = ""
    place: str = ""
    begins: int = 0
    rules: RuleSet | None = None  # None only before the first event
    occasion: Occasion = "ordinary"
    opened_at: int = 0
    closed_at: int = 0
    agenda_step: AgendaStep = "draft"  # before release: AgendaSubmitted and its like
    agenda_reason: str = ""  # why it was returned
    short_reason: str = ""  # why there was less notice than the rules ask for: Released
    reply_by: int = 0
    invitation: Invitation = Invitation()
    cancelled: str = ""  # why: Cancelled
    replies: Mapping[str, Reply] = {}
    reminded_at: int = 0
    convened: Mapping[str, Convening] = {}  # unit -> how far it is: Planned, ConveningForwarded, ParticipantsNamed
    seats: Mapping[str, e.Seat] = {}
    rooms: Mapping[str, str] = {}  # site -> unit
    lines: Mapping[str, e.LineName] = {}  # site -> its line profile, where it is not "full": LineChosen
    rung: Mapping[str, int] = {}  # site -> when it was asked to try its things: SitesRung
    awaited: frozenset[str] = frozenset()  # sites that have not answered since: SitesRung, SiteChecked
    checks: Mapping[str, Checked] = {}  # what each found last: SiteChecked
    joined: tuple[str, ...] = ()  # sites whose camera and wall are linked now
    items: tuple[Item, ...] = ()
    papers: tuple[Paper, ...] = ()
    present: Mapping[str, Present] = {}
    ever_present: tuple[str, ...] = ()
    stays: Mapping[str, tuple[Stay, ...]] = {}  # person -> when they were here: CheckedIn, CheckedOut
    spans: tuple[Span, ...] = ()  # when each item was open: ItemOpened, Suspended, Closed
    codes: bool = False  # who checks in at a room gives the code on its wall: CodesAsked
    side_rooms: Mapping[str, SideRoom] = {}
    item: str = ""
    paper: str = ""
    page: int = 0
    floor: Floor = Floor()
    ballots: tuple[Ballot, ...] = ()
    shown: Mapping[str, tuple[str, ...]] = {}  # item -> SHA-256 of what everybody was shown: ItemOpened, PageShown
    decisions: Mapping[str, Decision] = {}  # item -> Concluded
    notes: tuple[Note, ...] = ()
    comments: tuple[Comment, ...] = ()  # on the draft of the minutes
    threads: Mapping[str, Thread] = {}  # paper -> what was said of it: PaperCommented and what came of that
    people: Mapping[str, tuple[str, str]] = {}  # id -> name, office, as they were at the close: Closed
    notice: e.Issued | None = None  # of conclusions: NoticeIssued
    notices_issued: int = 0
    minutes: Minutes = Minutes()
    archive: Archive | None = None  # Archived
    recording: str = ""  # the one that is on: RecordingStarted, RecordingStopped
    recorded_since: int = 0
    recordings: tuple[e.RecordingFile, ...] = ()  # RecordingKept

    # ── questions ──

    def with_role(self, role: str) -> str:
        """The person who has a role only one can have; "" if none."""
        return next((seat.person for seat in self.seats.values() if seat.role == role), "")

    def seat_of(self, person: str) -> e.Seat:
        """Raises Denied: who has none asks for nothing in the sitting."""
        if person not in self.seats:
            raise Denied("no-right")
        return self.seats[person]

    @property
    def chair(self) -> str:
        return self.with_role("chair")

    @property
    def entitled(self) -> list[str]:
        return [seat.person for seat in self.seats.values() if seat.entitled]

    @property
    def entitled_present(self) -> list[str]:
        """Members who are here, or are stood in for where the rules let a substitute count."""
        stood_in = {self.votes_for(person) for person in self.present}
        return [person for person in self.entitled if person in self.present or person in stood_in]

    def votes_for(self, person: str) -> str:
        """Whose vote PERSON gives: one's own, or that of the absent member one was sent for; "" for none."""
        seat = self.seats.get(person)
        if seat is None or seat.entitled:
            return person if seat else ""
        stands_for = seat.stands_for if self.rule.substitutes == "vote" else ""
        return stands_for if stands_for and stands_for not in self.present else ""

    @property
    def asked(self) -> list[str]:
        """Who is asked whether they come."""
        return [seat.person for seat in self.seats.values() if seat.role in ("deputy", "member", "guest")]

    @property
    def unanswered(self) -> list[str]:
        return [person for person in self.asked if person not in self.replies]

    @property
    def rule(self) -> RuleSet:
        """What it was convened under."""
        assert self.rules is not None
        return self.rules

    def listens_only(self, person: str) -> bool:
        """A guest, or whoever was sent for one, where the rules let guests only listen."""
        seat = self.seat_of(person)
        return self.rule.guests == "listen" and self.seats.get(seat.stands_for, seat).role == "guest"

    def reports_on(self, person: str, item: str) -> bool:
        """Its rapporteur, or whoever was sent for them."""
        found, seat = self.find_item(item), self.seats.get(person)
        if found is None or seat is None or not found.rapporteur:
            return False
        return found.rapporteur in (person, seat.stands_for)

    def is_secret(self, item: str) -> bool:
        """Is a paper of this item handed out in the room, because it is secret?"""
        return any(paper.item == item and paper.on_paper for paper in self.papers)

    @property
    def closed_item_on(self) -> bool:
        """Is a closed item on now, so that not everybody is in the room?"""
        item = self.find_item(self.item)
        return item is not None and item.closed and self.phase == "open"

    @property
    def open_ballot(self) -> Ballot | None:
        return next((ballot for ballot in self.ballots if ballot.is_open), None)

    def find_item(self, item: str) -> Item | None:
        return next((one for one in self.items if one.id == item), None)

    def find_paper(self, paper: str) -> Paper | None:
        return next((one for one in self.papers if one.id == paper), None)

    def roles_of(self, person: str) -> frozenset[str]:
        """As rights ask for them; speaker and rapporteur of the open item present."""
        held: set[str] = set()
        if seat := self.seats.get(person):
            item = self.find_item(self.item)
            presents = person in (self.floor.speaker, item.rapporteur if item else "")
            held |= {seat.role, "presenter"} if presents else {seat.role}
        if person in self.minutes.recipients:
            held.add("recipient")
        if person and person == self.minutes.signer:
            held.add("signer")
        return frozenset(held)

    def roles(self) -> dict[str, frozenset[str]]:
        """Person -> roles, of everybody who has any."""
        return {person: self.roles_of(person) for person in (*self.seats, *self.minutes.recipients)}
