"""Before the sitting: planned, invited, agenda and papers, released, rehearsed. Pure."""

from __future__ import annotations

from ..rules import Occasion, RuleSet
from .facts import Check, Happening, Room, Seat


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
