"""Every body of an HTTP answer that is not an action's own row, as structs; the requests are in bodies.py, the
channel's messages in wire.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from meetings.opinion.actions import OpinionWaiting
from meetings.sitting.actions import CalledRow, SittingRow, Waiting
from meetings.sitting.events import LineName
from meetings.sitting.narrative import MinutesText
from meetings.sitting.notice_board import NoticeRow
from meetings.sitting.rehearsal import Finding, Step
from meetings.sitting.rule_book import RuleSetRow
from meetings.sitting.screen import SittingPart
from meetings.tasks.actions import TaskRow
from signing.model import Revision, Signature, Stamp

from .wire import Health

if TYPE_CHECKING:
    from meetings.people.model import Membership, Person, Unit


class Made(msgspec.Struct, frozen=True):
    id: str


class Link(msgspec.Struct, frozen=True):
    """`sha256` of what is behind it, where it is a file."""

    url: str
    sha256: str = ""


class OfflineFiles(msgspec.Struct, frozen=True):
    """Addresses of the front end's files, and the build that they are of."""

    build: str
    files: list[str]


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


class PushKey(msgspec.Struct, frozen=True):
    """What a browser subscribes with; "": nothing is pushed here."""

    key: str


class DeviceMine(msgspec.Struct, frozen=True):
    """Is it the asker whom this browser tells?"""

    mine: bool


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


class Nameable(msgspec.Struct, frozen=True):
    """Whom a unit may name for a sitting: `people` in office there, `items` that will be discussed as far as guests may
    know, and who is `named` already."""

    people: list[PersonRow]
    items: list[str]
    named: list[str]


class Desk(msgspec.Struct, frozen=True):
    sittings: list[SittingRow]
    waiting: list[Waiting]
    called: list[CalledRow]  # sittings that wait for a unit one answers for
    notices: list[NoticeRow]
    opinions: list[OpinionWaiting]  # ballots to answer
    tasks: list[TaskRow]  # not acknowledged yet, or overdue


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
    made_from: str = "pdf"


class Minutes(msgspec.Struct, frozen=True):
    version: int
    text: MinutesText


class CertificateRequest(msgspec.Struct, frozen=True):
    """PKCS#10, PEM."""

    pem: str


class AgentSelf(msgspec.Struct, frozen=True):
    """Whose agent one is, and the certificates (DER) that this person may sign with by it."""

    person: str
    name: str
    agent: str
    certificates: list[bytes]


class TokenCertificate(msgspec.Struct, frozen=True):
    """DER."""

    certificate: bytes


class Checked(msgspec.Struct, frozen=True):
    """A file judged: valid, not-valid or cannot-tell. `journal`: same, other or unknown to this node. `until`: when the
    first of its proofs runs out, UTC milliseconds. Of a printed code too: `lines`, what was decided, and `digest`, the
    SHA-256 of the text that was printed."""

    state: str
    reason: str
    signatures: tuple[Signature, ...]
    stamps: tuple[Stamp, ...]
    revisions: tuple[Revision, ...]
    until: int
    sha256: str
    journal: str
    symbol: str
    subject: str
    agency: str
    lines: tuple[str, ...] = ()
    digest: str = ""


class PaperKey(msgspec.Struct, frozen=True):
    """A key that signs codes on paper: SubjectPublicKeyInfo, base64; whose; its certificate's times, UTC ms."""

    key: str
    organization: str
    begins: int
    ends: int


class Handover(msgspec.Struct, frozen=True):
    """For a signing program: where it fetches the file, where it brings it back, each good once; `until` UTC ms."""

    fetch: str
    bring: str
    session: str
    symbol: str
    day: str
    until: int
