"""Papers of a sitting: taken in for an item, replaced, and opened by those who may see the item."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable, Awaitable, Callable
from pathlib import Path

import msgspec

from documents import difference
from documents.actions import Intake, Papers
from documents.difference import PageChange
from documents.model import Examined
from store.errors import Denied, Fault, Missing, Refused

from ..house import House
from ..people import rights
from ..people.rights import Principal
from . import commands as c
from . import events as e
from . import paper_comments
from .agenda import text
from .model import Paper
from .pack import readers_of
from .paper_comments import SeenComments
from .room import Room
from .rooms import Rooms
from .views import may_read

Take = Callable[[Intake], Awaitable[Examined]]  # through the gate, and kept


class Offered(msgspec.Struct, frozen=True):
    """What is said of a file that is to be a paper."""

    name: str
    readers: tuple[str, ...] | None = None
    intake: Intake = Intake()
    paper: str = ""  # its id; made here if there is none


class SittingPapers:
    def __init__(self, house: House, rooms: Rooms, papers: Papers, limit: int) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._limit = limit  # bytes

    def stream(self, source: AsyncIterable[bytes]) -> Take:
        """A file that comes now."""
        return lambda intake: self._papers.take_in(source, self._limit, intake)

    def file(self, path: Path) -> Take:
        """A file that has come."""
        return lambda intake: self._papers.take_file(path, intake)

    async def add(self, who: Principal, sitting: str, item: str, offered: Offered, take: Take) -> Examined:
        """Take a file in and attach it to ITEM; what was stripped is in the answer. Raises Refused, and keeps nothing.

        The right, the item and the readers are asked before the first byte is read."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.add", room.thing())
        if room.state.find_item(item) is None:
            raise Missing("no-such-item")
        readers_of(room.state, item, offered.readers)
        tidy = text(offered.name, "name")
        examined = await self._admitted(who, room, item, take(offered.intake))
        facts = (examined.sha256, examined.pages, examined.size)
        id_ = offered.paper or self._house.id()
        command = c.AttachPaper(id_, item, tidy, *facts, offered.readers, _taken(examined))
        await room.ask(who, command, trusted=True)
        return examined

    async def known(self, who: Principal, sitting: str, item: str, paper: str) -> Examined | None:
        """What was found in a paper that is there already: the answer that was lost on its way."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.add", room.thing())
        found = room.state.find_paper(paper) if paper else None
        if found is None or found.item != item or found.on_paper:
            return None
        taken = found.taken
        return Examined(found.sha256, found.size, found.pages, taken.signed, taken.stripped, taken.made_from)

    async def replace(
        self, who: Principal, sitting: str, paper: str, replaces: str, reason: str, intake: Intake, take: Take
    ) -> Examined:
        """Another version of a paper, in place of the one whose SHA-256 is REPLACES. Raises Refused; Stale if somebody
        else was faster."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.add", room.thing())
        found = room.state.find_paper(paper)
        if found is None:
            raise Missing("no-such-paper")
        examined = await self._admitted(who, room, found.item, take(intake))
        facts = (examined.sha256, examined.pages, examined.size)
        command = c.ReplacePaper(paper, replaces, *facts, reason, _taken(examined))
        await room.ask(who, command, trusted=True)
        return examined

    async def _admitted(self, who: Principal, room: Room, item: str, taking: Awaitable[Examined]) -> Examined:
        """That a stamp stopped a file is on record, without the file."""
        try:
            return await taking
        except Refused as refusal:
            if refusal.code == "secret-stamp":
                stopped = c.StopPaper(item, str(refusal.params["grade"]), int(refusal.params["page"]))
                with contextlib.suppress(Fault):  # whatever else is the matter: it is the stamp that is told
                    await room.ask(who, stopped, trusted=True)
            raise

    async def find(self, who: Principal, sitting: str, paper: str, sha256: str = "") -> Paper:
        """A paper that WHO may read now: its newest version, or for the desk the one that is named. Raises Denied,
        Missing, Refused `paper-recalled`."""
        room = await self._rooms.get(sitting)
        if who.kind == "site":
            if who.id not in room.state.rooms:
                raise Denied("no-right")
        else:
            rights.demand(who, "paper.read", room.thing())
        found, viewer = room.state.find_paper(paper), room.view_for(who)
        if found is None or not self.may_find(room, who, found):
            raise Missing("no-such-paper")
        if viewer.kind == "desk" and sha256 and sha256 != found.sha256:
            return _earlier(found, sha256)
        if found.on_paper:
            raise Refused("paper-on-paper")
        if not found.is_readable and not (viewer.kind == "desk" and sha256):
            raise Refused("paper-recalled", reason=found.reason)
        return found

    def may_find(self, room: Room, who: Principal, paper: Paper) -> bool:
        """May WHO know of it? Before the release, only the desk."""
        viewer = room.view_for(who)
        return (room.state.phase != "planned" or viewer.kind == "desk") and may_read(room.state, viewer, paper)

    async def comments(self, who: Principal, sitting: str, paper: str) -> SeenComments:
        """What was said of it, as far as WHO reads that. Raises Denied, Missing."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "paper.comment", room.thing())
        found = room.state.find_paper(paper)
        if found is None or not self.may_find(room, who, found):
            raise Missing("no-such-paper")
        return paper_comments.seen_by(room.state, who.id, found)

    async def changes(self, who: Principal, sitting: str, paper: str) -> list[PageChange]:
        """What the newest version changed of the one before it. Raises Denied, Missing, Refused `no-version-before`:
        what was recalled is compared with nothing."""
        found, room = await self.find(who, sitting, paper), await self._rooms.get(sitting)
        before = found.earlier[-1] if found.earlier else None
        desk = room.view_for(who).kind == "desk"
        if before is None or before.step != "replaced" or not (before.out or desk):
            raise Refused("no-version-before")
        texts = [await self._papers.texts(sha256) for sha256 in (before.sha256, found.sha256)]
        return await asyncio.to_thread(difference.between, *texts)

    async def out(self, sitting: str, paper: str, sha256: str) -> Paper | None:
        """The paper, if this version of it is one that addresses given out a moment ago may still lead to."""
        room = await self._rooms.get(sitting)
        found = room.state.find_paper(paper)
        return found if found is not None and found.is_readable and found.sha256 == sha256 else None


def _taken(examined: Examined) -> e.Taken:
    cleared = examined.stamp.grade if examined.stamp is not None else ""
    return e.Taken(examined.made_from, examined.signed, examined.stripped, cleared)


def _earlier(paper: Paper, sha256: str) -> Paper:
    """For the record: a version that was replaced or recalled."""
    for version in paper.earlier:
        if version.sha256 == sha256:
            facts = {"sha256": sha256, "pages": version.pages, "size": version.size, "step": version.step}
            return msgspec.structs.replace(paper, **facts)
    raise Missing("no-such-paper")
