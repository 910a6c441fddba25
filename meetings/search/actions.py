"""What a person asks of the index, and gets: only what they may read, in every list and every count."""

from __future__ import annotations

import re

import msgspec

from documents import fold
from store.db import Connection
from store.errors import Denied, Refused

from ..house import House
from ..people.rights import Principal
from . import records
from .entries import KINDS, Kind
from .records import Asked, Hit

MOST = 20  # found at once
LONGEST = 200  # letters of a query
WORDS = 12
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FoundRow(msgspec.Struct, frozen=True):
    """`page`: of the first hit in a paper, 0 in its title and the like; `pages`: on how many it is found; `snippet`:
    the text about it, hits between « and »."""

    kind: Kind
    sitting: str
    ref: str
    title: str
    unit: str
    day: str
    page: int
    pages: int
    snippet: str


class Found(msgspec.Struct, frozen=True):
    """`count`: of all entries that are found, of which `rows` are some."""

    count: int
    rows: list[FoundRow]


class Search:
    def __init__(self, house: House) -> None:
        self._house = house

    async def find(
        self, who: Principal, query: str, kind: str = "", since: str = "", until: str = "", offset: int = 0
    ) -> Found:
        """Raises Refused for a query without words, or one that nobody means."""
        if who.kind != "person":
            raise Denied("no-right")
        if len(query) > LONGEST:
            raise Refused("field-long", field="query")
        if kind and kind not in KINDS:
            raise Refused("field-wrong", field="kind")
        for day in (since, until):
            if day and not DAY.fullmatch(day):
                raise Refused("field-wrong", field="date")
        phrases = fold.sought(query)[:WORDS]
        if not phrases:
            raise Refused("search-empty")
        kinds: tuple[Kind, ...] = tuple(one for one in KINDS if one == kind)
        asked = Asked(phrases, kinds, since, until)

        def use(conn: Connection) -> Found:
            hits, count = records.find(conn, who.id, asked, MOST, offset)
            return Found(count, [_row(conn, hit, query) for hit in hits])

        return await self._house.read(use)


def _row(conn: Connection, hit: Hit, query: str) -> FoundRow:
    text = hit.about if hit.first == 0 else records.text_of(conn, hit.sha256, hit.first)
    facts = (hit.kind, hit.sitting, hit.ref, hit.title, hit.unit, hit.day, hit.first, hit.pages)
    return FoundRow(*facts, fold.snippet(text, query))
