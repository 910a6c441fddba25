"""The tree, people and their offices, and the journal of administrative acts."""

from __future__ import annotations

from typing import cast

from meetings.people.model import Role

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/tree", "tree.see")
async def tree(call: Call) -> list[answers.UnitRow]:
    """Units of today (or of ?day=), parents first."""
    units = await call.office.people.tree(call.request.query.get("day", ""))
    return [answers.UnitRow.of(unit) for unit in units]


@routes.add("POST", "/api/units", "tree.change")
async def add_unit(call: Call) -> answers.Made:
    asked = await call.body(bodies.NewUnit)
    unit = await call.office.people.add_unit(call.who, asked.parent, asked.name, asked.kind, asked.place)
    return answers.Made(unit.id)


@routes.add("GET", "/api/units/{unit}/people", "people.see")
async def members(call: Call) -> list[answers.PersonRow]:
    held = await call.office.people.members(call.who, call.param("unit"))
    logins = await call.office.accounts.logins([person.id for _, person in held])
    return [answers.PersonRow.of(person, office, logins.get(person.id, ""), person.email) for office, person in held]


@routes.add("POST", "/api/people", "people.change")
async def add_person(call: Call) -> answers.Made:
    asked = await call.body(bodies.NewPerson)
    role = cast("Role", asked.role)  # checked by the action
    person = await call.office.people.add_person(
        call.who, asked.unit, asked.name, asked.honorific, role, asked.office, asked.counted
    )
    return answers.Made(person.id)


@routes.add("PUT", "/api/people/{person}/email", "desk.see")
async def change_email(call: Call) -> None:
    """Where letters go: one's own, or that of people one looks after."""
    asked = await call.body(bodies.NewEmail)
    await call.office.people.change_email(call.who, call.param("person"), asked.email)


@routes.add("DELETE", "/api/offices/{office}", "people.change")
async def end_office(call: Call) -> None:
    await call.office.people.end_office(call.who, call.param("office"))


@routes.add("POST", "/api/people/{person}/account", "people.change")
async def open_account(call: Call) -> answers.Link:
    """A one-time link with which the person sets a password; for a forgotten one too."""
    asked = await call.body(bodies.OpenAccount)
    token = await call.office.accounts.open_account(call.who, call.param("person"), asked.login)
    return answers.Link(f"https://{call.request.host}/password/{token}")


@routes.add("DELETE", "/api/people/{person}/account", "people.change")
async def close_account(call: Call) -> None:
    await call.office.accounts.close_account(call.who, call.param("person"))


@routes.add("GET", "/api/acts", "journal.see")
async def acts(call: Call) -> list[answers.ActRow]:
    """Administrative acts, newest first; ?before= goes further back."""
    events = await call.office.people.acts(call.who, call.number("before"))
    about = {e.seq: str((e.body or {}).get("person", "")) for e in events}
    actors = [e.actor.id for e in events if e.actor.kind == "person"]
    names = await call.office.people.names([*actors, *about.values()]) | await call.office.integrations.names()
    return [
        answers.ActRow(
            e.seq, e.at, e.kind, names.get(e.actor.id, e.actor.id), names.get(about[e.seq], ""), dict(e.body or {}),
            e.hash,
        )
        for e in events
    ]  # fmt: skip
