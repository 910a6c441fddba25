"""Planning a sitting and reading about sittings: what is not a command to a room that already exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from store import journal
from store.chain import Event
from store.db import Connection, Row
from store.errors import Missing, Refused
from store.journal import Command
from store.world import uuid_of, vietnam_day

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.model import UnitId
from ..people.orgtree import Tree
from ..people.rights import Principal, Thing
from . import commands as c
from . import events as e
from . import records, rule_book, rules
from .agenda import add_item, check_seats, text
from .evolve import evolve
from .rooms import Rooms
from .state import State


class PlannedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item to begin with: from another sitting, or from a template of the unit."""

    title: str
    minutes: int = 15
    rapporteur: str = ""
    question: str = ""
    closed: bool = False


class Like(msgspec.Struct, frozen=True):
    """A sitting as another one is planned after it."""

    title: str
    place: str
    occasion: rules.Occasion
    chair: str
    secretary: str
    clerk: str
    approver: str
    units: tuple[str, ...]
    items: tuple[PlannedItem, ...]


class CalledRow(msgspec.Struct, frozen=True):
    """A sitting that waits for a unit: `step` forward, name or named."""

    sitting: SittingRow
    unit: str
    step: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the secretary gives to plan a sitting. `units` are invited whole: their leaders and their sites."""

    title: str
    unit: str
    place: str
    begins: int
    chair: str
    secretary: str
    clerk: str
    units: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    occasion: rules.Occasion = "ordinary"
    approver: str = ""  # who approves the agenda before it is released; "": nobody has to
    convened: tuple[str, ...] = ()  # units that name their own people
    through: tuple[str, ...] = ()  # units between, which forward the call to those of them that lie below
    items: tuple[PlannedItem, ...] = ()


class SittingRow(msgspec.Struct, frozen=True):
    """A sitting in a list, with the asker's roles in it."""

    id: str
    unit: str
    title: str
    place: str
    begins: int
    phase: str
    minutes_step: str
    roles: tuple[str, ...]


class Waiting(msgspec.Struct, frozen=True):
    """Something of a sitting that waits for the asker; `what` as waiting.py names it."""

    sitting: str
    title: str
    what: str


class Sittings:
    def __init__(self, house: House, rooms: Rooms) -> None:
        self._house = house
        self.rooms = rooms

    async def plan(self, who: Principal, plan: Plan, sitting: str = "") -> str:
        """Make a sitting; returns its id. The committee's members of `unit` are seated and entitled; from each of
        `units` its chair is invited (as a guest, who speaks but does not vote) and its sites are linked.

        SITTING is a UUID made by the browser: asked twice, there is still one sitting."""
        rights.demand(who, "sitting.plan", Thing(plan.unit))
        house, sitting = self._house, uuid_of(sitting) if sitting else self._house.id()
        title, place = text(plan.title, "title"), text(plan.place, "place")

        def use(conn: Connection) -> str:
            if journal.exists(conn, sitting):
                [first] = journal.read(conn, sitting, 0, 1)
                if first.actor.id != who.id:
                    raise Refused("stream-exists")
                return sitting
            cause = Command(actor_of(who))
            day = vietnam_day(plan.begins)
            rule = rule_book.in_force(conn, plan.unit, day)
            seats = _seats(conn, plan, rule, day)
            check_seats(seats)
            lease = journal.create(conn, sitting, "sitting", plan.unit, house.node)
            rooms = _rooms(conn, plan)
            convened = _convened(conn, plan, day)
            planned = e.Planned(
                title, plan.unit, place, plan.begins, rule, tuple(seats.values()), rooms, plan.occasion, convened
            )  # fmt: skip
            happenings: list[e.AnyHappening] = [planned]
            state = evolve(State(id=sitting), planned)
            for item in plan.items:
                known = item.rapporteur if item.rapporteur in seats else ""
                given = msgspec.structs.asdict(item) | {"item": house.id(), "rapporteur": known}
                happenings += add_item(state, c.AddItem(**given))
            drafts = [e.draft(happening) for happening in happenings]
            events = journal.append(conn, lease, drafts, cause, house.now_ms(), house.world.random)
            state = State(id=sitting)
            for event, happening in zip(events, happenings, strict=True):
                state = evolve(state, happening, event.at)
            records.mirror(conn, None, state)
            return sitting

        return await house.write(use)

    async def invite(self, who: Principal, sitting: str, units: tuple[str, ...]) -> None:
        """Invite more units: the chair of each as a guest, and its sites. Raises Refused
        `no-such-unit`, or `nobody-to-invite` for units that have neither."""
        room = await self.rooms.get(sitting)
        rights.demand(who, "sitting.prepare", room.thing())

        def use(conn: Connection) -> c.Invite:
            day = self._house.today()
            tree = Tree(people.all_units(conn), day)
            for unit in units:
                tree.get(UnitId(unit))
            seats = [seat for unit in units for seat in _guests_of(conn, unit, day)]
            known = people.all_sites(conn)
            sites = [e.Room(site.id, site.unit) for site in known if site.unit in units and not site.revoked]
            if not seats and not sites:
                raise Refused("nobody-to-invite")
            return c.Invite(tuple({seat.person: seat for seat in seats}.values()), tuple(sites))

        await room.ask(who, await self._house.read(use), trusted=True)

    async def listed(self, who: Principal) -> list[SittingRow]:
        """Sittings WHO may see, the latest first, with WHO's roles in each."""

        def use(conn: Connection) -> list[SittingRow]:
            rows = records.listed(conn, rights.scope(who, "sitting.see"))
            held = records.roles_of(conn, who.id)
            return [_row(row, held.get(row.id, ())) for row in rows]

        return await self._house.read(use)

    async def waiting(self, who: Principal) -> list[Waiting]:
        """What waits for WHO: the desk's second list."""
        found = await self._house.read(records.waiting_for, who.id)
        return [Waiting(row.id, row.title, row.what) for row in found]

    async def of_site(self, site: str) -> tuple[list[SittingRow], list[str]]:
        """Sittings that a room is invited to and that are released or open; and those of them it is rung for."""
        found = await self._house.read(records.of_site, site)
        return [_row(row) for row in found], [row.id for row in found if row.waited]

    async def coming(self, who: Principal) -> list[SittingRow]:
        """Sittings that are to come or go on, whose sites WHO looks after, the next first."""
        rows = await self._house.read(records.coming, rights.scope(who, "rehearsal.hold"))
        return [_row(row) for row in rows]

    async def like(self, who: Principal, sitting: str) -> Like:
        """What another sitting begins with that is planned after this one."""
        room = await self.rooms.get(sitting)
        rights.demand(who, "sitting.conduct", room.thing())
        state = room.state
        items = tuple(PlannedItem(i.title, i.minutes, i.rapporteur, i.question, i.closed) for i in state.items)
        units = tuple(dict.fromkeys(seat.unit for seat in state.seats.values() if seat.unit != state.unit))
        chair, secretary, clerk, approver = map(state.with_role, ("chair", "secretary", "clerk", "approver"))
        named = (state.title, state.place, state.occasion)
        return Like(*named, chair, secretary, clerk, approver, units, items)

    async def called(self, who: Principal) -> list[CalledRow]:
        """Sittings that wait for units WHO answers for."""
        predicate = rights.scope(who, "convening.answer")
        found = await self._house.read(records.convened_of, rights.units_of(predicate))
        return [CalledRow(_row(row), row.called, row.step) for row in found]

    async def story(self, who: Principal, sitting: str, after: int = 0) -> list[Event]:
        """The journal of a sitting, for those who keep it."""
        room = await self.rooms.get(sitting)
        rights.demand(who, "sitting.conduct", room.thing())
        return await self._house.read(lambda conn: list(journal.walk(conn, sitting, after)))

    async def recording(self, who: Principal, sitting: str, sha256: str) -> e.RecordingFile:
        """A finished recording of a sitting. Raises Denied, Missing."""
        room = await self.rooms.get(sitting)
        rights.demand(who, "recording.see", room.thing())
        for kept in room.state.recordings:
            if kept.sha256 == sha256:
                return kept
        raise Missing("no-such-recording")


def _row(row: Row, roles: tuple[str, ...] = ()) -> SittingRow:
    return SittingRow(row.id, row.unit, row.title, row.place, row.begins, row.phase, row.minutes_step, roles)


def _seats(conn: Connection, plan: Plan, rule: rules.RuleSet, day: str) -> dict[str, e.Seat]:
    seats: dict[str, e.Seat] = {}
    special = {plan.approver: "approver", plan.chair: "chair", plan.secretary: "secretary", plan.clerk: "clerk"}
    for held, _ in people.memberships_on(conn, day, unit=plan.unit):
        role: Any = special.get(held.person)
        member = held.counted and held.role in rule.entitled
        if role is None and member:
            role = "deputy" if held.role == "deputy" else "member"
        if role is not None:
            known = seats.get(held.person)
            counted = member or (known is not None and known.entitled)
            seats[held.person] = e.Seat(held.person, held.id, plan.unit, role, counted)
    for person in special:
        if person and person not in seats:
            raise Refused("not-of-this-unit")
    for unit in plan.units:
        for seat in _guests_of(conn, unit, day):
            seats.setdefault(seat.person, seat)
    for guest in plan.guests:
        offices = people.memberships_on(conn, day, person=guest)
        if offices and guest not in seats:
            seats[guest] = e.Seat(guest, offices[0][0].id, offices[0][0].unit, "guest")
    return seats


def _guests_of(conn: Connection, unit: str, day: str) -> list[e.Seat]:
    """Who comes for an invited unit: its chair, who speaks but does not vote."""
    held = people.memberships_on(conn, day, unit=unit)
    return [e.Seat(one.person, one.id, unit, "guest") for one, _ in held if one.role == "chair"]


def _convened(conn: Connection, plan: Plan, day: str) -> tuple[e.Convened, ...]:
    """Units that name their own people, each through the unit above it where that forwards the call."""
    tree = Tree(people.all_units(conn), day)
    made = []
    for unit in dict.fromkeys(plan.convened):
        above = tree.get(UnitId(unit)).parent or ""
        made.append(e.Convened(unit, above if above in plan.through else ""))
    return tuple(made)


def _rooms(conn: Connection, plan: Plan) -> tuple[e.Room, ...]:
    wanted = {plan.unit, *plan.units, *plan.convened, *plan.through}
    return tuple(
        e.Room(site.id, site.unit)
        for site in people.all_sites(conn)
        if (site.unit in wanted or site.id in plan.sites) and not site.revoked
    )
