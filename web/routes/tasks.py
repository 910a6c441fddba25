"""Tasks that follow from conclusions: given, acknowledged, handed down, reported; and who is behind, tier by tier."""

from __future__ import annotations

from meetings.tasks.actions import NewTask, TaskRow
from meetings.tasks.model import Tier

from .. import bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/tasks", "task.answer")
async def listed(call: Call) -> list[TaskRow]:
    """Those my units have, help with or gave."""
    return await call.office.tasks.listed(call.who)


@routes.add("GET", "/api/units/{unit}/tasks", "task.answer")
async def by_tier(call: Call) -> list[Tier]:
    """How a unit and those below it stand."""
    return await call.office.tasks.by_tier(call.who, call.param("unit"))


@routes.add("GET", "/api/sittings/{sitting}/tasks", "sitting.see")
async def of_sitting(call: Call) -> list[TaskRow]:
    return await call.office.tasks.of_sitting(call.who, call.param("sitting"))


@routes.add("POST", "/api/sittings/{sitting}/items/{item}/tasks", "sitting.conduct")
async def give(call: Call) -> None:
    await call.office.tasks.give(call.who, call.param("sitting"), call.param("item"), await call.body(NewTask))


@routes.add("POST", "/api/tasks/{task}/acknowledgement", "task.answer")
async def acknowledge(call: Call) -> None:
    await call.office.tasks.acknowledge(call.who, call.param("task"))


@routes.add("POST", "/api/tasks/{task}/tasks", "task.answer")
async def hand_down(call: Call) -> None:
    """To a unit below, under the same conclusion."""
    await call.office.tasks.hand_down(call.who, call.param("task"), await call.body(NewTask))


@routes.add("POST", "/api/tasks/{task}/report", "task.answer")
async def report(call: Call) -> None:
    asked = await call.body(bodies.TaskReport)
    await call.office.tasks.report(call.who, call.param("task"), asked.report)
