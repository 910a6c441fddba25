"""After the sitting: the minutes drafted, edited, numbered, signed, circulated. Pure."""

from __future__ import annotations

from typing import Literal

from .facts import Happening, Issued


class MinutesSaved(Happening, frozen=True):
    """A draft, as made from the journal or as edited."""

    version: int
    sha256: str
    drafted: bool  # True: made by the program


class CommentsOpened(Happening, frozen=True):
    """Whoever was there may read the draft and say what is amiss."""


class Commented(Happening, frozen=True):
    """`line`: of the course, counted from 0; -1: of the whole. `version`: what was read."""

    comment: str
    person: str
    version: int
    line: int
    text: str


class CommentAnswered(Happening, frozen=True):
    """By the secretary: it is taken up in the text, or not, and why."""

    comment: str
    taken: bool
    text: str


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
    """The PDF as it will be signed: all signature fields laid, the journal's head inside. `signer`: who signs in the
    chair's place, by which `power` (KT. CHỦ TỊCH); "" for the chair."""

    sha256: str
    code: str  # of the public check page
    head_seq: int
    head_hash: str
    signer: str = ""
    power: str = ""


class MinutesSigned(Happening, frozen=True):
    field: Literal["secretary", "chair", "seal"]
    person: str
    sha256: str  # of the file with this signature in it


class MinutesRefused(Happening, frozen=True):
    """Whoever was to sign FIELD did not, for a reason: the number is void, and the text goes back to the secretary."""

    field: Literal["secretary", "chair", "seal"]
    person: str
    reason: str


class MinutesPreserved(Happening, frozen=True):
    """The file got the evidence that its signatures rest on and an archive timestamp over it, which proves it UNTIL
    then (UTC ms); renewed before."""

    sha256: str
    until: int


class Circulated(Happening, frozen=True):
    people: tuple[str, ...]


class NoticeIssued(Happening, frozen=True):
    """The notice of conclusions (thông báo, TB) is out."""

    paper: Issued


class Archived(Happening, frozen=True):
    """Handed over to the archive, for a term (meetings/archive/retention.toml) of so many years, 0 for good. `package`:
    SHA-256 of what was handed over; it holds the journal up to this event."""

    term: str
    years: int
    package: str
    size: int


class Acknowledged(Happening, frozen=True):
    person: str
