"""The register of numbers that a unit gave its documents."""

from __future__ import annotations

from meetings.register.records import RegisterNumber

from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/units/{unit}/register", "register.see")
async def listed(call: Call) -> list[RegisterNumber]:
    """Of this year, or of ?year=."""
    year = min(9999, call.number("year") or int(call.office.house.today()[:4]))
    return await call.office.register.listed(call.who, call.param("unit"), year)
