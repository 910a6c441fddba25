"""In the sitting: who is here, items, pages, the floor, votes, recording, conclusions. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from ..rules import Choice, Result
from .facts import Happening, LineName, QueueOrder, RecordingEnd, RecordingFile, VoidReason, VoteWay


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
    """`way`: by themselves, with the code on their room's wall, or by who conducts the sitting."""

    person: str
    site: str  # "" when alone
    way: Literal["self", "code", "secretary"]


class CodesAsked(Happening, frozen=True):
    """From now on (or no more), who checks in at a room shows by the code on its wall that they are there."""

    on: bool


class RoleTaken(Happening, frozen=True):
    """PERSON takes a role over, and who had it takes theirs: handed over, or because the holder was lost."""

    role: Literal["chair", "secretary"]
    person: str
    why: Literal["handed-over", "lost"]


class Suspended(Happening, frozen=True):
    """To go on another time: everybody checks in anew then."""

    reason: str


class Resumed(Happening, frozen=True):
    pass


class SideRoomOpened(Happening, frozen=True):
    """These sites see and hear each other alone, until it is closed."""

    room: str
    name: str
    sites: tuple[str, ...]


class SideRoomClosed(Happening, frozen=True):
    room: str


class CheckedOut(Happening, frozen=True):
    person: str


class ItemOpened(Happening, frozen=True):
    item: str


class PageShown(Happening, frozen=True):
    paper: str
    page: int


class FloorAsked(Happening, frozen=True):
    """`order`: a point of order, before everybody who waits to speak."""

    person: str
    site: str
    order: bool = False


class FloorWithdrawn(Happening, frozen=True):
    person: str


class FloorGiven(Happening, frozen=True):
    """`limit`: seconds of speech; 0: none."""

    person: str
    site: str
    limit: int = 0


class FloorExtended(Happening, frozen=True):
    seconds: int


class SpeechesLimited(Happening, frozen=True):
    """Seconds that a speech has from now on; 0: no limit."""

    seconds: int


class QueueOrdered(Happening, frozen=True):
    """Who waits is called as they asked, or who has spoken least first."""

    by: QueueOrder


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
    """The chair's conclusion on an item: with the vote it rests on, who of the members was here at that instant, and
    the papers that everybody was shown, by what they say (SHA-256)."""

    item: str
    text: str
    ballot: str = ""
    present: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


class Said(Happening, frozen=True):
    """In the chat: to everybody, or a note to the chair. `record`: by the rules it goes into the minutes."""

    message: str
    person: str
    text: str
    to: Literal["all", "chair"]
    record: bool


class Noted(Happening, frozen=True):
    """The secretary's own line of the course, as it goes on."""

    note: str
    item: str
    text: str


class NoteChanged(Happening, frozen=True):
    note: str
    text: str  # "": it is taken out


class Closed(Happening, frozen=True):
    """`people`: name and office of everyone seated, by their ids, as they were that day."""

    people: dict[str, tuple[str, str]] = field(default_factory=dict)
