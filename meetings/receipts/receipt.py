"""What a person has read of a version of a paper, page by page. Pure; times are UTC milliseconds.

A page is read once it lay open for LOOK_MS in all. Nobody is believed to have looked at a paper for longer than there
was time since they last told of it, or since it came, however often or from how many devices they tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

LOOK_MS = 1500
Reading = Literal["unread", "part", "read"]
Look = tuple[int, int]  # page, for how many ms it lay open


class PageView(msgspec.Struct, frozen=True):
    """A page that somebody had open."""

    person: str
    paper: str
    sha256: str
    page: int
    first_at: int
    last_at: int
    ms: int


class Receipt(msgspec.Struct, frozen=True):
    """`pages`: how long each lay open, in ms; `first_at`, `last_at`: 0 where it never was."""

    person: str
    reading: Reading
    read: int
    pages: tuple[int, ...]
    first_at: int
    last_at: int


def receipt(person: str, pages: int, views: Sequence[PageView]) -> Receipt:
    """Of one version with so many PAGES, from what PERSON had open of it."""
    by_page = [0] * pages
    for view in views:
        if 1 <= view.page <= pages:
            by_page[view.page - 1] = view.ms
    read = sum(ms >= LOOK_MS for ms in by_page)
    reading: Reading = "read" if pages and read == pages else "part" if views else "unread"
    first = min((view.first_at for view in views), default=0)
    return Receipt(person, reading, read, tuple(by_page), first, max((view.last_at for view in views), default=0))


def believed(looks: Iterable[Look], since: int, now: int) -> list[Look]:
    """LOOKS as far as there was time for them SINCE the same person last told of the paper, or it came."""
    left = max(0, now - since)
    found: dict[int, int] = {}
    for page, ms in looks:
        found[page] = found.get(page, 0) + min(ms, left)
        left -= min(ms, left)
    return [(page, ms) for page, ms in found.items() if ms]
