"""A person's annotations on a paper: kept, changed, taken away, and carried to the newest version."""

from __future__ import annotations

import asyncio

import msgspec

from documents.actions import Papers
from store.db import Connection
from store.errors import Fault, Refused
from store.world import uuid_of

from ..house import House
from ..people.rights import Principal
from ..search import records as search_records
from ..sitting.model import Paper
from ..sitting.papers import SittingPapers
from . import records
from .annotation import Annotation, Mark, carried
from .records import Place

MOST = 2000  # of one person on one paper
LARGEST = 5_000_000  # bytes of one person's in one sitting


class Shown(msgspec.Struct, frozen=True):
    """`page` of the newest version, 0 where the annotation has no place there."""

    id: str
    page: int
    mark: Mark


class Annotations:
    def __init__(self, house: House, attached: SittingPapers, papers: Papers) -> None:
        self._house = house
        self._attached = attached
        self._papers = papers

    async def shown(self, who: Principal, sitting: str, paper: str) -> list[Shown]:
        """WHO's, on the newest version. Raises Denied, Missing, Refused."""
        found, place = await self._attached.find(who, sitting, paper), (who.id, sitting, paper)
        kept = await self._house.read(records.of_paper, place)
        if any(one.sha256 != found.sha256 for one in kept):
            kept = await self._carried(place, kept, found)
        return [Shown(one.id, one.page, one.mark) for one in kept]

    async def _carried(self, place: Place, kept: list[Annotation], paper: Paper) -> list[Annotation]:
        """Those made on other versions are put where they belong now, once and for all."""
        others = {one.sha256 for one in kept} - {paper.sha256}
        try:
            texts = {sha256: await self._texts(sha256) for sha256 in (paper.sha256, *others)}
        except Fault:  # of a file that gives no text: they are still there, beside the pages
            elsewhere = {one.id: 0 for one in kept if one.sha256 != paper.sha256}
            return [msgspec.structs.replace(one, page=elsewhere.get(one.id, one.page)) for one in kept]
        moved = await asyncio.to_thread(lambda: [carried(one, paper.sha256, texts) for one in kept])
        changed = [one for one, before in zip(moved, kept, strict=True) if one != before]

        def move(conn: Connection) -> None:
            for one in changed:
                records.move(conn, place, one)

        await self._house.write(move)
        return moved

    async def _texts(self, sha256: str) -> list[str]:
        """Of every page: as the index of the search has them, else from the file."""
        indexed = await self._house.read(
            lambda conn: search_records.texts(conn, sha256) if search_records.has_texts(conn, sha256) else None
        )
        return await self._papers.texts(sha256) if indexed is None else indexed

    async def put(self, who: Principal, sitting: str, paper: str, annotation: Annotation) -> None:
        """Keep it, or change it; it was made on a version that is or was the paper's. Durable on return. Raises Denied,
        Missing, Refused."""
        found, id_ = await self._attached.find(who, sitting, paper), uuid_of(annotation.id)
        versions = {found.sha256: found.pages} | {one.sha256: one.pages for one in found.earlier}
        if not 1 <= annotation.page <= versions.get(annotation.sha256, 0):
            raise Refused("field-wrong", field="page")
        place, now = (who.id, sitting, paper), self._house.now_ms()

        def write(conn: Connection) -> None:
            count, size = records.weight(conn, place, id_)
            if count >= MOST or size >= LARGEST:
                raise Refused("annotations-many", limit=MOST)
            records.put(conn, place, msgspec.structs.replace(annotation, id=id_), now)

        await self._house.write(write)

    async def drop(self, who: Principal, sitting: str, paper: str, id_: str) -> None:
        """One that is not there is gone. Raises Denied, Missing, Refused."""
        await self._attached.find(who, sitting, paper)
        await self._house.write(records.drop, (who.id, sitting, paper), id_)
