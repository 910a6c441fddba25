"""What may be asked before the sitting. Pure."""

from __future__ import annotations

from .. import events as e
from .base import Asked


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
