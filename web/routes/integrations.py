"""Programs of others: their tokens, and what they read to work with this installation."""

from __future__ import annotations

from importlib.metadata import version

from aiohttp import web

from meetings.integrations.actions import MadeIntegration, MadeWebhook
from meetings.integrations.records import Integration
from store.errors import Refused

from .. import bodies, outside
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/openapi.json", "page.see")
async def openapi(call: Call) -> web.Response:
    """This interface, as OpenAPI 3.1."""
    from .. import openapi as document  # it reads all routes, these too

    return web.Response(body=document.made(version("bacap")), content_type="application/json")


@routes.add("GET", "/api/integrations", "integration.keep")
async def integrations(call: Call) -> list[Integration]:
    return await call.office.integrations.listed(call.who)


@routes.add("POST", "/api/integrations", "integration.keep")
async def make(call: Call) -> MadeIntegration:
    """Another, with its token, which is not told again."""
    asked = await call.body(bodies.NewIntegration)
    return await call.office.integrations.make(call.who, asked.unit, asked.name, asked.verbs)


@routes.add("PUT", "/api/integrations/{integration}/webhook", "integration.keep")
async def tell(call: Call) -> MadeWebhook:
    """It is told what happens in its unit's sittings, at an address of a host that the settings name."""
    asked, which = await call.body(bodies.NewWebhook), call.param("integration")
    await call.office.integrations.demand_kept(call.who, which)
    if not call.office.hooks.knows(asked.url):
        raise Refused("webhook-unknown-host", host=outside.host_of(asked.url, "url")[:100])
    return await call.office.integrations.tell(call.who, which, asked.url)


@routes.add("DELETE", "/api/integrations/{integration}/webhook", "integration.keep")
async def hush(call: Call) -> None:
    await call.office.integrations.hush(call.who, call.param("integration"))


@routes.add("DELETE", "/api/integrations/{integration}", "integration.keep")
async def end(call: Call) -> None:
    await call.office.integrations.end(call.who, call.param("integration"))
