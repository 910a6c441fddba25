"""Planning a sitting, and its journal. What happens in it goes through the channel."""

from __future__ import annotations

import msgspec

from meetings.sitting.actions import Plan

from .. import bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/planning", "sitting.plan")
async def planning(call: Call) -> bodies.Planning:
    """What the form needs: my units, every unit, and who is in office in mine."""
    own = sorted({unit for role in ("secretary", "office-head", "chair") for unit in call.who.grants.get(role, ())})
    held = await call.office.people.offices(own)
    rows = [bodies.PersonRow(p.id, p.name, p.honorific, m.id, m.unit, m.role, m.office, m.counted, "") for m, p in held]
    tree = await call.office.people.tree()
    return bodies.Planning(
        own, [bodies.UnitRow(u.id, u.name, u.kind, u.tier, u.parent or "", u.place) for u in tree], rows
    )  # fmt: skip


@routes.add("POST", "/api/sittings", "sitting.plan")
async def plan(call: Call) -> bodies.Made:
    asked = await call.body(bodies.NewSitting)
    given = msgspec.structs.asdict(asked)
    sitting = given.pop("id")
    return bodies.Made(await call.office.sittings.plan(call.who, Plan(**given), sitting))


@routes.add("GET", "/api/sittings/{sitting}/journal", "sitting.see")
async def journal(call: Call) -> list[bodies.JournalRow]:
    """The sitting's own journal, for chair and secretary: every event with its hash."""
    events = await call.office.sittings.story(call.who, call.param("sitting"), call.number("after"))
    return [bodies.JournalRow(e.seq, e.at, e.kind, e.actor.id, e.hash) for e in events]
