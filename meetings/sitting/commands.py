"""Everything that can be asked of a sitting, and which right each asks for. Pure.

`Command` is what a browser may send. `Internal` is what our own actions add once a paper has been examined or a
file signed: it carries facts that no browser may state.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from . import events as e
from .rules import Choice


class Asked(msgspec.Struct, frozen=True, tag_field="kind", tag=e.kebab):
    """Base of all commands."""


# ── before ──


class ChangeDetails(Asked, frozen=True):
    title: str
    place: str
    begins: int


class Uninvite(Asked, frozen=True):
    people: tuple[str, ...]


class AddItem(Asked, frozen=True):
    item: str  # an id made by the browser, so that a retry adds nothing twice
    title: str
    minutes: int = 15
    rapporteur: str = ""
    question: str = ""
    closed: bool = False


class ChangeItem(Asked, frozen=True):
    item: str
    title: str
    minutes: int = 15
    rapporteur: str = ""
    question: str = ""
    closed: bool = False


class MoveItem(Asked, frozen=True):
    item: str
    position: int


class RemoveItem(Asked, frozen=True):
    item: str


class DetachPaper(Asked, frozen=True):
    paper: str


class Release(Asked, frozen=True):
    pass


class RingSites(Asked, frozen=True):
    """A rehearsal: these sites, or all, are to try their things."""

    sites: tuple[str, ...] = ()


class ReportCheck(Asked, frozen=True):
    """A site says what it found."""

    check: e.Check


# ── in the sitting ──


class Open(Asked, frozen=True):
    pass


class CheckIn(Asked, frozen=True):
    person: str = ""  # "" is oneself; another only by chair or secretary
    site: str = ""


class CheckOut(Asked, frozen=True):
    person: str = ""


class OpenItem(Asked, frozen=True):
    item: str


class ShowPage(Asked, frozen=True):
    paper: str
    page: int


class AskFloor(Asked, frozen=True):
    pass


class WithdrawFloor(Asked, frozen=True):
    pass


class GiveFloor(Asked, frozen=True):
    person: str


class EndFloor(Asked, frozen=True):
    pass


class OpenVote(Asked, frozen=True):
    ballot: str
    item: str
    question: str = ""
    way: e.VoteWay = "open"
    options: tuple[str, ...] = ()  # named; none for a resolution: for, against, not voting
    seats: int = 1
    held: bool = False


class Cast(Asked, frozen=True):
    ballot: str
    choices: tuple[Choice, ...]


class RecordVote(Asked, frozen=True):
    """A hand raised or a word said in the room, put down by who conducts the sitting."""

    ballot: str
    person: str
    choices: tuple[Choice, ...]


class PassVoter(Asked, frozen=True):
    ballot: str
    person: str


class CastSecretly(Asked, frozen=True):
    """`marks`: a 1 or 0 for each thing that may be chosen, so that all ballots are of one length on the line."""

    ballot: str
    marks: Annotated[str, Meta(pattern="^[01]{2,65}$")]


class CloseVote(Asked, frozen=True):
    ballot: str


class CancelVote(Asked, frozen=True):
    ballot: str
    reason: str


class ReleaseResults(Asked, frozen=True):
    pass


class Conclude(Asked, frozen=True):
    item: str
    text: str


class StartRecording(Asked, frozen=True):
    recording: str  # an id made by the browser


class StopRecording(Asked, frozen=True):
    pass


class Close(Asked, frozen=True):
    pass


# ── minutes ──


class ApproveMinutes(Asked, frozen=True):
    version: int


class ReturnMinutes(Asked, frozen=True):
    version: int
    reason: str


class Circulate(Asked, frozen=True):
    people: tuple[str, ...]


class Acknowledge(Asked, frozen=True):
    pass


# ── from our own actions and processes only ──


class Invite(Asked, frozen=True):
    """Who is who, and where, is read from the tree and its offices, never said by a browser."""

    seats: tuple[e.Seat, ...]
    rooms: tuple[e.Room, ...] = ()


class AttachPaper(Asked, frozen=True):
    paper: str
    item: str
    name: str
    sha256: str
    pages: int
    size: int


class JoinSite(Asked, frozen=True):
    site: str


class LeaveSite(Asked, frozen=True):
    site: str
    why: str


class ChooseLine(Asked, frozen=True):
    """How much of the sitting goes to SITE over its line: meetings/relay/lines.py says what each name means."""

    site: str
    line: e.LineName


class CountVote(Asked, frozen=True):
    """CloseVote for a secret vote, with what was in the urn."""

    ballot: str
    counts: tuple[tuple[Choice, int], ...]
    papers: int  # ballots in the urn


class VoidVote(Asked, frozen=True):
    """The urn is lost."""

    ballot: str
    why: e.VoidReason


class EndRecording(Asked, frozen=True):
    """It cannot go on."""

    recording: str


class KeepRecording(Asked, frozen=True):
    file: e.RecordingFile


class SaveMinutes(Asked, frozen=True):
    based_on: int  # the version the editor saw
    sha256: str
    drafted: bool = False


class NumberMinutes(Asked, frozen=True):
    number: int
    symbol: str
    day: str


class TypesetMinutes(Asked, frozen=True):
    sha256: str
    code: str
    head_seq: int
    head_hash: str


class SignMinutes(Asked, frozen=True):
    field: Literal["secretary", "chair", "seal"]
    based_on: str  # SHA-256 of the file that was shown and signed
    sha256: str


Command = (
    ChangeDetails | Uninvite | AddItem | ChangeItem | MoveItem | RemoveItem | DetachPaper | Release
    | RingSites | ReportCheck
    | Open | CheckIn | CheckOut | OpenItem | ShowPage | AskFloor | WithdrawFloor | GiveFloor | EndFloor
    | OpenVote | Cast | RecordVote | PassVoter | CastSecretly | CloseVote | CancelVote | ReleaseResults
    | Conclude | Close | ChooseLine | StartRecording | StopRecording
    | ApproveMinutes | ReturnMinutes | Circulate | Acknowledge
)  # fmt: skip
Internal = (
    Invite | AttachPaper | JoinSite | LeaveSite | CountVote | VoidVote | EndRecording | KeepRecording
    | SaveMinutes | NumberMinutes | TypesetMinutes | SignMinutes
)  # fmt: skip
AnyCommand = Command | Internal

# The right each command asks for (meetings/people/rights.py). A command without a line is refused by the test.
VERBS: dict[type, str] = {
    ChangeDetails: "sitting.prepare",
    Invite: "sitting.prepare",
    Uninvite: "sitting.prepare",
    AddItem: "sitting.prepare",
    ChangeItem: "sitting.prepare",
    MoveItem: "sitting.prepare",
    RemoveItem: "sitting.prepare",
    DetachPaper: "sitting.prepare",
    Release: "sitting.prepare",
    AttachPaper: "paper.add",
    RingSites: "rehearsal.hold",
    ReportCheck: "sitting.site",
    Open: "sitting.preside",
    CheckIn: "sitting.attend",
    CheckOut: "sitting.attend",
    OpenItem: "sitting.conduct",
    ShowPage: "sitting.attend",
    AskFloor: "sitting.attend",
    WithdrawFloor: "sitting.attend",
    GiveFloor: "sitting.preside",
    EndFloor: "sitting.attend",
    OpenVote: "sitting.preside",
    Cast: "sitting.vote",
    RecordVote: "sitting.conduct",
    PassVoter: "sitting.conduct",
    CastSecretly: "sitting.vote",
    CloseVote: "sitting.preside",
    CountVote: "sitting.preside",
    CancelVote: "sitting.preside",
    VoidVote: "sitting.preside",
    ReleaseResults: "sitting.preside",
    Conclude: "sitting.preside",
    Close: "sitting.preside",
    JoinSite: "sitting.site",
    LeaveSite: "sitting.site",
    ChooseLine: "line.choose",
    StartRecording: "recording.switch",
    StopRecording: "recording.switch",
    EndRecording: "recording.switch",
    KeepRecording: "recording.switch",
    SaveMinutes: "minutes.edit",
    ApproveMinutes: "minutes.approve",
    ReturnMinutes: "minutes.approve",
    NumberMinutes: "minutes.number",
    TypesetMinutes: "minutes.number",
    SignMinutes: "minutes.sign",
    Circulate: "minutes.circulate",
    Acknowledge: "minutes.acknowledge",
}


def kind_of(command: AnyCommand) -> str:
    return e.kebab(type(command).__name__)


def remembered(command: AnyCommand) -> bytes:
    """What is kept (as a digest) of an accepted command, to know it again: of a secret ballot that it was one, never
    what was on it."""
    if isinstance(command, CastSecretly):
        return command.ballot.encode()
    return msgspec.json.encode(command)
