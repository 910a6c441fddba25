"""Every body of an HTTP request and answer, as strict structs; the channel's messages are in wire.py.

The browser's types and docs/PROTOCOL.md are generated from both by `bacap protocol`; a test fails when they are stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from meetings.sitting.actions import CalledRow, PlannedItem, SittingRow, Waiting
from meetings.sitting.events import Check, LineName
from meetings.sitting.narrative import MinutesText
from meetings.sitting.notice_board import NoticeRow
from meetings.sitting.rehearsal import Finding, Step
from meetings.sitting.rule_book import RuleSetRow
from meetings.sitting.rules import Occasion
from meetings.sitting.screen import SittingPart

from .wire import Health, Strict

if TYPE_CHECKING:
    from meetings.people.model import Membership, Person, Unit

# ── bodies of HTTP requests ──


class SignIn(Strict, frozen=True):
    login: str
    password: str
    code: str = ""


class DemoSignIn(Strict, frozen=True):
    person: str


class NewPassword(Strict, frozen=True):
    token: str
    password: str


class FirstAdministrator(Strict, frozen=True):
    token: str
    name: str
    login: str
    password: str
    unit: str = ""


class NewUnit(Strict, frozen=True):
    parent: str
    name: str
    kind: str
    place: str = ""


class NewPerson(Strict, frozen=True):
    unit: str
    name: str
    honorific: str
    role: str
    office: str
    counted: bool = False


class NewEmail(Strict, frozen=True):
    email: str


class OpenAccount(Strict, frozen=True):
    login: str


class NewSite(Strict, frozen=True):
    unit: str
    name: str
    room: str


class EnrolSite(Strict, frozen=True):
    code: str


class NewSitting(Strict, frozen=True):
    id: str
    title: str
    unit: str
    place: str
    begins: int
    chair: str
    secretary: str
    clerk: str
    units: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    occasion: Occasion = "ordinary"
    approver: str = ""
    convened: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    items: tuple[PlannedItem, ...] = ()


class ReleaseSitting(Strict, frozen=True):
    """`reason`: of less notice than the rules ask for. `seen`: the last event the screen showed."""

    reason: str = ""
    reply_by: int = 0
    seen: int = 0


class SittingDetails(Strict, frozen=True):
    """`reason`: needed once everyone was told another time or place."""

    title: str
    place: str
    begins: int
    reason: str = ""
    seen: int = 0


class TakeOver(Strict, frozen=True):
    role: Literal["chair", "secretary"]


class SendSubstitute(Strict, frozen=True):
    person: str
    reason: str = ""


class NameParticipants(Strict, frozen=True):
    people: tuple[str, ...]


class OpinionAnswer(Strict, frozen=True):
    choice: str
    comment: str = ""


class OpinionReport(Strict, frozen=True):
    sitting: str


class TaskReport(Strict, frozen=True):
    report: str


class NewTemplate(Strict, frozen=True):
    name: str
    sitting: str


class NoticesRead(Strict, frozen=True):
    until: int


class NewRules(Strict, frozen=True):
    """A rule set's document, TOML: docs/rules.md."""

    document: str


class NewInvitations(Strict, frozen=True):
    units: tuple[str, ...]


class CheckMade(Strict, frozen=True):
    """What was measured, to be judged: for a sitting AT (UTC milliseconds, 0: now) over a line with this profile."""

    check: Check
    line: LineName = "full"
    at: int = 0


# ── answers to HTTP requests ──


class Made(msgspec.Struct, frozen=True):
    id: str


class Link(msgspec.Struct, frozen=True):
    """`sha256` of what is behind it, where it is a file."""

    url: str
    sha256: str = ""


class Code(msgspec.Struct, frozen=True):
    code: str


class Enrolled(msgspec.Struct, frozen=True):
    """`credential` is shown once; the room's browser keeps it."""

    site: str
    name: str
    credential: str


class Office(msgspec.Struct, frozen=True):
    id: str
    unit: str
    unit_name: str
    role: str
    office: str


class Me(msgspec.Struct, frozen=True):
    """Who is signed in ("" is nobody), and which places to offer."""

    id: str
    name: str
    offices: tuple[Office, ...]
    places: tuple[str, ...]
    demonstration: bool
    needs_first: bool


class UnitRow(msgspec.Struct, frozen=True):
    id: str
    name: str
    kind: str
    tier: int
    parent: str
    place: str

    @classmethod
    def of(cls, unit: Unit) -> UnitRow:
        return cls(unit.id, unit.name, unit.kind, unit.tier, unit.parent or "", unit.place)


class PersonRow(msgspec.Struct, frozen=True):
    """One office of a person; `login` and `email` are "" for none, or where they are not one's business."""

    id: str
    name: str
    honorific: str
    membership: str
    unit: str
    role: str
    office: str
    counted: bool
    login: str
    email: str

    @classmethod
    def of(cls, person: Person, held: Membership, login: str = "", email: str = "") -> PersonRow:
        named = (person.id, person.name, person.honorific)
        return cls(*named, held.id, held.unit, held.role, held.office, held.counted, login, email)


class ActRow(msgspec.Struct, frozen=True):
    """An administrative act; `about` is the name of the person it concerns, if any."""

    seq: int
    at: int
    kind: str
    actor: str
    about: str
    body: Mapping[str, Any]
    hash: str


class SiteRow(msgspec.Struct, frozen=True):
    id: str
    unit: str
    name: str
    room: str
    enrolled: bool
    revoked: bool
    health: Health


class CertificateRow(msgspec.Struct, frozen=True):
    """`use`: lan-authority, node, signing-root ...; times in UTC milliseconds."""

    use: str
    subject: str
    begins: int
    ends: int
    fingerprint: str


class UnitRules(msgspec.Struct, frozen=True):
    """`adopts`: the asker may take in a regulation of the unit."""

    rows: list[RuleSetRow]
    adopts: bool


class Desk(msgspec.Struct, frozen=True):
    sittings: list[SittingRow]
    waiting: list[Waiting]
    called: list[CalledRow]  # sittings that wait for a unit one answers for
    notices: list[NoticeRow]


class Planning(msgspec.Struct, frozen=True):
    """`own`: units I may plan for; `people`: those in office there."""

    own: list[str]
    units: list[UnitRow]
    people: list[PersonRow]


class SiteReadiness(msgspec.Struct, frozen=True):
    """`step`: what it found (good, warn, bad); or why there is no news since it was rung: waiting, silent (for
    minutes), busy (in another sitting), away (not connected), unenrolled; or unasked. `findings`: of its last answer,
    at `checked`. `rung`, `checked`: UTC milliseconds, 0 for never."""

    site: str
    name: str
    line: LineName
    connected: bool
    step: Step
    rung: int
    checked: int
    findings: tuple[Finding, ...]


class Rehearsal(msgspec.Struct, frozen=True):
    sitting: SittingPart
    sites: tuple[SiteReadiness, ...]


class JournalRow(msgspec.Struct, frozen=True):
    seq: int
    at: int
    kind: str
    actor: str
    hash: str


class PaperTaken(msgspec.Struct, frozen=True):
    """A paper is kept. `stripped`: codes of what was taken out of it."""

    sha256: str
    pages: int
    size: int
    signed: bool
    stripped: tuple[str, ...]


class Minutes(msgspec.Struct, frozen=True):
    version: int
    text: MinutesText


class SaveMinutesText(Strict, frozen=True):
    """`based_on`: the version that was edited."""

    text: MinutesText
    based_on: int


class Signer(msgspec.Struct, frozen=True):
    """`field` "": not my turn. `certificate` "": none yet."""

    field: str
    certificate: str


class NewCertificate(Strict, frozen=True):
    field: str
    passphrase: str


class Sign(Strict, frozen=True):
    """`based_on`: SHA-256 of the file that was shown."""

    field: str
    based_on: str
    passphrase: str


class CheckedSignature(msgspec.Struct, frozen=True):
    field: str
    signer: str
    organization: str
    title: str
    at: int
    state: str
    reason: str


class Checked(msgspec.Struct, frozen=True):
    """A file judged: valid, not-valid or cannot-tell. `journal`: same, other or unknown to this node."""

    state: str
    reason: str
    signatures: tuple[CheckedSignature, ...]
    sha256: str
    journal: str
    symbol: str
    subject: str
    agency: str
