"""Convening: release with a numbered invitation, moving a sitting, someone sent instead, people named by their unit.

The number and the paper come first and are durable; the release then names them in one event. A crash between the two
leaves a number that is found again by the same act, so that none is lost and none given twice; if the act never comes,
it is void.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import NamedTuple

import msgspec

from documents.actions import Papers
from documents.model import InvitationForm
from store.chain import Event
from store.db import Connection
from store.errors import Missing, Refused
from store.world import vietnam_day

from ..house import House
from ..people import records as people
from ..people import rights
from ..people.model import Membership, Person, Unit
from ..people.rights import Principal, Thing
from ..register import records as numbers
from ..register.actions import Register
from . import agenda, narrative
from . import commands as c
from . import events as e
from .calendar import notice_given, official
from .decide import BEFORE
from .letterhead import letterhead, units_of
from .replies import participants
from .room import Room
from .rooms import Rooms
from .state import State

KIND = "GM"
REQUESTS = ("Đề nghị các đại biểu nghiên cứu tài liệu trước, dự họp đúng thành phần, đúng thời gian.",)
CLOSING = "Đề nghị các đại biểu xác nhận dự họp trên hệ thống"


LAST = ("opened", "cancelled")  # what comes after these sends no invitation
UNUSED = "Không phát hành giấy mời"


def _thing(state: State) -> str:
    """What the next invitation is to the register."""
    return f"{state.id}#{state.invitation.issued + 1}"


class NoticePeriod(msgspec.Struct, frozen=True):
    """How much notice a release now would give, and how much the rules ask for; `sure`: the days off are decided."""

    given: int
    needed: int
    sure: bool


class Nameable(NamedTuple):
    """Whom a unit may name: in office there on the day, each once. `items`: what will be discussed, as far as guests
    may know; `named`: who comes for it already."""

    people: list[tuple[Membership, Person]]
    items: list[str]
    named: list[str]


class Invitations:
    def __init__(self, house: House, rooms: Rooms, papers: Papers, register: Register) -> None:
        self._house = house
        self._rooms = rooms
        self._papers = papers
        self._register = register
        self._voiding: set[asyncio.Task[None]] = set()
        rooms.on_start.append(self._attend)

    def _attend(self, room: Room) -> None:
        """A number that was taken for a paper and that no act named is void once no act can name it any more."""

        def changed(state: State, events: list[Event]) -> None:
            if any(event.kind in LAST for event in events):
                task = asyncio.create_task(self._void(room.keeper(), state))
                self._voiding.add(task)
                task.add_done_callback(self._voiding.discard)

        room.on_change.append(changed)

    async def _void(self, by: Principal, state: State) -> None:
        await self._register.void(by, _thing(state), KIND, UNUSED)

    # ── by the secretary ──

    async def notice(self, who: Principal, sitting: str) -> NoticePeriod:
        room = await self._prepared_by(who, sitting)
        state, now = room.state, self._house.now_ms()
        sure = official().is_sure(date.fromisoformat(vietnam_day(state.begins)))
        return NoticePeriod(notice_given(now, state.begins), getattr(state.rule.notice, state.occasion), sure)

    async def release(self, who: Principal, sitting: str, reason: str = "", reply_by: int = 0, seen: int = 0) -> None:
        """Send agenda, papers and invitation to everyone. Raises Refused `notice-short` without a reason for it."""
        room = await self._prepared_by(who, sitting)
        if room.state.phase != "planned":
            raise Refused("not-now", phase=room.state.phase)
        if 0 < reply_by <= self._house.now_ms():
            raise Refused("reply-by-past")
        command = c.Release(notice_given(self._house.now_ms(), room.state.begins), reason, reply_by)
        agenda.release(room.state, command)  # would it be taken? asked before a number is spent
        issued = room.state.invitation.issued
        paper = await self._issue(who, room, room.state.title, room.state.place, room.state.begins)
        command = msgspec.structs.replace(command, paper=paper, issued=issued)
        await self._ask(who, room, command, seen)

    async def change(
        self, who: Principal, sitting: str, title: str, place: str, begins: int, reason: str = "", seen: int = 0
    ) -> None:
        """Put title, time or place right; once everyone was invited, with a reason and a new invitation."""
        room = await self._prepared_by(who, sitting)
        command = c.ChangeDetails(title, place, begins, reason)
        [told, *_] = agenda.change_details(room.state, command)
        assert isinstance(told, e.DetailsChanged)
        if agenda.is_moved(room.state, told.place, told.begins):
            issued = room.state.invitation.issued
            paper = await self._issue(who, room, told.title, told.place, told.begins)
            command = msgspec.structs.replace(command, paper=paper, issued=issued)
        await self._ask(who, room, command, seen)

    async def _ask(self, who: Principal, room: Room, command: c.Release | c.ChangeDetails, seen: int) -> None:
        """With what the register encloses, in one: of two who issue at once, it is the paper of the first."""
        thing, paper = _thing(room.state), command.paper

        def rows(conn: Connection, _: State) -> None:
            if paper is not None:
                numbers.enclose(conn, thing, KIND, paper.sha256)

        try:
            await room.ask(who, command, trusted=True, seen=seen, rows=rows)
        except Refused:
            if room.state.phase not in BEFORE:  # it was cancelled or opened at the same moment
                await self._void(who, room.state)
            raise

    async def _prepared_by(self, who: Principal, sitting: str) -> Room:
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.prepare", room.thing())
        return room

    async def _issue(self, who: Principal, room: Room, title: str, place: str, begins: int) -> e.Issued:
        state = room.state
        units = await self._house.read(units_of, state.unit, vietnam_day(begins))
        draft = _form(room, units, title, place, begins, "", self._house.today())
        await self._papers.typeset(draft)
        number = await self._register.take(who, units[0], KIND, _thing(state), title, draft.recipients)
        form = _form(room, units, title, place, begins, number.symbol, number.day)
        pdf, _ = await self._papers.typeset(form)
        return e.Issued(number.number, number.symbol, number.day, await self._house.blobs.keep(pdf))

    # ── by those invited ──

    async def paper(self, who: Principal, sitting: str) -> tuple[str, str]:
        """SHA-256 and file name of the invitation. Raises Missing before there is one."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.see", room.thing())
        made = room.state.invitation
        if not made.sha256:
            raise Missing("no-such-paper")
        return made.sha256, f"{made.symbol.replace('/', '-')}.pdf"

    async def candidates(self, who: Principal, sitting: str) -> list[tuple[Membership, Person]]:
        """Who may be sent in WHO's place: others in office at the same unit who are not invited themselves."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.attend", room.thing())
        unit = room.state.seats[who.id].unit
        held = await self._house.read(people.memberships_on, vietnam_day(room.state.begins), unit=unit)
        return [pair for pair in held if pair[1].id not in room.state.seats]

    async def send_substitute(self, who: Principal, sitting: str, person: str, reason: str) -> None:
        room = await self._rooms.get(sitting)
        found = next((held for held, one in await self.candidates(who, sitting) if one.id == person), None)
        if found is None:
            raise Refused("not-of-this-unit")
        seat = e.Seat(person, found.id, found.unit, "substitute", stands_for=who.id)
        await room.ask(who, c.SendSubstitute(seat, reason), trusted=True)

    # ── by units that were convened ──

    async def forward(self, who: Principal, sitting: str, unit: str) -> None:
        room = await self._answering(who, sitting, unit)
        await room.ask(who, c.ForwardConvening(unit), trusted=True)

    async def nameable(self, who: Principal, sitting: str, unit: str) -> Nameable:
        """Whom UNIT may name, and what for. Raises Refused `not-convened` until the call has reached it."""
        room = await self._answering(who, sitting, unit)
        called = room.state.convened.get(unit)
        if called is None or not called.reached or not room.state.released_at:
            raise Refused("not-convened")
        held = await self._house.read(people.memberships_on, vietnam_day(room.state.begins), unit=unit)
        once: dict[str, tuple[Membership, Person]] = {}
        for office, person in held:
            once.setdefault(person.id, (office, person))
        items = [item.title for item in room.state.items if not item.closed]
        return Nameable(list(once.values()), items, participants(room.state, unit))

    async def name(self, who: Principal, sitting: str, unit: str, named: tuple[str, ...]) -> None:
        """UNIT says which of its people come."""
        room = await self._answering(who, sitting, unit)
        offices: dict[str, Membership] = {
            person.id: office for office, person in (await self.nameable(who, sitting, unit)).people
        }
        if not set(named) <= set(offices):
            raise Refused("not-of-this-unit")
        seats = tuple(e.Seat(person, offices[person].id, unit, "guest") for person in dict.fromkeys(named))
        await room.ask(who, c.NameParticipants(unit, seats), trusted=True)

    async def _answering(self, who: Principal, sitting: str, unit: str) -> Room:
        rights.demand(who, "convening.answer", Thing(unit))
        return await self._rooms.get(sitting)


def _form(
    room: Room, units: tuple[Unit, Unit | None], title: str, place: str, begins: int, symbol: str, day: str
) -> InvitationForm:
    state, cards = room.state, room.cards
    chair = cards[state.chair]
    convened = _convened(room)
    invited = [narrative.title(cards.get(person)) for person in state.asked]
    items = tuple(item.title for item in state.items if not item.closed)
    return InvitationForm(
        head=letterhead(units, symbol, day),
        subject=title, invited=tuple(f"{line};" for line in [*invited, *convened]), chair=narrative.title(chair),
        begins=f"{narrative.moment(begins)}", place=f"{place}.", agenda=tuple(f"{item};" for item in items),
        requests=REQUESTS, closing=CLOSING, power="", office=chair.office, signatory=chair.name,
        recipients=("Như trên", "Lưu: VT, Hồ sơ phiên họp"),
    )  # fmt: skip


def _convened(room: Room) -> list[str]:
    """Units that name their own people, by name."""
    return [f"Đại diện {room.units[unit]}" for unit in room.state.convened if unit in room.units]
