"""The desk: what waits for me today."""

from __future__ import annotations

from .. import bodies, wire
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/desk", "desk.see")
async def desk(call: Call) -> bodies.Desk:
    sittings = await call.office.sittings.listed(call.who)
    rows = [
        wire.SittingRow(s.id, s.unit, s.title, s.place, s.begins, s.phase, s.minutes_step, tuple(s.roles))
        for s in sittings
    ]
    waiting = await call.office.sittings.waiting(call.who)
    return bodies.Desk(rows, [bodies.Waiting(w.sitting, w.title, w.what) for w in waiting])
