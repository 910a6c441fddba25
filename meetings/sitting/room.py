"""One live sitting: one task, one inbox. Everything that happens to it passes here, in order.

A command is: recalled if it was accepted before, its right demanded, decided, appended with its rows in one
transaction, and only then answered and told to the browsers. A refusal changes nothing and is not remembered.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from signing.checkpoint import Checkpoint
from store import journal
from store.chain import Actor, Event
from store.db import Connection
from store.errors import Fault, Refused, Stale, Unavailable
from store.journal import Command, Lease

from ..house import House
from ..people import records as people
from ..people import rights
from ..people.model import UnitId
from ..people.orgtree import Tree
from ..people.rights import Principal, Thing
from . import commands as c
from . import events as e
from . import records
from .decide import check_seen, decide
from .screen import SITE_VIEW, Card, Screen, SeenEvent, View, changed, screen, view, view_of
from .state import State, evolve

log = logging.getLogger(__name__)

TAIL = 2000  # events kept in memory for browsers that resume; older ones are read from the journal


@dataclass(slots=True)
class Telling:
    """What one kind of viewer is told: new events and the parts of the screen they changed. Browsers with the same
    view get the same Telling, and whoever encodes it first leaves the bytes here for the others."""

    sitting: str
    seq: int
    events: list[SeenEvent]
    parts: dict[str, Any]
    encoded: bytes = b""


class Watcher(Protocol):
    """A browser, as the room knows it. `tell` must not block."""

    @property
    def who(self) -> Principal: ...

    def tell(self, telling: Telling) -> None: ...


@dataclass(slots=True)
class Request:
    """A command with its origin, on its way through the inbox."""

    who: Principal
    command: c.AnyCommand
    id: str
    seen: int
    session: str
    answer: asyncio.Future[list[Event]]
    trusted: bool = False  # from our own actions: rights were asked there
    extra: Callable[[Connection, State], None] | None = None  # rows of the same transaction


@dataclass(slots=True)
class Seen:
    """What one kind of viewer was last told."""

    watchers: set[Watcher] = field(default_factory=set)
    last: Screen | None = None


class Room:
    def __init__(self, house: House, sitting: str) -> None:
        self.sitting = sitting
        self._house = house
        self._inbox: asyncio.Queue[Request] = asyncio.Queue(1000)
        self._lease: Lease | None = None
        self.state = State(id=sitting)
        self._tail: list[tuple[Event, State]] = []
        self.cards: Mapping[str, Card] = {}
        self.names: Mapping[str, str] = {}
        self._seen: dict[View, Seen] = {}
        self.witness: Checkpoint | None = None
        self._task: asyncio.Task[None] | None = None
        self.on_change: list[Callable[[State, list[Event]], None]] = []

    # ── life ──

    async def start(self) -> None:
        await self._load()
        self._task = asyncio.create_task(self._run(), name=f"room-{self.sitting}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _load(self) -> None:
        """Take the stream (a new epoch: whoever had it before can write no more) and fold it."""

        def use(conn: Connection) -> tuple[Lease, list[tuple[Event, State]]]:
            lease = journal.take(conn, self.sitting, self._house.node)
            state, tail = State(id=self.sitting), []
            for event in journal.walk(conn, self.sitting):
                state = evolve(state, e.read(event), event.at)
                tail.append((event, state))
            return lease, tail

        self._lease, tail = await self._house.write(use)
        if not tail:
            raise Refused("no-such-sitting")
        self.state = tail[-1][1]
        self._tail = tail[-TAIL:]
        await self._load_names()

    async def _load_names(self) -> None:
        self.cards, self.names = await self._house.read(_names, self.state, self._house.today())

    async def _run(self) -> None:
        while True:
            request = await self._inbox.get()
            try:
                events = await self._handle(request)
            except Fault as fault:
                if not request.answer.done():
                    request.answer.set_exception(fault)
                if isinstance(fault, Stale) and fault.code == "lease-lost":
                    await self._load()
            except Exception as error:
                log.exception("room %s: %s failed", self.sitting, type(request.command).__name__)
                if not request.answer.done():
                    request.answer.set_exception(Unavailable("internal"))
                if not isinstance(error, ValueError | TypeError):
                    await self._load()
            else:
                if not request.answer.done():
                    request.answer.set_result(events)

    # ── commands ──

    async def ask(
        self,
        who: Principal,
        command: c.AnyCommand,
        *,
        id: str = "",
        seen: int = 0,
        session: str = "",
        trusted: bool = False,
        extra: Callable[[Connection, State], None] | None = None,
    ) -> list[Event]:
        """Put a command in and wait until it is durable. Returns its events; raises Refused, Stale or Denied."""
        if self._inbox.full():
            raise Unavailable("busy")
        answer: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()
        request = Request(who, command, id or self._house.id(), seen, session, answer, trusted, extra)
        self._inbox.put_nowait(request)
        return await asyncio.shield(answer)

    async def _handle(self, request: Request) -> list[Event]:
        kind = c.kind_of(request.command)
        digest = journal.command_digest(kind, msgspec.json.encode(request.command))
        mandate = self.state.seats[request.who.id].mandate if request.who.id in self.state.seats else ""
        actor = Actor(request.who.kind, request.who.id, mandate or request.who.mandate)
        cause = Command(actor, request.id, request.session, digest)
        known = await self._house.read(journal.recall, self.sitting, cause)
        if known is not None:
            return known
        if not request.trusted:
            rights.demand(request.who, c.VERBS[type(request.command)], self.thing())
        if request.seen:
            check_seen(request.command, [(ev.seq, ev.kind) for ev, _ in self._tail if ev.seq > request.seen])
        happenings = decide(self.state, request.command, request.who.id)
        if not happenings:
            return []
        return await self._append(happenings, cause, request.extra)

    async def _append(
        self, happenings: list[e.AnyHappening], cause: Command, extra: Callable[[Connection, State], None] | None
    ) -> list[Event]:
        assert self._lease is not None
        lease, before, now = self._lease, self.state, self._house.now_ms()

        def use(conn: Connection) -> tuple[list[Event], list[tuple[Event, State]]]:
            drafts = [e.draft(happening) for happening in happenings]
            made = journal.append(conn, lease, drafts, cause, now, self._house.world.random)
            state, steps = before, []
            for event, happening in zip(made, happenings, strict=True):
                state = evolve(state, happening, event.at)
                steps.append((event, state))
            records.mirror(conn, before, state)
            if extra is not None:
                extra(conn, state)
            return made, steps

        made, steps = await self._house.write(use)
        self.state = steps[-1][1]
        self._tail = (self._tail + steps)[-TAIL:]
        if before.seats.keys() != self.state.seats.keys() or before.rooms != self.state.rooms:
            with contextlib.suppress(Fault):  # it is durable: nothing that comes now may call it refused
                await self._load_names()
        self._tell(steps)
        for listener in self.on_change:
            listener(self.state, made)
        return made

    def witnessed(self, made: Checkpoint) -> None:
        """A checkpoint over this sitting's journal: every screen gets it."""
        self.witness = made
        self._tell([])

    def keeper(self) -> Principal:
        """The program itself, for what it writes on its own: the first draft of the minutes."""
        return Principal("system", "bacap")

    def thing(self) -> Thing:
        return Thing(self.state.unit, self.state.roles())

    # ── browsers ──

    def view_for(self, who: Principal) -> View:
        return SITE_VIEW if who.kind == "site" else view_of(self.state, who.id)

    async def watch(self, watcher: Watcher, after: int) -> None:
        """Begin telling a browser, with everything behind AFTER first. Raises Denied."""
        if watcher.who.kind == "site":
            if watcher.who.id not in self.state.rooms:
                raise Refused("site-not-invited")
        else:
            rights.demand(watcher.who, "sitting.see", self.thing())
        viewer = self.view_for(watcher.who)
        found = await self._since(after)
        reached = found[-1].seq if found else after
        # what was appended while older ones were read
        found += [event for event, _ in self._tail if event.seq > reached]
        missed = [view(event, viewer, self.state) for event in found]
        now = self._screen(viewer)
        watcher.tell(self._telling([one for one in missed if one.seq > after], changed(None, now)))
        seen = self._seen.setdefault(viewer, Seen())
        seen.last = seen.last or now
        seen.watchers.add(watcher)

    async def _since(self, after: int) -> list[Event]:
        if self._tail and self._tail[0][0].seq <= after + 1:
            return [event for event, _ in self._tail if event.seq > after]
        return await self._house.read(lambda conn: list(journal.walk(conn, self.sitting, after)))

    def unwatch(self, watcher: Watcher) -> None:
        for viewer, seen in list(self._seen.items()):
            seen.watchers.discard(watcher)
            if not seen.watchers:
                del self._seen[viewer]

    def _telling(self, events: list[SeenEvent], parts: dict[str, Any]) -> Telling:
        return Telling(self.sitting, self.state.seq, events, parts)

    def _screen(self, viewer: View) -> Screen:
        return screen(self.state, viewer, self.cards, self.names, self.witness)

    def _tell(self, steps: list[tuple[Event, State]]) -> None:
        for viewer, seen in list(self._seen.items()):
            stale = [watcher for watcher in seen.watchers if self.view_for(watcher.who) != viewer]
            events = [view(event, viewer, state) for event, state in steps]
            now = self._screen(viewer)
            parts = changed(seen.last, now)
            seen.last = now
            telling = self._telling(events, parts)
            for watcher in seen.watchers:
                watcher.tell(telling)
            for watcher in stale:  # its role changed: from now on it sees with other eyes
                seen.watchers.discard(watcher)
                fresh = self._screen(self.view_for(watcher.who))
                watcher.tell(self._telling([], changed(None, fresh)))
                other = self._seen.setdefault(self.view_for(watcher.who), Seen(last=fresh))
                other.watchers.add(watcher)


def _names(conn: Connection, state: State, day: str) -> tuple[dict[str, Card], dict[str, str]]:
    """Names of everyone seated and of every room, as of DAY."""
    tree = Tree(people.all_units(conn), day)
    cards = {}
    for person, seat in state.seats.items():
        known = people.person(conn, person)
        office = people.membership(conn, seat.mandate).office if seat.mandate else ""
        unit = tree.get(UnitId(seat.unit)).name if seat.unit in tree else ""
        cards[person] = Card(known.name, known.honorific, office, unit)
    return cards, {site: people.site(conn, site).name for site in state.rooms}
