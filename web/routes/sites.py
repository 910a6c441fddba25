"""Rooms with a camera and a wall: made, given a code, enrolled, watched, cut off."""

from __future__ import annotations

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/sites", "site.see")
async def sites(call: Call) -> list[answers.SiteRow]:
    """Every site with its live health."""
    health = call.office.health
    return [
        answers.SiteRow(s.id, s.unit, s.name, s.room, s.enrolled, s.revoked, health.of(s.id))
        for s in await call.office.people.sites()
    ]


@routes.add("POST", "/api/sites", "site.change")
async def add_site(call: Call) -> answers.Made:
    asked = await call.body(bodies.NewSite)
    return answers.Made((await call.office.people.add_site(call.who, asked.unit, asked.name, asked.room)).id)


@routes.add("POST", "/api/sites/{site}/code", "site.change")
async def issue_code(call: Call) -> answers.Code:
    return answers.Code(await call.office.people.issue_code(call.who, call.param("site")))


@routes.add("DELETE", "/api/sites/{site}/credential", "site.change")
async def revoke(call: Call) -> None:
    await call.office.people.revoke_site(call.who, call.param("site"))


@routes.add("POST", "/api/enrolment", "site.enrol")
async def enrol(call: Call) -> answers.Enrolled:
    """A one-time code becomes the room's own credential, which its browser keeps. Guesses are throttled."""
    asked = await call.body(bodies.EnrolSite)
    made = await call.office.people.enrol_site(asked.code, call.source)
    return answers.Enrolled(made.site.id, made.site.name, made.credential)
