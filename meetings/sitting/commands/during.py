"""What may be asked in the sitting. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .. import events as e
from ..rules import Choice
from .base import Asked


class Open(Asked, frozen=True):
    pass


class CheckIn(Asked, frozen=True):
    person: str = ""  # "" is oneself; another only by chair or secretary
    site: str = ""
    code: str = ""  # on the wall of that site


class CheckOut(Asked, frozen=True):
    person: str = ""


class OpenItem(Asked, frozen=True):
    item: str


class ShowPage(Asked, frozen=True):
    paper: str
    page: int


class AskCodes(Asked, frozen=True):
    on: bool


class HandOver(Asked, frozen=True):
    """By the chair: this person presides, or writes, from now on."""

    role: Literal["chair", "secretary"]
    person: str


class Suspend(Asked, frozen=True):
    reason: str


class Resume(Asked, frozen=True):
    pass


class OpenSideRoom(Asked, frozen=True):
    room: str  # an id made by the browser
    name: str
    sites: tuple[str, ...]


class CloseSideRoom(Asked, frozen=True):
    room: str


class AskFloor(Asked, frozen=True):
    order: bool = False  # a point of order


class WithdrawFloor(Asked, frozen=True):
    pass


class GiveFloor(Asked, frozen=True):
    person: str


class ExtendFloor(Asked, frozen=True):
    seconds: Annotated[int, Meta(ge=10, le=3600)]


class EndFloor(Asked, frozen=True):
    pass


class LimitSpeeches(Asked, frozen=True):
    seconds: Annotated[int, Meta(ge=0, le=3600)]


class OrderQueue(Asked, frozen=True):
    by: e.QueueOrder


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


class Say(Asked, frozen=True):
    message: str  # an id made by the browser
    text: str
    to: Literal["all", "chair"] = "all"


class TakeNote(Asked, frozen=True):
    """A line of the course, while it goes on."""

    note: str  # an id made by the browser
    item: str
    text: str


class ChangeNote(Asked, frozen=True):
    note: str
    text: str


class StartRecording(Asked, frozen=True):
    recording: str  # an id made by the browser


class StopRecording(Asked, frozen=True):
    pass


class Close(Asked, frozen=True):
    pass
