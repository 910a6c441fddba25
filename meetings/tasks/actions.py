"""What is done with tasks: given after a sitting, acknowledged, handed down to the units below, reported done."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from store.chain import Draft
from store.db import Connection
from store.errors import Refused

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.model import UnitId
from ..people.orgtree import Tree
from ..people.rights import Principal, Thing
from ..sitting.agenda import LONGEST_TEXT, identifier, iso_day, text
from ..sitting.rooms import Rooms
from ..sitting.views import may_see_item
from . import records
from .model import Task, Tier, is_overdue


class NewTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id`: made by the browser, so that a retry gives nothing twice."""

    id: str
    text: str
    lead: str
    deadline: str
    supporting: tuple[str, ...] = ()


class TaskRow(msgspec.Struct, frozen=True):
    """A task with the names of its units. `mine`: my unit has it; `gave`: my unit gave it."""

    task: Task
    unit_name: str
    lead_name: str
    supporting_names: tuple[str, ...]
    overdue: bool
    mine: bool
    gave: bool


class Tasks:
    def __init__(self, house: House, rooms: Rooms) -> None:
        self._house = house
        self._rooms = rooms

    async def give(self, who: Principal, sitting: str, item: str, given: NewTask) -> None:
        """After a conclusion, by who conducted the sitting."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.conduct", room.thing())
        found = room.state.find_item(item)
        if found is None or not found.conclusion:
            raise Refused("no-conclusion")
        if given.lead not in (await self._tree()).below(UnitId(room.state.unit)):
            raise Refused("not-below")
        await self._put(who, given, room.state.unit, sitting, item, "")

    async def hand_down(self, who: Principal, task: str, given: NewTask) -> None:
        """By the unit that has it, to one below; it stays that unit's own to report."""
        above = await self._mine(who, task)
        tree = await self._tree()
        if given.lead == above.lead or given.lead not in tree.below(UnitId(above.lead)):
            raise Refused("not-below")
        if iso_day(given.deadline, "deadline") > above.deadline:
            raise Refused("deadline-later", day=above.deadline)
        await self._put(who, given, above.lead, above.sitting, above.item, above.id)

    async def _put(
        self, who: Principal, given: NewTask, unit: str, sitting: str, item: str, parent: str
    ) -> None:  # fmt: skip
        told, house, tree = text(given.text, "task", LONGEST_TEXT), self._house, await self._tree()
        deadline = iso_day(given.deadline, "deadline")
        if deadline < house.today():
            raise Refused("task-past")
        for named in (given.lead, *given.supporting):
            tree.get(UnitId(named))
        supporting = tuple(one for one in dict.fromkeys(given.supporting) if one != given.lead)
        id_ = identifier(given.id, "id")
        made = Task(
            id_, unit, given.lead, supporting, told, deadline, sitting, item, parent, "given", house.now_ms()
        )  # fmt: skip

        def use(conn: Connection) -> None:
            if records.exists(conn, made.id):
                before = records.get(conn, made.id)
                if (before.unit, before.lead, before.text, before.parent) != (unit, made.lead, told, parent):
                    raise Refused("command-reused")
                return
            records.put(conn, made)
            body = {"task": made.id, "lead": made.lead, "supporting": list(supporting), "text": told}
            body |= {"deadline": deadline, "sitting": sitting, "item": item, "parent": parent}
            house.record(conn, actor_of(who), [Draft("task-given", body)], unit=unit)

        await house.write(use)

    async def acknowledge(self, who: Principal, task: str) -> None:
        now = self._house.now_ms()

        def decide(found: Task) -> dict[str, object]:
            return {"step": "acknowledged", "acknowledged_at": now} if found.step == "given" else {}

        await self._change(who, task, "task-acknowledged", decide)

    async def report(self, who: Principal, task: str, report: str) -> None:
        """It is done; what was done is said."""
        told, now = text(report, "report", LONGEST_TEXT), self._house.now_ms()

        def decide(found: Task) -> dict[str, object]:
            if found.step == "done":
                raise Refused("task-done")
            seen = found.acknowledged_at or now
            return {"step": "done", "done_at": now, "acknowledged_at": seen, "report": told}

        await self._change(who, task, "task-reported", decide)

    async def _change(self, who: Principal, task: str, kind: str, decide: Callable[[Task], dict[str, object]]) -> None:
        """Decide on the task as it stands within the transaction."""
        await self._mine(who, task)

        def use(conn: Connection) -> None:
            found = records.get(conn, task)
            if values := decide(found):
                records.change(conn, task, **values)
                body = {"task": task, "report": str(values.get("report", ""))}
                self._house.record(conn, actor_of(who), [Draft(kind, body)], unit=found.lead)

        await self._house.write(use)

    async def _mine(self, who: Principal, task: str) -> Task:
        found = await self._house.read(records.get, task)
        rights.demand(who, "task.answer", Thing(found.lead))
        return found

    # ── lists ──

    async def listed(self, who: Principal) -> list[TaskRow]:
        """Tasks of WHO's units: those they have, help with or gave."""
        units = rights.units_of(rights.scope(who, "task.answer"))
        return await self._rows(units, await self._house.read(records.of_units, units))

    async def waiting(self, who: Principal) -> list[TaskRow]:
        """Tasks that WHO's units have and have not acknowledged, or have not done in time."""
        units = rights.units_of(rights.scope(who, "task.answer"))
        rows = await self._rows(units, await self._house.read(records.open_of, units))
        return [row for row in rows if row.task.step == "given" or row.overdue]

    async def of_sitting(self, who: Principal, sitting: str) -> list[TaskRow]:
        """Those given on items that WHO may see, and whatever WHO's units have part in."""
        room = await self._rooms.get(sitting)
        rights.demand(who, "sitting.see", room.thing())
        units = rights.units_of(rights.scope(who, "task.answer"))
        viewer = room.view_for(who)
        seen = [
            task
            for task in await self._house.read(records.of_sitting, sitting)
            if units & {task.unit, task.lead, *task.supporting}
            or (not task.parent and may_see_item(room.state, viewer, task.item))
        ]
        return await self._rows(units, seen)

    async def _rows(self, units: frozenset[str], found: list[Task]) -> list[TaskRow]:
        tree, today = await self._tree(), self._house.today()
        names = {unit.id: unit.name for unit in tree}
        return [
            TaskRow(
                task, names.get(UnitId(task.unit), ""), names.get(UnitId(task.lead), ""),
                tuple(names.get(UnitId(unit), "") for unit in task.supporting), is_overdue(task, today),
                task.lead in units, task.unit in units,
            )
            for task in found
        ]  # fmt: skip

    async def by_tier(self, who: Principal, unit: str) -> list[Tier]:
        """How UNIT and the units below it stand with what they have to do, tier by tier, the worst first."""
        rights.demand(who, "task.answer", Thing(unit))
        tree, today = await self._tree(), self._house.today()
        below = tree.below(UnitId(unit))
        rows: dict[str, list[Task]] = {}
        for task in await self._house.read(records.open_of, below):
            rows.setdefault(task.lead, []).append(task)
        made = []
        for lead, tasks in rows.items():
            late = sum(is_overdue(task, today) for task in tasks)
            unseen = sum(task.step == "given" for task in tasks)
            known = tree.get(UnitId(lead))
            made.append(Tier(lead, known.name, known.tier, len(tasks), late, unseen))
        return sorted(made, key=lambda one: (one.tier, -one.overdue, -one.unacknowledged, one.name))

    async def _tree(self) -> Tree:
        return Tree(await self._house.read(people.all_units), self._house.today())
