"""One-click sign-in as any person of the demonstration, from the same machine. Served nowhere else (a test)."""

from __future__ import annotations

import ipaddress

from aiohttp import web

from store.errors import Denied

from .. import answers, bodies
from ..guard import Call, Routes, respond, set_session

routes = Routes()


def _same_machine(call: Call) -> None:
    through_another = any(name.lower().startswith(("x-forwarded", "forwarded", "via")) for name in call.request.headers)
    if through_another or not ipaddress.ip_address(call.source).is_loopback:
        raise Denied("no-right")


@routes.add("GET", "/api/demonstration/people", "session.begin")
async def people(call: Call) -> list[answers.PersonRow]:
    _same_machine(call)
    found = await call.office.accounts.with_accounts()
    return [answers.PersonRow.of(person, office, login) for office, person, login in found]


@routes.add("POST", "/api/demonstration/session", "session.begin")
async def sign_in(call: Call) -> web.StreamResponse:
    _same_machine(call)
    asked = await call.body(bodies.DemoSignIn)
    session = await call.office.accounts.begin_demonstration(asked.person, call.device)
    response = respond(None)
    set_session(response, session)
    return response
