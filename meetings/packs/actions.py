"""The pack of a sitting: its papers in the order of the agenda, as one PDF or a ZIP, built once for each set of papers.

Who asks gets what they may read now, asked paper by paper of the same function as everything else.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from documents.actions import Papers
from documents.compose import Part
from store.errors import Missing
from store.locks import Locks

from ..house import House
from ..people import rights
from ..people.rights import Principal
from ..sitting.papers import SittingPapers
from ..sitting.rooms import Rooms
from ..watermarks.actions import Watermarks, Words
from . import records

PackKind = Literal["pdf", "zip"]
FORM = 1  # of a pack: another number, and it is built anew


class Pack(msgspec.Struct, frozen=True):
    """`title` of the sitting; `words` stand on the pages that are `marked` in this reader's copy."""

    sha256: str
    title: str
    words: Words | None
    marked: tuple[int, ...]


class Packs:
    def __init__(
        self, house: House, rooms: Rooms, attached: SittingPapers, papers: Papers, watermarks: Watermarks
    ) -> None:
        self._house = house
        self._rooms = rooms
        self._attached = attached
        self._papers = papers
        self._watermarks = watermarks
        self._building = Locks()

    async def find(self, who: Principal, sitting: str, kind: PackKind) -> Pack:
        """What WHO may read. A ZIP holds files as they are: what is to bear a watermark is not in theirs. Raises
        Denied, Missing `no-papers`."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.read", room.thing())
        state = room.state
        readable = [one for one in state.papers if one.is_readable and self._attached.may_find(room, who, one)]
        words = self._watermarks.words(room, who, readable)
        parts, marked, pages = list[Part](), list[int](), 0
        for number, item in enumerate(state.items, 1):
            for paper in readable:
                bears = words is not None and paper.watermarked
                if paper.item != item.id or (bears and kind == "zip"):
                    continue
                parts.append(Part(f"{number}. {item.title}", paper.name, paper.sha256))
                marked += range(pages + 1, pages + 1 + paper.pages) if bears else ()
                pages += paper.pages
        if not parts:
            raise Missing("no-papers")
        digest = hashlib.sha256(msgspec.json.encode((FORM, kind, parts))).hexdigest()
        async with self._building.held(digest):
            blob = await self._house.read(records.find, digest)
            if blob is None:
                blob = await self._papers.pack(kind, parts)
                await self._house.write(records.put, digest, blob)
        return Pack(blob, state.title, words if marked else None, tuple(marked))
