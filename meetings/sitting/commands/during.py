"""What may be asked in the sitting. Pure."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .. import events as e
from ..rules import Choice
from .base import Asked


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
