"""The desk: what waits for me today."""

from __future__ import annotations

from .. import bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/desk", "desk.see")
async def desk(call: Call) -> bodies.Desk:
    sittings = call.office.sittings
    return bodies.Desk(await sittings.listed(call.who), await sittings.waiting(call.who))
