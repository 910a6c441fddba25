"""Pictures of pages: made ahead when a paper comes, else when first asked for; sent to whoever may read the paper."""

from __future__ import annotations

import asyncio
import logging

from documents.actions import Papers
from documents.page_images import BATCH, WIDTHS
from store import background
from store.chain import Event
from store.errors import Fault, Missing
from store.locks import Locks

from ..house import House
from ..people.rights import Principal
from ..sitting.model import Paper
from ..sitting.papers import SittingPapers
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.state import State
from . import records
from .records import Batch

log = logging.getLogger(__name__)


class PageImages:
    def __init__(self, house: House, rooms: Rooms, attached: SittingPapers, papers: Papers) -> None:
        self._house = house
        self._attached = attached
        self._papers = papers
        self._coming: asyncio.Queue[tuple[str, int]] = asyncio.Queue()  # SHA-256, pages
        self._making = Locks()  # one at a time of each paper
        self._task: asyncio.Task[None] | None = None
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self._next, 0, "page images"))

    async def close(self) -> None:
        await background.end(self._task)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            for event in events:
                if event.kind in ("paper-attached", "paper-replaced") and event.body is not None:
                    self._coming.put_nowait((event.body["sha256"], event.body["pages"]))

        room.on_change.append(changed)

    async def _next(self) -> None:
        """The pages of the paper that came first, from the first on."""
        sha256, pages = await self._coming.get()
        for first in range(1, pages + 1, BATCH):
            try:
                await self._batch(sha256, "small", first)
            except Fault as fault:  # it is asked for again when somebody looks
                log.warning("no pictures of %s: %s", sha256, fault)
                return

    async def find(self, who: Principal, sitting: str, paper: str, page: int, size: str) -> tuple[Paper, bytes]:
        """The paper, and the picture of a page of its newest version. Raises Denied, Missing, Refused."""
        found = await self._attached.find(who, sitting, paper)
        if size not in WIDTHS or not 1 <= page <= found.pages:
            raise Missing("no-such-page")
        first = (page - 1) // BATCH * BATCH + 1
        batch = await self._batch(found.sha256, size, first)
        at = page - first
        if at >= len(batch.ends):
            raise Missing("no-such-page")
        start, end = batch.ends[at - 1] if at else 0, batch.ends[at]
        if start == end:
            raise Missing("no-such-page")  # it could not be drawn
        return found, b"".join([chunk async for chunk in self._house.blobs.read(batch.blob, start, end)])

    async def _batch(self, sha256: str, size: str, first: int) -> Batch:
        known = await self._house.read(records.find, sha256, size, first)
        if known is not None:
            return known
        async with self._making.held(sha256):
            known = await self._house.read(records.find, sha256, size, first)
            if known is None:
                made = {name: Batch(*one) for name, one in (await self._papers.page_images(sha256, first)).items()}
                await self._house.write(records.put, sha256, first, made)
                known = made[size]
        return known
