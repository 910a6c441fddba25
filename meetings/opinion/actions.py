"""What is done with opinion ballots: put to the members, answered, reminded, counted, printed, reported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from documents.actions import Intake, Papers
from documents.model import PaperForm
from store import background, journal
from store.blobs import once
from store.chain import Actor
from store.db import Connection
from store.errors import Denied, Fault, Missing, Refused
from store.journal import Command
from store.world import LATEST_MS, uuid_of, vietnam_day

from ..house import SYSTEM, House, actor_of
from ..people import records as people
from ..people import rights
from ..people.rights import Principal, Thing
from ..register.actions import Register
from ..sitting import commands as c
from ..sitting import events as e
from ..sitting import narrative, rule_book
from ..sitting.agenda import LONGEST_TEXT, optional, text
from ..sitting.letterhead import letterhead, units_of
from ..sitting.papers import Offered, SittingPapers
from ..sitting.rooms import Rooms
from ..sitting.rules import Choice
from . import model, records
from .model import AnyHappening, Ground, Opinion

log = logging.getLogger(__name__)

KIND = "PYK"
LOOK_S = 5.0


class NewOpinion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id`: a UUID made by the browser. `deadline`: UTC milliseconds."""

    id: str
    unit: str
    title: str
    text: str
    ground: Ground
    deadline: Annotated[int, Meta(ge=0, le=LATEST_MS)]


class OpinionRow(msgspec.Struct, frozen=True):
    """A ballot as the asker sees it: `mine` is their own answer; `names` of who is asked. What others answered is told
    once it is counted."""

    opinion: Opinion
    names: dict[str, str]
    votes: bool
    puts: bool
    mine: Choice
    comment: str
    overdue: bool


class OpinionWaiting(msgspec.Struct, frozen=True):
    """A ballot on the desk of who has not answered it. `reminded_at`: UTC milliseconds, 0 for never."""

    id: str
    title: str
    deadline: int
    reminded_at: int


class Opinions:
    def __init__(
        self, house: House, rooms: Rooms, papers: Papers, sitting_papers: SittingPapers, register: Register
    ) -> None:  # fmt: skip
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._sitting_papers = sitting_papers
        self._register = register
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(background.repeat(self._look, LOOK_S, "opinion ballots"))

    async def close(self) -> None:
        await background.end(self._task)

    async def _look(self) -> None:
        await self.count_due()
        await self.remind_due()

    async def count_due(self) -> None:
        """A deadline is an event; that it has passed is for us to see."""
        for opinion in await self._house.read(records.due, self._house.now_ms()):
            try:
                await self._change(opinion, SYSTEM, lambda state: [] if state.closed_at else model.close(state))
            except Fault as fault:
                log.warning("opinion ballot %s: %s", opinion, fault)

    async def remind_due(self) -> None:
        """Those who have a day left, once."""
        now = self._house.now_ms()
        for opinion in await self._house.read(records.due, now + model.REMIND_MS):
            try:
                if model.remind_in_time(await self._load(opinion), now):
                    await self._change(opinion, SYSTEM, lambda state: model.remind_in_time(state, now))
            except Fault as fault:
                log.warning("opinion ballot %s: %s", opinion, fault)

    # ── by who puts it ──

    async def put(self, who: Principal, given: NewOpinion) -> str:
        rights.demand(who, "opinion.put", Thing(given.unit))
        house, id_ = self._house, uuid_of(given.id)
        title, told = text(given.title, "title"), text(given.text, "text", LONGEST_TEXT)
        if given.deadline <= house.now_ms():
            raise Refused("deadline-past")

        def use(conn: Connection) -> None:
            if journal.exists(conn, id_):
                [first] = journal.read(conn, id_, 0, 1)
                if first.actor.id != who.id:
                    raise Refused("stream-exists")
                return
            day = house.today()
            rule = rule_book.in_force(conn, given.unit, day)
            model.demand_allowed(rule, given.ground)
            held = people.memberships_on(conn, day, unit=given.unit)
            members = [one for one, _ in held if one.counted and one.role in rule.entitled]
            chair = next((one.person for one in members if one.role == "chair"), "")
            voters = tuple(dict.fromkeys(str(one.person) for one in members))
            if not voters:
                raise Refused("nobody-to-invite")
            opened = model.Opened(title, given.unit, told, given.ground, rule, voters, chair, given.deadline)
            lease = journal.create(conn, id_, "opinion", given.unit, house.node)
            [event] = journal.append(
                conn, lease, [e.draft(opened)], Command(actor_of(who)), house.now_ms(), house.world.random
            )
            state = model.evolve(Opinion(id=id_), opened, event.at)
            records.ask(conn, state)
            records.tell(conn, state, [(event.seq, event.at, opened)], house.deliveries)

        await house.write(use)
        return id_

    async def add_paper(
        self, who: Principal, opinion: str, name: str, source: AsyncIterable[bytes], limit: int, intake: Intake
    ) -> None:
        """A paper of the dossier, until the first answer is in."""
        tidy = text(name, "name")
        model.add_paper(await self._put_by(who, opinion), model.PaperAdded(tidy, "", 0, 0))  # before any byte is read
        examined = await self._papers.take_in(source, limit, intake)
        added = model.PaperAdded(tidy, examined.sha256, examined.pages, examined.size)
        await self._change(opinion, actor_of(who), lambda state: model.add_paper(state, added))

    async def remind(self, who: Principal, opinion: str) -> None:
        await self._put_by(who, opinion)
        await self._change(opinion, actor_of(who), model.remind)

    async def count(self, who: Principal, opinion: str) -> None:
        """Before the deadline only when everybody has answered."""
        state = await self._put_by(who, opinion)
        if not state.is_due(self._house.now_ms()):
            raise Refused("opinion-open")
        await self._change(opinion, actor_of(who), lambda now: [] if now.closed_at else model.close(now))

    async def call_off(self, who: Principal, opinion: str, reason: str) -> None:
        """It counts for nothing; why is said to whoever was asked."""
        await self._put_by(who, opinion)
        told = text(reason, "reason")
        await self._change(opinion, actor_of(who), lambda state: [] if state.closed_at else [model.CalledOff(told)])

    async def report(self, who: Principal, opinion: str, sitting: str) -> None:
        """Put the outcome on the agenda of the next sitting, with the sheet of it."""
        state = await self._put_by(who, opinion)
        if state.result is None:
            raise Refused("opinion-open")
        item = f"opinion-{opinion}"
        room = await self._rooms.get(sitting)
        if room.state.unit != state.unit:
            raise Refused("not-of-this-unit")
        if room.state.find_item(item) is None:
            title = f"Báo cáo kết quả lấy ý kiến: {state.title}"[:500]
            await room.ask(who, c.AddItem(item, title, 5))
        if not any(paper.item == item for paper in room.state.papers):
            source = once(await self.sheet(who, opinion))
            offered = Offered("Tổng hợp ý kiến")
            await self._sitting_papers.add(who, sitting, item, offered, self._sitting_papers.stream(source))
        await self._change(
            opinion, actor_of(who), lambda now: [] if now.reported == sitting else [model.Reported(sitting)]
        )

    # ── by members ──

    async def give(self, who: Principal, opinion: str, choice: Choice, comment: str) -> None:
        told = optional(comment, "comment", LONGEST_TEXT)
        now = self._house.now_ms()
        await self._change(opinion, actor_of(who), lambda state: model.give(state, who.id, choice, told, now))

    # ── reading ──

    async def listed(self, who: Principal) -> list[OpinionRow]:
        units = rights.units_of(rights.scope(who, "opinion.put"))

        def use(conn: Connection) -> tuple[list[Opinion], dict[str, str]]:
            found = [records.fold(conn, one) for one in records.listed(conn, who.id, units)]
            return found, people.names(conn, list({person for one in found for person in one.electorate}))

        found, names = await self._house.read(use)
        return [self._row(who, one, units, names) for one in found]

    async def waiting(self, who: Principal) -> list[OpinionWaiting]:
        """Ballots that WHO has not answered and still can: of the desk."""
        now = self._house.now_ms()

        def use(conn: Connection) -> list[Opinion]:
            return [records.fold(conn, one) for one in records.open_for(conn, who.id)]

        open_ = [one for one in await self._house.read(use) if now < one.deadline and who.id in one.missing]
        return [OpinionWaiting(one.id, one.title, one.deadline, one.reminded_at) for one in open_]

    def _row(self, who: Principal, state: Opinion, units: frozenset[str], names: dict[str, str]) -> OpinionRow:
        now, mine = self._house.now_ms(), state.answers.get(who.id)
        names = {person: names[person] for person in state.electorate if person in names}
        puts = state.unit in units
        own = {who.id: mine} if mine is not None else {}
        shown = state if state.closed_at else msgspec.structs.replace(
            state, answers=own if not puts else {person: _hidden(one) for person, one in state.answers.items()} | own
        )  # fmt: skip
        overdue = not state.closed_at and now >= state.deadline
        given = (mine.choice, mine.comment) if mine is not None else ("", "")
        return OpinionRow(shown, names, who.id in state.electorate, puts, *given, overdue)

    async def paper(self, who: Principal, opinion: str, sha256: str) -> tuple[str, str]:
        """SHA-256 and file name of a paper of the dossier. Raises Denied, Missing."""
        state = await self._seen_by(who, opinion)
        for paper in state.papers:
            if paper.sha256 == sha256:
                return sha256, f"{paper.name}.pdf"
        raise Missing("no-such-paper")

    async def sheet(self, who: Principal, opinion: str) -> bytes:
        """Who answered what, and what comes of it, as a paper with a number of the register."""
        state = await self._seen_by(who, opinion)
        if state.result is None:
            raise Refused("opinion-open")
        units = await self._house.read(units_of, state.unit, vietnam_day(state.opened_at))
        offices = await self._house.read(_offices, state, vietnam_day(state.opened_at))
        counts = ", ".join(f"{narrative.CHOICES[code]} {count}" for code, count in state.result.counts)
        outcome = "được thông qua" if state.result.passed else "không được thông qua"
        lines = [
            state.text,
            f"Hạn cho ý kiến: {narrative.moment(state.deadline)}.",
            f"Kết quả: {counts}, không có ý kiến {state.result.unheard}; cần {state.result.needed} trên tổng số "
            f"{state.result.base} thành viên; nội dung {outcome}.",
            *(_line(state, person, offices.get(person, "")) for person in state.electorate),
        ]

        def form(symbol: str, day: str) -> PaperForm:
            receivers = ("Thành viên Ủy ban nhân dân", "Lưu: VT, Hồ sơ")
            head = letterhead(units, symbol, day)
            return PaperForm(head, "Tổng hợp phiếu lấy ý kiến", state.title, tuple(lines), "", "Thư ký", "", receivers)

        await self._papers.typeset(form("", self._house.today()))  # a number is not spent on what cannot be printed
        number = await self._register.take(who, units[0], KIND, opinion, state.title)
        pdf, _ = await self._papers.typeset(form(number.symbol, number.day))
        return pdf

    async def _put_by(self, who: Principal, opinion: str) -> Opinion:
        state = await self._load(opinion)
        rights.demand(who, "opinion.put", Thing(state.unit))
        return state

    async def _seen_by(self, who: Principal, opinion: str) -> Opinion:
        state = await self._load(opinion)
        if who.id not in state.electorate and not rights.may(who, "opinion.put", Thing(state.unit)):
            raise Denied("no-right")
        return state

    async def _load(self, opinion: str) -> Opinion:
        return await self._house.read(records.fold, opinion)

    async def _change(self, opinion: str, actor: Actor, decide: Callable[[Opinion], list[AnyHappening]]) -> None:
        """Decide on the state as it stands within the transaction, and append."""
        house = self._house

        def use(conn: Connection) -> None:
            if not journal.exists(conn, opinion, "opinion"):
                raise Missing("no-such-opinion")
            lease = journal.hold(conn, opinion, house.node)
            state = records.fold(conn, opinion)
            happenings = decide(state)
            if not happenings:
                return
            drafts = [e.draft(one) for one in happenings]
            events = journal.append(conn, lease, drafts, Command(actor), house.now_ms(), house.world.random)
            for event, one in zip(events, happenings, strict=True):
                state = model.evolve(state, one, event.at)
            records.mirror(conn, state)
            steps = [(event.seq, event.at, one) for event, one in zip(events, happenings, strict=True)]
            records.tell(conn, state, steps, house.deliveries)

        await house.write(use)


def _hidden(answer: model.Answer) -> model.Answer:
    """That somebody has answered, not what: nobody is to be swayed before the count."""
    return model.Answer("", "", answer.at)


def _line(state: Opinion, person: str, who: str) -> str:
    answer = state.answers.get(person)
    if answer is None:
        return f"{who}: không có ý kiến."
    return f"{who}: {narrative.CHOICES[answer.choice]}{f'. Ý kiến: {answer.comment}' if answer.comment else ''}."


def _offices(conn: Connection, state: Opinion, day: str) -> dict[str, str]:
    held = people.memberships_on(conn, day, unit=state.unit)
    return {str(one.person): f"{person.name}, {one.office}" for one, person in held}
