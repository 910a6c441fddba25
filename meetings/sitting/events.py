"""Everything that can happen in a sitting: the vocabulary of its event stream. Pure.

An event holds codes, ids and times, never sentences for the screen. Text that people wrote (a title, a
conclusion) is theirs and is kept; minutes, being long, are blobs named by SHA-256.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from store.chain import Body, Draft, Event

from .rules import Choice, Occasion, Result, RuleSet

LineName = Literal["64k", "256k", "512k", "1.5M", "full", "send-only"]
RecordingEnd = Literal["chair", "closed-item", "closed", "failed"]
CameraState = Literal["good", "none", "refused", "busy", "dark"]
MicrophoneState = Literal["good", "none", "refused", "busy", "silent", "unheard"]
VoteWay = Literal["open", "roll-call", "secret"]  # giơ tay, gọi tên, bỏ phiếu kín
VoidReason = Literal["restart", "urn", "chair"]
SeatRole = Literal["chair", "deputy", "secretary", "member", "guest", "clerk", "recipient"]


def kebab(name: str) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() and index else char.lower() for index, char in enumerate(name))


class Happening(msgspec.Struct, frozen=True, tag_field="kind", tag=kebab):
    """Base of all events."""


class Seat(msgspec.Struct, frozen=True):
    """One invited person: in which office, in which role, and whether quorum and majority count them."""

    person: str
    mandate: str
    unit: str
    role: SeatRole
    entitled: bool = False
    items: tuple[str, ...] = ()  # a guest's items; empty means all


class Room(msgspec.Struct, frozen=True):
    site: str
    unit: str


class RecordingFile(msgspec.Struct, frozen=True):
    recording: str
    sha256: str
    form: Literal["webm", "mp4"]
    size: int
    began: int  # UTC milliseconds
    ms: int  # how long it lasts


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser measured of a room's things, or a person's. `height`: lines of the camera's picture; `level`: the
    loudest that the microphone gave, dBFS; rates in kbit/s, losses per mille, `rtt` and `clock_ms` (its clock minus
    ours) in ms; `whole`: the largest picture that it sent came back; `trusted`: it believes our certificate."""

    camera: CameraState
    height: Annotated[int, Meta(ge=0, le=10_000)]
    microphone: MicrophoneState
    level: Annotated[int, Meta(ge=-200, le=0)]
    link: Literal["udp", "tcp", "none"]
    up_kbit: Annotated[int, Meta(ge=0, le=10_000_000)]
    up_loss: Annotated[int, Meta(ge=0, le=1000)]
    down_kbit: Annotated[int, Meta(ge=0, le=10_000_000)]
    down_loss: Annotated[int, Meta(ge=0, le=1000)]
    whole: bool
    rtt: Annotated[int, Meta(ge=0, le=1_000_000)]
    clock_ms: Annotated[int, Meta(ge=-(2**52), le=2**52)]
    trusted: bool


# ── before ──


class Planned(Happening, frozen=True):
    title: str
    unit: str
    place: str
    begins: int  # UTC milliseconds
    rules: RuleSet
    seats: tuple[Seat, ...]
    rooms: tuple[Room, ...]
    occasion: Occasion = "ordinary"


class DetailsChanged(Happening, frozen=True):
    title: str
    place: str
    begins: int


class Invited(Happening, frozen=True):
    seats: tuple[Seat, ...]
    rooms: tuple[Room, ...]


class Uninvited(Happening, frozen=True):
    people: tuple[str, ...]


class ItemAdded(Happening, frozen=True):
    item: str
    title: str
    minutes: int
    rapporteur: str
    question: str  # put to the vote, if not empty
    closed: bool


class ItemChanged(Happening, frozen=True):
    item: str
    title: str
    minutes: int
    rapporteur: str
    question: str
    closed: bool


class ItemMoved(Happening, frozen=True):
    item: str
    position: int  # counted from 0, after the move


class ItemRemoved(Happening, frozen=True):
    item: str


class PaperAttached(Happening, frozen=True):
    paper: str
    item: str
    name: str
    sha256: str
    pages: int
    size: int


class PaperDetached(Happening, frozen=True):
    paper: str


class Released(Happening, frozen=True):
    """Agenda and papers go to everyone invited."""


class SitesRung(Happening, frozen=True):
    """A rehearsal: these are to try their things."""

    sites: tuple[str, ...]


class SiteChecked(Happening, frozen=True):
    site: str
    check: Check


# ── in the sitting ──


class Opened(Happening, frozen=True):
    pass


class SiteJoined(Happening, frozen=True):
    site: str


class SiteLeft(Happening, frozen=True):
    site: str
    why: str


class LineChosen(Happening, frozen=True):
    """How much of the sitting goes to SITE over its line."""

    site: str
    line: LineName


class CheckedIn(Happening, frozen=True):
    person: str
    site: str  # "" when alone
    way: Literal["self", "secretary"]


class CheckedOut(Happening, frozen=True):
    person: str


class ItemOpened(Happening, frozen=True):
    item: str


class PageShown(Happening, frozen=True):
    paper: str
    page: int


class FloorAsked(Happening, frozen=True):
    person: str
    site: str


class FloorWithdrawn(Happening, frozen=True):
    person: str


class FloorGiven(Happening, frozen=True):
    person: str
    site: str


class FloorEnded(Happening, frozen=True):
    person: str


class VoteOpened(Happening, frozen=True):
    """Put to the vote: a resolution, or `options` by name, of which `seats` can be carried. `held`: what comes out is
    shown to nobody before ResultsReleased."""

    ballot: str
    item: str
    question: str
    electorate: tuple[str, ...]  # in the order they are called in, the chair last
    way: VoteWay = "open"
    options: tuple[str, ...] = ()
    seats: int = 1
    held: bool = False


class VoteCast(Happening, frozen=True):
    """A vote that is not secret. `by`: who put it down, the voter or somebody who saw or heard it."""

    ballot: str
    person: str
    choices: tuple[Choice, ...]
    by: str


class VoterPassed(Happening, frozen=True):
    """Called, and did not answer."""

    ballot: str
    person: str


class BallotTaken(Happening, frozen=True):
    """A secret ballot is in the urn: that it is, never what is on it."""

    ballot: str
    person: str


class VoteClosed(Happening, frozen=True):
    ballot: str
    result: Result


class VoteVoided(Happening, frozen=True):
    """It counts for nothing, and is to be held again: the urn was lost, or the chair called it off."""

    ballot: str
    why: VoidReason
    reason: str = ""


class ResultsReleased(Happening, frozen=True):
    """What was held back is shown."""

    ballots: tuple[str, ...]


class RecordingStarted(Happening, frozen=True):
    recording: str


class RecordingStopped(Happening, frozen=True):
    recording: str
    why: RecordingEnd


class RecordingKept(Happening, frozen=True):
    """A finished file of it; after a crash there are several."""

    file: RecordingFile


class Concluded(Happening, frozen=True):
    item: str
    text: str


class Closed(Happening, frozen=True):
    pass


# ── minutes ──


class MinutesSaved(Happening, frozen=True):
    """A draft, as made from the journal or as edited."""

    version: int
    sha256: str
    drafted: bool  # True: made by the program


class MinutesApproved(Happening, frozen=True):
    version: int


class MinutesReturned(Happening, frozen=True):
    version: int
    reason: str


class MinutesNumbered(Happening, frozen=True):
    number: int
    symbol: str
    day: str


class MinutesTypeset(Happening, frozen=True):
    """The PDF as it will be signed: all signature fields laid, the journal's head inside."""

    sha256: str
    code: str  # of the public check page
    head_seq: int
    head_hash: str


class MinutesSigned(Happening, frozen=True):
    field: Literal["secretary", "chair", "seal"]
    person: str
    sha256: str  # of the file with this signature in it


class Circulated(Happening, frozen=True):
    people: tuple[str, ...]


class Acknowledged(Happening, frozen=True):
    person: str


AnyHappening = (
    Planned | DetailsChanged | Invited | Uninvited | ItemAdded | ItemChanged | ItemMoved | ItemRemoved
    | PaperAttached | PaperDetached | Released | SitesRung | SiteChecked
    | Opened | SiteJoined | SiteLeft | LineChosen | CheckedIn | CheckedOut
    | ItemOpened | PageShown | FloorAsked | FloorWithdrawn | FloorGiven | FloorEnded
    | VoteOpened | VoteCast | VoterPassed | BallotTaken | VoteClosed | VoteVoided | ResultsReleased
    | RecordingStarted | RecordingStopped | RecordingKept | Concluded | Closed
    | MinutesSaved | MinutesApproved | MinutesReturned | MinutesNumbered
    | MinutesTypeset | MinutesSigned | Circulated | Acknowledged
)  # fmt: skip


def draft(happening: Happening) -> Draft:
    body: dict[str, Any] = msgspec.to_builtins(happening)
    kind = body.pop("kind")
    return Draft(kind, body)


def read(event: Event) -> AnyHappening:
    """The happening an event records. The journal's own events are trusted to be of this vocabulary."""
    assert event.body is not None
    return decode(event.kind, event.body)


def decode(kind: str, body: Body) -> AnyHappening:
    happening: AnyHappening = msgspec.convert({**body, "kind": kind}, AnyHappening)
    return happening
