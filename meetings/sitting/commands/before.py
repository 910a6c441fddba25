"""What may be asked before the sitting. Pure."""

from __future__ import annotations

from typing import Literal

from .. import events as e
from .base import Asked


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


class AddressPaper(Asked, frozen=True):
    """Only these people, and the desk, read it; null: everybody who sees its item does."""

    paper: str
    readers: tuple[str, ...] | None


class WatermarkPaper(Asked, frozen=True):
    """Every reader's copy is to bear their name and the time, or no more."""

    paper: str
    on: bool


class DetachPaper(Asked, frozen=True):
    paper: str


class HandOutPaper(Asked, frozen=True):
    """A secret paper is handed out in the room: only that there is one stands on the agenda."""

    paper: str  # an id made by the browser
    item: str


class RecallPaper(Asked, frozen=True):
    """Nobody is to read it any more."""

    paper: str
    reason: str


class CommentOnPaper(Asked, frozen=True):
    """What I think should be changed in it: of one page of the version SHA256, or (page 0) of all of it."""

    comment: str  # an id made by the browser
    paper: str
    sha256: str
    page: int
    text: str
    quote: str = ""  # the words of the page that are meant


class WithdrawPaperComment(Asked, frozen=True):
    """My own, while it is not answered: no screen shows it any more."""

    comment: str


class AnswerPaperComment(Asked, frozen=True):
    """Taken up, or (with a reason) not."""

    comment: str
    taken: bool
    text: str = ""


class SubmitAgenda(Asked, frozen=True):
    pass


class WithdrawAgenda(Asked, frozen=True):
    pass


class ApproveAgenda(Asked, frozen=True):
    pass


class ReturnAgenda(Asked, frozen=True):
    reason: str


class Reply(Asked, frozen=True):
    """Will I come. Someone in my place is sent over HTTP: who they are is read from the tree."""

    answer: Literal["in-person", "online", "absent"]
    reason: str = ""


class AnswerAbsence(Asked, frozen=True):
    person: str
    granted: bool


class Remind(Asked, frozen=True):
    """Whoever has not replied."""


class Cancel(Asked, frozen=True):
    reason: str


class RingSites(Asked, frozen=True):
    """A rehearsal: these sites, or all, are to try their things."""

    sites: tuple[str, ...] = ()


class ReportCheck(Asked, frozen=True):
    """A site says what it found."""

    check: e.Check
