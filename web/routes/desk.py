"""The desk: what waits for me today."""

from __future__ import annotations

from .. import bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/desk", "desk.see")
async def desk(call: Call) -> bodies.Desk:
    rows = await call.office.sittings.listed(call.who)
    return bodies.Desk(rows, await call.office.sittings.waiting(call.who, rows))
