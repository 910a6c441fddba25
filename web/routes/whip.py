"""WHIP in and WHEP out (RFC 9725, draft-ietf-wish-whep): encoders and hardware rooms as sites, by plain HTTP.

The bearer token is the credential that a site was enrolled with (guard.py). Candidates all stand in the answer: there
is nothing to trickle.
"""

from __future__ import annotations

from aiohttp import web

from meetings.relay.sdp import LONGEST
from store.errors import Denied, Malformed

from ..guard import Call, Routes

routes = Routes()
SDP = "application/sdp"


@routes.add("POST", "/whip/{sitting}", "sitting.site")
async def publish(call: Call) -> web.Response:
    """A site sends what its encoder makes; the body is an SDP offer, the answer's body the SDP answer."""
    return _created(call, await call.office.media.join(call.who, call.param("sitting"), await _offer(call)))


@routes.add("DELETE", "/whip/{sitting}/{site}", "sitting.site")
async def hang_up(call: Call) -> web.Response:
    _demand_own(call)
    await call.office.media.hang_up(call.who, call.param("sitting"))
    return web.Response()


@routes.add("POST", "/whep/{sitting}", "sitting.site")
async def watch(call: Call) -> web.Response:
    """A site shows what its screens would, beside whatever it sends."""
    return _created(call, await call.office.media.watch(call.who, call.param("sitting"), await _offer(call)))


@routes.add("DELETE", "/whep/{sitting}/{site}", "sitting.site")
async def look_away(call: Call) -> web.Response:
    _demand_own(call)
    await call.office.media.unwatch(call.who, call.param("sitting"))
    return web.Response()


async def _offer(call: Call) -> str:
    if call.request.content_type != SDP:
        raise Malformed("sdp")
    try:
        return (await call.raw(LONGEST)).decode()
    except UnicodeDecodeError:
        raise Malformed("sdp") from None


def _created(call: Call, answer: str) -> web.Response:
    place = f"{call.request.path}/{call.who.id}"
    return web.Response(status=201, text=answer, content_type=SDP, headers={"Location": place})


def _demand_own(call: Call) -> None:
    if call.param("site") != call.who.id:
        raise Denied("no-right")
