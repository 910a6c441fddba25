"""Signing in and out, the first administrator, one-time links, and who I am."""

from __future__ import annotations

import segno
from aiohttp import web

from meetings.people import rights
from meetings.people.orgtree import Tree
from meetings.people.rights import NOBODY
from store.errors import Refused

from .. import answers, bodies
from ..guard import COOKIE, Call, Routes, respond, set_session

routes = Routes()

# A place in the menu -> the verb that opens it.
PLACES = {
    "desk": "desk.see",
    "search": "desk.see",
    "plan": "sitting.plan",
    "opinions": "desk.see",
    "tasks": "task.answer",
    "register": "register.see",
    "administration": "site.change",
    "styleguide": "styleguide.see",
}


@routes.add("GET", "/api/me", "page.see")
async def me(call: Call) -> answers.Me:
    who = call.who
    places = tuple(place for place, verb in PLACES.items() if rights.anywhere(who, verb))
    offices: tuple[answers.Office, ...] = ()
    if who is not NOBODY:
        held = await call.office.people.offices_of(who.id)
        tree: Tree = await call.office.people.tree()
        offices = tuple(
            answers.Office(m.id, m.unit, tree.get(m.unit).name if m.unit in tree else "", m.role, m.office)
            for m, _ in held
        )
    return answers.Me(
        who.id if who.kind == "person" else "", who.name, offices, places, call.office.settings.demonstration,
        await call.office.accounts.needs_first() if who is NOBODY else False,
    )  # fmt: skip


@routes.add("POST", "/api/session", "session.begin")
async def sign_in(call: Call) -> web.StreamResponse:
    asked = await call.body(bodies.SignIn)
    try:
        session = await call.office.accounts.sign_in(asked.login, asked.password, asked.code, call.source, call.device)
    except Refused as refusal:
        if refusal.code == "code-set-up":
            refusal.params["qr"] = segno.make(str(refusal.params["uri"])).svg_data_uri(border=2, scale=4)
        raise
    response = respond(None)
    set_session(response, session)
    return response


@routes.add("DELETE", "/api/session", "session.end")
async def sign_out(call: Call) -> web.StreamResponse:
    await call.office.accounts.sign_out(call.request.cookies.get(COOKIE, ""))
    response = respond(None)
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


@routes.add("POST", "/api/first", "account.first")
async def first_administrator(call: Call) -> None:
    asked = await call.body(bodies.FirstAdministrator)
    await call.office.accounts.create_administrator(asked.token, asked.name, asked.login, asked.password, asked.unit)


@routes.add("POST", "/api/password", "account.first")
async def new_password(call: Call) -> None:
    asked = await call.body(bodies.NewPassword)
    await call.office.accounts.set_password(asked.token, asked.password)
