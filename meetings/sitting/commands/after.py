"""What may be asked of the minutes. Pure."""

from __future__ import annotations

from .base import Asked


class OpenComments(Asked, frozen=True):
    pass


class MakeComment(Asked, frozen=True):
    comment: str  # an id made by the browser
    version: int
    line: int
    text: str


class AnswerComment(Asked, frozen=True):
    comment: str
    taken: bool
    text: str = ""


class ApproveMinutes(Asked, frozen=True):
    version: int


class ReturnMinutes(Asked, frozen=True):
    version: int
    reason: str


class Circulate(Asked, frozen=True):
    people: tuple[str, ...]


class Acknowledge(Asked, frozen=True):
    pass
