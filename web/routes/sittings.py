"""A sitting as a whole: planned, joined by more units, taken over, exported. What happens in it goes through the
channel."""

from __future__ import annotations

import msgspec
from aiohttp import web

from meetings.people import rights
from meetings.sitting import commands as c
from meetings.sitting.actions import Like, Plan
from store.errors import Refused

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()

GRACE_S = 30.0  # a page that is loaded anew, a line that is cut for a moment: nobody is lost for that


@routes.add("GET", "/api/planning", "sitting.plan")
async def planning(call: Call) -> answers.Planning:
    """What the form needs: my units, every unit, and who is in office in mine."""
    own = sorted({unit for role in ("secretary", "office-head", "chair") for unit in call.who.grants.get(role, ())})
    held = await call.office.people.offices(own)
    units = [answers.UnitRow.of(unit) for unit in await call.office.people.tree()]
    return answers.Planning(own, units, [answers.PersonRow.of(person, office) for office, person in held])


@routes.add("POST", "/api/sittings", "sitting.plan")
async def plan(call: Call) -> answers.Made:
    asked = await call.body(bodies.NewSitting)
    given = msgspec.structs.asdict(asked)
    sitting = given.pop("id")
    return answers.Made(await call.office.sittings.plan(call.who, Plan(**given), sitting))


@routes.add("GET", "/api/sittings/{sitting}/plan", "sitting.conduct")
async def like(call: Call) -> Like:
    """What another sitting begins with that is planned after this one."""
    return await call.office.sittings.like(call.who, call.param("sitting"))


@routes.add("GET", "/api/sittings/{sitting}/export.zip", "sitting.export")
async def export(call: Call) -> web.Response:
    """The whole sitting as one file that `bacap journal verify FILE` judges without any server."""
    data = await call.office.bundles.export(call.who, call.param("sitting"))
    name = f"phien-hop-{call.param('sitting')}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=data, content_type="application/zip", headers=headers)


@routes.add("GET", "/api/sittings/{sitting}/evidence.zip", "sitting.export")
async def evidence(call: Call) -> web.Response:
    """All that proves the signed minutes, for a court: `bacap verify FILE --trust ROOT` judges it."""
    data = await call.office.evidence.package(call.who, call.param("sitting"))
    headers = {"Content-Disposition": f'attachment; filename="chung-cu-{call.param("sitting")}.zip"'}
    return web.Response(body=data, content_type="application/zip", headers=headers)


@routes.add("POST", "/api/sittings/{sitting}/take-over", "sitting.attend")
async def take_over(call: Call) -> None:
    """A deputy presides, or somebody of the committee writes: only while nothing of the holder is connected."""
    asked = await call.body(bodies.TakeOver)
    room = await call.office.rooms.get(call.param("sitting"))
    rights.demand(call.who, "sitting.attend", room.thing())
    holder = room.state.with_role(asked.role)
    gone = call.office.channels.gone_for(holder)
    # who is here without a tablet was never connected, and is not lost
    if gone < GRACE_S or (holder in room.state.present and gone == float("inf")):
        raise Refused("holder-here", seconds=int(GRACE_S))
    await room.ask(call.who, c.TakeOver(asked.role), trusted=True)


@routes.add("POST", "/api/sittings/{sitting}/invitations", "sitting.prepare")
async def invite(call: Call) -> None:
    """More units, while the sitting is prepared or goes on."""
    asked = await call.body(bodies.NewInvitations)
    await call.office.sittings.invite(call.who, call.param("sitting"), tuple(asked.units))


@routes.add("GET", "/api/sittings/{sitting}/journal", "sitting.see")
async def journal(call: Call) -> list[answers.JournalRow]:
    """The sitting's own journal, for chair and secretary: every event with its hash."""
    events = await call.office.sittings.story(call.who, call.param("sitting"), call.number("after"))
    return [answers.JournalRow(e.seq, e.at, e.kind, e.actor.id, e.hash) for e in events]
