"""Rehearsals of coming sittings: whose sites are ready, the sheet of it, and what a check of one's own things means.

The ring itself is a command of the sitting (`ring-sites`), and so is what a site answers (`report-check`).
"""

from __future__ import annotations

from aiohttp import web

from meetings.people import rights
from meetings.sitting import rehearsal
from meetings.sitting.actions import SittingRow
from meetings.sitting.rehearsal import Finding
from meetings.sitting.room import Room

from .. import answers, bodies, readiness
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/rehearsals", "site.see")
async def coming(call: Call) -> list[SittingRow]:
    """Sittings that are to come or go on, whose sites one looks after."""
    return await call.office.sittings.coming(call.who)


@routes.add("GET", "/api/sittings/{sitting}/rehearsal", "rehearsal.hold")
async def show(call: Call) -> answers.Rehearsal:
    return await readiness.of(call.office, await _room(call))


@routes.add("GET", "/api/sittings/{sitting}/rehearsal.pdf", "rehearsal.hold")
async def sheet(call: Call) -> web.Response:
    pdf = await readiness.sheet(call.office, await _room(call))
    headers = {"Content-Disposition": 'inline; filename="san-sang.pdf"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


@routes.add("POST", "/api/check", "page.see")
async def judge(call: Call) -> tuple[Finding, ...]:
    """Says what was measured in words; keeps nothing."""
    made = await call.body(bodies.CheckMade)
    at = made.at or call.office.house.now_ms()
    return rehearsal.judge(made.check, made.line, at, call.office.certificate_ends())


async def _room(call: Call) -> Room:
    room = await call.office.rooms.get(call.param("sitting"))
    rights.demand(call.who, "rehearsal.hold", room.thing())
    return room
