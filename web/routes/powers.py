"""Powers to sign in the chair's place: of a unit, given, ended."""

from __future__ import annotations

from meetings.signatories.records import Power

from .. import bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/units/{unit}/powers", "signature.keep")
async def of(call: Call) -> list[Power]:
    return await call.office.powers.of(call.who, call.param("unit"))


@routes.add("POST", "/api/units/{unit}/powers", "power.give")
async def give(call: Call) -> Power:
    asked = await call.body(bodies.GivePower)
    given = (asked.person, asked.kind, asked.office, asked.basis, (asked.begins, asked.ends))
    return await call.office.powers.give(call.who, call.param("unit"), *given)


@routes.add("DELETE", "/api/powers/{power}", "power.give")
async def end(call: Call) -> None:
    await call.office.powers.end(call.who, call.param("power"))
