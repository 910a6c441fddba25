"""One live sitting: one task, one inbox. Everything that happens to it passes here, in order.

A command is: recalled if it was accepted before, its right demanded, decided, appended with its rows in one
transaction, and only then answered and told to the browsers. A refusal changes nothing and is not remembered. What
waits in the inbox together is made durable together: a hundred votes in a second cost a few transactions.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signing.checkpoint import Checkpoint
from store import background, journal
from store.chain import Actor, Event
from store.db import Connection
from store.errors import Denied, Fault, Malformed, Refused, Unavailable
from store.journal import Command, Lease

from ..house import House
from ..people import rights
from ..people.rights import Principal, Thing
from . import ballots, names, records, rules, wall_code
from . import commands as c
from . import events as e
from .audience import Audience, Step, Telling, Watcher
from .decide import GUARDED, check_seen, decide
from .evolve import evolve, follow
from .screen import Card
from .state import State
from .urn import Urn
from .views import View

__all__ = ["Room", "Telling", "Watcher"]

log = logging.getLogger(__name__)

TAIL = 2000  # events kept in memory for browsers that resume; older ones are read from the journal
RELOAD_S = 1.0
TOGETHER = 64  # commands made durable in one transaction
WRONG_CODES = 10  # a person may type in a minute: they are short
ALONE = (c.OpenVote, c.CloseVote, c.CancelVote)


class Behind(Exception):
    """The journal holds more than this room has read."""


@dataclass(slots=True, eq=False)
class Request:
    """A command with its origin, on its way through the inbox."""

    who: Principal
    command: c.AnyCommand
    id: str
    seen: int
    session: str
    answer: asyncio.Future[list[Event]]
    trusted: bool = False  # from our own actions: rights were asked there
    rows: Callable[[Connection, State], None] | None = None  # to be put in the same transaction

    def cause(self, state: State) -> Command:
        """How it stands in the journal."""
        seat, kind = state.seats.get(self.who.id), c.kind_of(self.command)
        actor = Actor(self.who.kind, self.who.id, (seat.mandate if seat else "") or self.who.mandate)
        return Command(actor, self.id, self.session, journal.command_digest(kind, c.remembered(self.command)))

    def goes_alone(self) -> bool:
        """Rows of its own may be refused by the database; and an urn is set up and opened between ballots."""
        return self.rows is not None or isinstance(self.command, ALONE)

    def settle(self, outcome: list[Event] | Exception) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


@dataclass(slots=True)
class Served:
    """What came of requests that were served together."""

    outcomes: list[list[Event] | Fault]
    steps: list[Step]
    appended: list[Request]  # those of them that are new, and in the journal now


class Room:
    def __init__(self, house: House, sitting: str) -> None:
        self.sitting = sitting
        self._house = house
        self._inbox: asyncio.Queue[Request] = asyncio.Queue(1000)
        self._lease: Lease | None = None
        self.state = State(id=sitting)
        self._tail: deque[Event] = deque(maxlen=TAIL)
        self._urn: Urn | None = None
        self._walls = house.world.random(32)  # secret of the codes on the walls
        self._wrong: dict[str, tuple[int, int]] = {}  # person -> minute, and wrong codes in it
        self._audience = Audience(lambda: self.state, self._may_see)
        self._task: asyncio.Task[None] | None = None
        self.on_change: list[Callable[[State, list[Event]], None]] = []

    # ── life ──

    async def start(self) -> None:
        await self._load()
        await self._check_urn()
        self._task = asyncio.create_task(self._run(), name=f"room-{self.sitting}")

    async def stop(self) -> None:
        self._audience.stop()
        await background.end(self._task)

    async def _load(self) -> None:
        """Take the stream (a new epoch: whoever had it before can write no more) and fold it."""

        def use(conn: Connection) -> tuple[Lease, State, deque[Event]]:
            lease = journal.take(conn, self.sitting, self._house.node)
            state, tail = State(id=self.sitting), deque[Event](maxlen=TAIL)
            for event in journal.walk(conn, self.sitting):
                state = follow(state, event)
                tail.append(event)
            return lease, state, tail

        lease, state, tail = await self._house.write(use)
        if not tail:
            raise Refused("no-such-sitting")
        await self._load_names(state)
        self._lease, self.state, self._tail = lease, state, tail

    async def _check_urn(self) -> None:
        """A secret vote whose urn this process does not have is void: whoever voted is told to vote again."""
        ballot, urn = self.state.open_ballot, self._urn
        if ballot is None or ballot.way != "secret":
            return
        if urn is None or urn.ballot != ballot.id or urn.papers != len(ballot.taken):
            self._urn = None
            void = c.VoidVote(ballot.id, "restart" if urn is None else "urn")
            nobody: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()
            await self._serve([Request(self.keeper(), void, self._house.id(), 0, "", nobody, trusted=True)])

    async def _load_names(self, state: State) -> None:
        loaded = await self._house.read(names.of, state, self._house.today())
        self._audience.cards, self._audience.names, self._audience.units = loaded

    @property
    def cards(self) -> Mapping[str, Card]:
        return self._audience.cards

    @property
    def units(self) -> Mapping[str, str]:
        """Names of the units that were convened, and of those between."""
        return self._audience.units

    @property
    def names(self) -> Mapping[str, str]:
        return self._audience.names

    async def _run(self) -> None:
        while True:
            waiting = [await self._inbox.get()]
            while not self._inbox.empty() and len(waiting) < TOGETHER:
                waiting.append(self._inbox.get_nowait())
            for alone, requests in itertools.groupby(waiting, Request.goes_alone):
                for batch in [[request] for request in requests] if alone else [list(requests)]:
                    await self._attempt(batch)
                    del batch  # a ballot and its voter are in it
            del waiting, requests

    async def _attempt(self, requests: list[Request]) -> None:
        """Serve REQUESTS, whatever happens; one that breaks does not take the others with it. Once a transaction has
        failed, what the journal holds is not known here any more: it is read anew before anything else is served."""
        try:
            await self._serve(requests)
        except Fault as fault:
            for request in requests:
                request.settle(fault)
            await self._reload()
        except Exception:
            log.exception("room %s: %s failed", self.sitting, type(requests[0].command).__name__)
            await self._reload()
            if len(requests) == 1:
                requests[0].settle(Unavailable("internal"))
            else:
                for request in requests:
                    await self._attempt([request])

    async def _reload(self) -> None:
        """Until it succeeds; meanwhile whoever asks is told to come back. What became durable unseen is told now."""
        while True:
            try:
                reached = self.state.seq
                await self._load()
                self._tell([(event, self.state) for event in self._tail if event.seq > reached])
                await self._check_urn()
                return
            except Exception:
                log.exception("room %s cannot be read", self.sitting)
            while not self._inbox.empty():
                self._inbox.get_nowait().settle(Unavailable("busy"))
            await asyncio.sleep(RELOAD_S)

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
        rows: Callable[[Connection, State], None] | None = None,
    ) -> list[Event]:
        """Put a command in and wait until it is durable. Returns its events; raises Refused, Stale or Denied."""
        if self._inbox.full():
            raise Unavailable("busy")
        answer: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()
        request = Request(who, command, id or self._house.id(), seen, session, answer, trusted, rows)
        self._inbox.put_nowait(request)
        return await asyncio.shield(answer)

    async def _serve(self, requests: list[Request]) -> None:
        before = self.state
        served = await self._house.write(self._transact, requests, self._house.now_ms())
        for request in served.appended:
            self._into_urn(request, before)
        if served.steps:
            after = served.steps[-1][1]
            if before.seats.keys() != after.seats.keys() or before.rooms != after.rooms:
                with contextlib.suppress(Fault):  # it is durable: nothing that comes now may call it refused
                    await self._load_names(after)
            self.state = after  # from here on nothing waits: no browser is told of this state before its events
            self._tail.extend(event for event, _ in served.steps)
        for request, outcome in zip(requests, served.outcomes, strict=True):
            request.settle(outcome)
        if served.steps:
            self._tell(served.steps)

    def _tell(self, steps: list[Step]) -> None:
        """Browsers, and whoever acts on what happens here."""
        self._audience.tell(steps)
        made = [event for event, _ in steps]
        for listener in self.on_change if made else ():
            listener(self.state, made)

    def _transact(self, conn: Connection, requests: list[Request], now: int) -> Served:
        """In the database's thread: decide and append each in turn, every one on what the one before it left."""
        assert self._lease is not None
        state, served, told = self.state, Served([], [], []), []
        for request in requests:
            cause = request.cause(state)
            try:
                known = journal.recall(conn, self.sitting, cause)
                if known and known[-1].seq > state.seq:  # a commit whose answer was lost
                    raise Behind
                happenings = [] if known is not None else self._decide(state, request, served.steps)
            except Fault as fault:
                served.outcomes.append(fault)
                continue
            if not happenings:
                served.outcomes.append(known or [])
                continue
            try:
                drafts = [e.draft(happening) for happening in happenings]
                made = journal.append(conn, self._lease, drafts, cause, now, self._house.world.random, recalled=True)
            except Malformed as fault:  # found before anything of it was written
                served.outcomes.append(fault)
                continue
            for event, happening in zip(made, happenings, strict=True):
                state = evolve(state, happening, event.at)
                served.steps.append((event, state))
                told.append((event.seq, event.at, happening, state))
            served.outcomes.append(made)
            served.appended.append(request)
            if request.rows is not None:
                request.rows(conn, state)
        if served.steps:
            records.mirror(conn, self.state, state)
            records.tell(conn, told, self._house.deliveries, programs=self._house.tells_programs)
        return served

    def _decide(self, state: State, request: Request, fresh: list[Step]) -> list[e.AnyHappening]:
        command = request.command
        if not request.trusted:
            rights.demand(request.who, c.VERBS[type(command)], _thing_to(request.who, state))
        if request.seen and type(command) in GUARDED:
            events = itertools.chain(self._tail, (event for event, _ in fresh))
            check_seen(command, [(event.seq, event.kind) for event in events if event.seq > request.seen])
        if isinstance(command, c.CheckIn) and command.code and not command.person:
            self._check_wall_code(request.who.id, command)
            command = c.Admit(command.site)
        if isinstance(command, c.Close):
            return decide(state, c.CloseSitting(names.told(self.cards)), request.who.id)
        ballot = state.open_ballot
        if isinstance(command, c.CloseVote) and ballot is not None and ballot.way == "secret":
            urn = self._urn if self._urn is not None and self._urn.ballot == ballot.id else Urn(ballot.id, ())
            command = c.CountVote(command.ballot, urn.open(), urn.papers)
        return decide(state, command, request.who.id)

    def _check_wall_code(self, who: str, command: c.CheckIn) -> None:
        now = self._house.now_ms()
        window, tries = self._wrong.get(who, (0, 0))
        tries = tries if window == now // wall_code.WINDOW_MS else 0
        if tries >= WRONG_CODES:
            raise Refused("too-many-tries", seconds=wall_code.WINDOW_MS // 1000)
        if not wall_code.is_good(self._walls, command.site, now, command.code):
            self._wrong[who] = (now // wall_code.WINDOW_MS, tries + 1)
            raise Refused("code-wrong")

    def _into_urn(self, request: Request, state: State) -> None:
        """Now that it is durable that they voted: what they chose, into the urn. Who it was is not said to the urn."""
        command = request.command
        if isinstance(command, c.OpenVote) and command.way == "secret":
            self._urn = Urn(command.ballot, rules.codes(command.options))
        elif isinstance(command, c.CastSecretly) and self._urn is not None and state.open_ballot is not None:
            self._urn.put(ballots.choices_of(state.open_ballot, command.marks))
            request.command = c.CastSecretly(command.ballot, "")  # it is in the urn, and nowhere else
        elif isinstance(command, c.CloseVote | c.CancelVote | c.VoidVote):
            self._urn = None

    @property
    def witness(self) -> Checkpoint | None:
        return self._audience.witness

    def witnessed(self, made: Checkpoint) -> None:
        """A checkpoint over this sitting's journal: every screen gets it, but for one that was slower than a later."""
        if self.witness is None or made.seq >= self.witness.seq:
            self._audience.witness = made
            self._audience.tell([])

    def wall_code(self, site: str) -> tuple[str, int]:
        """What SITE's wall shows, and until when (UTC milliseconds). Raises Refused."""
        if site not in self.state.rooms:
            raise Refused("site-not-invited")
        return wall_code.code(self._walls, site, self._house.now_ms())

    def keeper(self) -> Principal:
        """The program itself, for what it does on its own: the first draft of the minutes, reminders."""
        return Principal("system", "bacap")

    def thing(self) -> Thing:
        return Thing(self.state.unit, self.state.roles())

    # ── browsers ──

    def _demand_seeing(self, who: Principal) -> None:
        if who.kind == "site":
            if who.id not in self.state.rooms:
                raise Refused("site-not-invited")
        else:
            rights.demand(who, "sitting.see", _thing_to(who, self.state))
        if not self.state.released_at and self.view_for(who).kind != "desk":
            raise Denied("no-right")

    def _may_see(self, who: Principal) -> bool:
        with contextlib.suppress(Fault):
            self._demand_seeing(who)
            return True
        return False

    async def watch(self, watcher: Watcher, after: int) -> None:
        """Begin telling a browser, with everything behind AFTER first. Raises Denied."""
        self._demand_seeing(watcher.who)
        found = await self._since(after)
        reached = found[-1].seq if found else after
        # what was appended while older ones were read
        found += [event for event in self._tail if event.seq > reached]
        self._audience.add(watcher, after, found)

    async def _since(self, after: int) -> list[Event]:
        if self._tail and self._tail[0].seq <= after + 1:
            return [event for event in self._tail if event.seq > after]
        return await self._house.read(lambda conn: list(journal.walk(conn, self.sitting, after)))

    def view_for(self, who: Principal) -> View:
        return self._audience.view_for(who)

    def unwatch(self, watcher: Watcher) -> None:
        self._audience.remove(watcher)


def _thing_to(who: Principal, state: State) -> Thing:
    """The sitting, as far as WHO's rights in it go."""
    return Thing(state.unit, {who.id: state.roles_of(who.id)})
