"""Keeps the index in step with the sittings, behind what happens in them: a moment later, never in its way.

A sitting that changed is read anew from its state. What may not be found any more goes first; what is new goes in page
by page, in transactions of their own, and is found only when it is whole. A crash leaves it unfinished and the sitting
unmarked: the next start does it again.
"""

from __future__ import annotations

import asyncio
import logging

import msgspec

from documents import fold
from documents.actions import Papers
from store import background, journal
from store.chain import Event
from store.db import Connection
from store.errors import Missing, Refused

from ..house import House
from ..sitting import names
from ..sitting.evolve import follow
from ..sitting.narrative import MinutesText
from ..sitting.room import Room
from ..sitting.rooms import Rooms
from ..sitting.screen import Card
from ..sitting.state import State
from . import entries, records
from .entries import Entry

log = logging.getLogger(__name__)

PAUSE_S = 0.5
AGAIN_S = 30.0
LONGEST_PAGE = 50_000  # letters of a page: beyond that it is a table of numbers, and PostgreSQL takes no more
# Votes, speeches and the like change nothing of what can be found.
TELLING = {
    "planned", "details-changed", "invited", "uninvited", "item-added", "item-changed", "item-removed", "released",
    "paper-attached", "paper-addressed", "paper-detached", "paper-replaced", "paper-recalled", "invitation-issued",
    "replied", "participants-named", "role-taken", "concluded", "circulated",
}  # fmt: skip
BATCH = 50  # pages in one transaction: a vote waits for no more


class Index:
    def __init__(self, house: House, rooms: Rooms, papers: Papers) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        rooms.on_start.append(self._attend)

    def start(self) -> None:
        self._changed.set()  # what went on while this was down
        self._task = asyncio.create_task(background.repeat(self._follow, PAUSE_S, "search index"))

    async def close(self) -> None:
        await background.end(self._task)

    def _attend(self, room: Room) -> None:
        def changed(state: State, events: list[Event]) -> None:
            if not TELLING.isdisjoint(event.kind for event in events):
                self._changed.set()

        room.on_change.append(changed)

    async def _follow(self) -> None:
        await self._changed.wait()
        if not await self.catch_up():
            asyncio.get_running_loop().call_later(AGAIN_S, self._changed.set)

    async def catch_up(self) -> bool:
        """Everything that is behind. First whatever may not be found any more, of all sittings; then what is new, and
        if something happens meanwhile, that first. False: something failed, and is to be tried again."""
        self._changed.clear()
        whole, fresh = True, []
        for sitting in await self._house.read(records.behind):
            try:
                fresh.append(await self._withdraw(sitting))
            except Exception:
                log.exception("search index of %s", sitting)
                whole = False
        for sitting, seq, new in fresh:
            try:
                for entry in new:
                    if self._changed.is_set():
                        return whole
                    await self._put(entry)
                await self._house.write(records.mark, sitting, seq)
            except Exception:
                log.exception("search index of %s", sitting)
                whole = False
        return whole

    async def _withdraw(self, sitting: str) -> tuple[str, int, list[Entry]]:
        """Take out what is not as it was, and tell what stayed who may find it now. Returns what is to be put in."""
        state, wanted = await self._wanted(sitting)
        known = await self._house.read(records.known, sitting)
        stays = {entry.thing: entry for entry in wanted if known.get(entry.thing, (0, ""))[1] == entry.digest}
        for thing, (number, _) in known.items():
            people = stays[thing].readers if thing in stays else frozenset[str]()
            await self._house.write(records.address, number, people)
        for thing, (number, _) in known.items():
            if thing not in stays:
                while await self._house.write(records.drop_words, number):
                    pass
                await self._house.write(records.drop, number)
        return sitting, state.seq, [entry for entry in wanted if entry.thing not in stays]

    async def _wanted(self, sitting: str) -> tuple[State, list[Entry]]:
        room = self._rooms.find(sitting)
        if room is not None:
            state, cards = room.state, dict(room.cards)
        else:
            state, cards = await self._house.read(_read, sitting, self._house.today())
        return state, await asyncio.to_thread(entries.of, state, cards)

    async def _put(self, entry: Entry) -> None:
        """Its words, batch by batch; whole and found only with the last step, by who may find it then."""
        texts = await self._texts(entry) if entry.sha256 else []
        number = await self._house.write(records.put, entry)
        pages = [f"{entry.title}\n{entry.about}", *texts]
        for first in range(0, len(pages), BATCH):
            keys = await asyncio.to_thread(_keys, pages[first : first + BATCH])
            await self._house.write(records.put_pages, number, first, keys)
        _, wanted = await self._wanted(entry.sitting)
        now = next((one for one in wanted if one.thing == entry.thing and one.digest == entry.digest), None)
        await self._house.write(records.finish, number, entry.digest, now.readers if now else frozenset[str]())

    async def _texts(self, entry: Entry) -> list[str]:
        """Pages of what is behind an entry, kept for its snippets. What has no text any more is found by its title.
        Raises Unavailable."""
        if await self._house.read(records.has_texts, entry.sha256):
            return await self._house.read(records.texts, entry.sha256)
        try:
            found = await (self._minutes(entry) if entry.kind == "minutes" else self._papers.texts(entry.sha256))
        except (Refused, Missing) as fault:
            log.warning("no text of %s: %s", entry.thing, fault)
            return []
        found = [text[:LONGEST_PAGE] for text in found]
        for first in range(0, len(found), BATCH):
            await self._house.write(records.put_texts, entry.sha256, first + 1, found[first : first + BATCH])
        await self._house.write(records.put_texts, entry.sha256, 0, [""])  # all of it is there
        return found

    async def _minutes(self, entry: Entry) -> list[str]:
        written = msgspec.json.decode(await self._house.blobs.load(entry.sha256), type=MinutesText)
        lines = (written.subject, written.begun, written.venue, *written.attendance, *written.course, written.ended)
        return ["\n".join(lines)]


def _keys(texts: list[str]) -> list[str]:
    return [fold.keys(text) for text in texts]


def _read(conn: Connection, sitting: str, day: str) -> tuple[State, dict[str, Card]]:
    state = State(id=sitting)
    for event in journal.walk(conn, sitting):
        state = follow(state, event)
    return state, names.of(conn, state, day)[0]
