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


class DetachPaper(Asked, frozen=True):
    paper: str


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
