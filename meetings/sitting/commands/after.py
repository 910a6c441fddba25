"""What may be asked of the minutes. Pure."""

from __future__ import annotations

from .base import Asked


class ApproveMinutes(Asked, frozen=True):
    version: int


class ReturnMinutes(Asked, frozen=True):
    version: int
    reason: str


class Circulate(Asked, frozen=True):
    people: tuple[str, ...]


class Acknowledge(Asked, frozen=True):
    pass
