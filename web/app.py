"""The web application: every route behind its guard, the channel, the files of the front end."""

from __future__ import annotations

from aiohttp import web

from . import channel, front
from .guard import LARGEST_BODY, adder, guarded, headers_of
from .routes import all_routes
from .wiring import Office

IDLE_S = 30.0  # a connection that asks nothing, or never finishes asking, is closed


def runner(office: Office, shutdown_timeout: float = 60.0) -> web.AppRunner:
    """What serves the application over connections."""
    return web.AppRunner(
        build(office),
        access_log=None,
        handle_signals=False,
        keepalive_timeout=IDLE_S,
        shutdown_timeout=shutdown_timeout,
    )


def build(office: Office) -> web.Application:
    """An application over OFFICE. Opening and closing it is the caller's part."""
    app = web.Application(client_max_size=LARGEST_BODY)
    for route in all_routes(demonstration_too=office.settings.demonstration):
        app.router.add_route(route.method, route.path, guarded(office, route))

    async def open_channel(request: web.Request) -> web.StreamResponse:
        return await channel.serve(office, request)

    app.router.add_get("/channel", open_channel)
    app.router.add_get("/static/{name:.*}", front.serve)
    app.on_response_prepare.append(adder(headers_of(vgca=office.settings.vgca)))
    return app
