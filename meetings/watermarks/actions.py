"""Watermarks: whoever reads a paper that is to bear one gets a copy with their name, their unit and the time on every
page. The file itself stays as it is, and who prepares the sitting gets it bare.

What is the same in all copies is worked out once, as soon as a paper is to bear a mark; the words are put in when a
copy is asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import msgspec

from documents import watermark
from documents.actions import Papers
from documents.watermark import Plan
from store import background
from store.chain import Event
from store.errors import Fault
from store.locks import Locks
from store.world import vietnam_time

from ..house import House
from ..people import rights
from ..people.rights import Principal
from ..sitting.model import Paper
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.state import State
from . import records

log = logging.getLogger(__name__)

FORM = 1  # of a plan: another number, and it is worked out anew
KEPT = 32_000_000  # bytes of what stands behind readers' copies, in memory

Words = tuple[str, str]


class Behind(msgspec.Struct, frozen=True):
    """A reader's copy: the file that stands before (SHA-256), the bytes behind it, what tells these from others'."""

    base: str
    data: bytes
    digest: str


class Watermarks:
    def __init__(self, house: House, rooms: Rooms, papers: Papers, fonts: Path) -> None:
        self._house = house
        self._papers = papers
        self._fonts = fonts
        self._making = Locks()
        self._behind: OrderedDict[object, Behind] = OrderedDict()  # a reader asks for a paper in hundreds of ranges
        self._coming: asyncio.Queue[str] = asyncio.Queue()  # SHA-256
        self._task: asyncio.Task[None] | None = None
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self._next, 0, "watermarks"))

    async def close(self) -> None:
        await background.end(self._task)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            for event in events:
                if event.kind in ("paper-watermarked", "paper-replaced") and event.body is not None:
                    paper = state.find_paper(event.body["paper"])
                    if paper is not None and paper.watermarked:
                        self._coming.put_nowait(paper.sha256)

        room.on_change.append(changed)

    async def _next(self) -> None:
        sha256 = await self._coming.get()
        try:
            await self._plan(sha256, ())
        except Fault as fault:  # it is asked for again when somebody reads it
            log.warning("no watermark for %s: %s", sha256, fault)

    def bare(self, room: Room, who: Principal) -> bool:
        """Does WHO get papers as they are?"""
        return rights.may(who, "sitting.prepare", room.thing())

    def words(self, room: Room, who: Principal, papers: Sequence[Paper]) -> Words | None:
        """What WHO's copy of any of these says, in two lines; None where it is bare."""
        if not any(paper.watermarked for paper in papers) or self.bare(room, who):
            return None
        now = vietnam_time(self._house.now_ms())
        card = room.cards.get(who.id)
        name, unit = (card.name, card.unit) if card else (room.names.get(who.id) or who.name, "")
        return f"{name} · {now:%d/%m/%Y %H:%M}", unit

    async def behind(self, sha256: str, words: Words, pages: Sequence[int] = ()) -> Behind:
        """The copy of whoever WORDS name of a file that was kept; on PAGES only, if any are given. Raises Refused,
        Missing, Unavailable."""
        key = (sha256, words, tuple(pages))
        found = self._behind.get(key)
        if found is None:
            plan, base = await self._plan(sha256, key[2])
            data = await asyncio.to_thread(watermark.behind, plan, words, self._fonts)
            found = self._behind[key] = Behind(base, data, hashlib.sha256(data).hexdigest()[:16])
        self._behind.move_to_end(key)
        while len(self._behind) > 1 and sum(len(one.data) for one in self._behind.values()) > KEPT:
            self._behind.popitem(last=False)
        return found

    async def picture(self, picture: bytes, words: Words) -> bytes:
        """The picture of a page with the same words over it."""
        return await asyncio.to_thread(watermark.picture, picture, words, self._fonts)

    async def _plan(self, sha256: str, pages: tuple[int, ...]) -> tuple[Plan, str]:
        digest = hashlib.sha256(msgspec.json.encode((FORM, sha256, pages))).hexdigest()
        async with self._making.held(digest):
            made = await self._house.read(records.find, digest)
            if made is None:
                made = await self._papers.watermark(sha256, pages)
                await self._house.write(records.put, digest, *made)
        plan, base = made
        raw = b"".join([chunk async for chunk in self._house.blobs.read(plan)])
        return msgspec.msgpack.decode(raw, type=Plan), base
