"""What our own actions and processes ask: facts that no browser may state. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from .. import events as e
from ..rules import Choice
from .base import Asked


class Invite(Asked, frozen=True):
    """Who is who, and where, is read from the tree and its offices, never said by a browser."""

    seats: tuple[e.Seat, ...]
    rooms: tuple[e.Room, ...] = ()


class Release(Asked, frozen=True):
    """`given`: working days between now and the sitting, by the calendar."""

    given: int
    reason: str = ""
    reply_by: int = 0
    paper: e.Issued | None = None
    issued: int = 0  # papers of it before


class ChangeDetails(Asked, frozen=True):
    """`reason`: needed once everyone has been told another time or place; they get a new invitation then."""

    title: str
    place: str
    begins: int
    reason: str = ""
    paper: e.Issued | None = None
    issued: int = 0


class SendSubstitute(Asked, frozen=True):
    """`seat` of who comes, for the member in it."""

    seat: e.Seat
    reason: str = ""


class ForwardConvening(Asked, frozen=True):
    unit: str


class NameParticipants(Asked, frozen=True):
    unit: str
    seats: tuple[e.Seat, ...]


class AttachPaper(Asked, frozen=True):
    paper: str
    item: str
    name: str
    sha256: str
    pages: int
    size: int
    readers: tuple[str, ...] | None = None
    taken: e.Taken = e.Taken()


class ReplacePaper(Asked, frozen=True):
    """`replaces`: SHA-256 of the version that whoever replaces it had before them."""

    paper: str
    replaces: str
    sha256: str
    pages: int
    size: int
    reason: str = ""
    taken: e.Taken = e.Taken()


class StopPaper(Asked, frozen=True):
    """A file bore the stamp of a secret."""

    item: str
    grade: str
    page: int


class Admit(Asked, frozen=True):
    """CheckIn at a site with the code that its wall shows."""

    site: str


class CloseSitting(Asked, frozen=True):
    """Close, with the names that the journal's ids stand for."""

    people: dict[str, tuple[str, str]] = field(default_factory=dict)


class TakeOver(Asked, frozen=True):
    """The holder of this role is lost: nothing of them is connected."""

    role: Literal["chair", "secretary"]


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
    signer: str = ""
    power: str = ""


class IssueNotice(Asked, frozen=True):
    """`issued`: how many there were before."""

    paper: e.Issued
    issued: int


class ArchiveSitting(Asked, frozen=True):
    """`seen`: the last event that the package holds."""

    term: str
    years: int
    package: str
    size: int
    seen: int


class RefuseMinutes(Asked, frozen=True):
    """Instead of SignMinutes."""

    field: Literal["secretary", "chair", "seal"]
    based_on: str
    reason: str


class PreserveMinutes(Asked, frozen=True):
    """`based_on`: the file that the evidence and the archive timestamp were added to."""

    based_on: str
    sha256: str
    until: int


class SignMinutes(Asked, frozen=True):
    field: Literal["secretary", "chair", "seal"]
    based_on: str  # SHA-256 of the file that was shown and signed
    sha256: str
