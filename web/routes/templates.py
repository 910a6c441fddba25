"""Templates of sittings, which a unit keeps for the next time."""

from __future__ import annotations

from meetings.sitting.templates import Template

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/units/{unit}/templates", "sitting.plan")
async def templates(call: Call) -> list[Template]:
    return await call.office.templates.listed(call.who, call.param("unit"))


@routes.add("POST", "/api/units/{unit}/templates", "sitting.plan")
async def keep_template(call: Call) -> answers.Made:
    asked = await call.body(bodies.NewTemplate)
    return answers.Made(await call.office.templates.keep(call.who, call.param("unit"), asked.name, asked.sitting))


@routes.add("DELETE", "/api/units/{unit}/templates/{template}", "sitting.plan")
async def drop_template(call: Call) -> None:
    await call.office.templates.drop(call.who, call.param("unit"), call.param("template"))
