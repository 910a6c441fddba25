"""Papers of a sitting: added to an item, opened by those who may see the item."""

from __future__ import annotations

from collections.abc import AsyncIterable

from documents.actions import Papers
from documents.model import Examined
from store.errors import Denied, Missing

from ..house import House
from ..people import rights
from ..people.rights import Principal
from . import commands as c
from .agenda import text
from .model import Paper
from .rooms import Rooms
from .views import may_see_item


class SittingPapers:
    def __init__(self, house: House, rooms: Rooms, papers: Papers, limit: int) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._limit = limit  # bytes

    async def add(
        self, who: Principal, sitting: str, item: str, name: str, source: AsyncIterable[bytes], paper: str = ""
    ) -> Examined:
        """Take a PDF in and attach it to ITEM; what was stripped is in the answer. Raises Refused, and keeps nothing.

        The right and the item are asked before the first byte is read."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.add", room.thing())
        if room.state.find_item(item) is None:
            raise Missing("no-such-item")
        tidy = text(name, "name")
        examined = await self._papers.take_in(source, self._limit)
        command = c.AttachPaper(paper or self._house.id(), item, tidy, examined.sha256, examined.pages, examined.size)
        await room.ask(who, command, trusted=True)
        return examined

    async def find(self, who: Principal, sitting: str, paper: str) -> Paper:
        """A paper that WHO may read now. Raises Denied, Missing."""
        room = await self._rooms.get(sitting)
        if who.kind == "site":
            if who.id not in room.state.rooms:
                raise Denied("no-right")
        else:
            rights.demand(who, "paper.read", room.thing())
        found = room.state.find_paper(paper)
        viewer = room.view_for(who)
        hidden = found is not None and not may_see_item(room.state, viewer, found.item)
        if found is None or hidden or (room.state.phase == "planned" and viewer.kind != "desk"):
            raise Missing("no-such-paper")
        return found
