"""Convening: release, moving, the paper of the invitation, someone sent instead, people named by their unit."""

from __future__ import annotations

import msgspec

from meetings.sitting.invitations import NoticePeriod

from .. import answers, bodies, links
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/sittings/{sitting}/notice", "sitting.prepare")
async def notice(call: Call) -> NoticePeriod:
    return await call.office.invitations.notice(call.who, call.param("sitting"))


@routes.add("POST", "/api/sittings/{sitting}/release", "sitting.prepare")
async def release(call: Call) -> None:
    """To everyone invited, with a numbered invitation; less notice than the rules ask for needs a reason."""
    asked = await call.body(bodies.ReleaseSitting)
    await call.office.invitations.release(call.who, call.param("sitting"), asked.reason, asked.reply_by, asked.seen)


@routes.add("PUT", "/api/sittings/{sitting}/details", "sitting.prepare")
async def change(call: Call) -> None:
    given = msgspec.structs.asdict(await call.body(bodies.SittingDetails))
    await call.office.invitations.change(call.who, call.param("sitting"), **given)


@routes.add("GET", "/api/sittings/{sitting}/invitation", "sitting.see")
async def paper(call: Call) -> answers.Link:
    sha256, name = await call.office.invitations.paper(call.who, call.param("sitting"))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("GET", "/api/sittings/{sitting}/substitutes", "sitting.attend")
async def substitutes(call: Call) -> list[answers.PersonRow]:
    """Who may be sent in one's place."""
    held = await call.office.invitations.candidates(call.who, call.param("sitting"))
    return [answers.PersonRow.of(person, office) for office, person in held]


@routes.add("POST", "/api/sittings/{sitting}/substitute", "sitting.attend")
async def send_substitute(call: Call) -> None:
    asked = await call.body(bodies.SendSubstitute)
    await call.office.invitations.send_substitute(call.who, call.param("sitting"), asked.person, asked.reason)


@routes.add("POST", "/api/sittings/{sitting}/units/{unit}/forward", "convening.answer")
async def forward(call: Call) -> None:
    await call.office.invitations.forward(call.who, call.param("sitting"), call.param("unit"))


@routes.add("GET", "/api/sittings/{sitting}/units/{unit}/people", "convening.answer")
async def nameable(call: Call) -> answers.Nameable:
    """Whom a unit that was convened may name."""
    found = await call.office.invitations.nameable(call.who, call.param("sitting"), call.param("unit"))
    people = [answers.PersonRow.of(person, office) for office, person in found.people]
    return answers.Nameable(people, found.items, found.named)


@routes.add("POST", "/api/sittings/{sitting}/units/{unit}/people", "convening.answer")
async def name(call: Call) -> None:
    """A unit that was convened says who comes for it."""
    asked = await call.body(bodies.NameParticipants)
    await call.office.invitations.name(call.who, call.param("sitting"), call.param("unit"), asked.people)
