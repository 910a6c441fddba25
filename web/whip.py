"""WHIP in and WHEP out (RFC 9725, draft-ietf-wish-whep): encoders and hardware rooms as sites, by plain HTTP.

The bearer token is the credential that a site was enrolled with. No cookie and no origin is looked at, so no page can
borrow anything. Candidates all stand in the answer: there is nothing to trickle.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from meetings.people.rights import Principal
from meetings.relay.sdp import LONGEST
from store.errors import Denied, Fault, Malformed, Refused

from . import faults
from .guard import locale_of

if TYPE_CHECKING:
    from .wiring import Office

log = logging.getLogger("bacap.web")

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
SDP = "application/sdp"


def add_routes(app: web.Application, office: Office) -> None:
    for path, join, leave in (("whip", office.media.join, office.media.hang_up),
                              ("whep", office.media.watch, office.media.unwatch)):  # fmt: skip
        app.router.add_post(f"/{path}/{{sitting}}", _open(office, path, join))
        app.router.add_delete(f"/{path}/{{sitting}}/{{site}}", _close(office, leave))


def _open(office: Office, path: str, join: Callable[[Principal, str, str], Awaitable[str]]) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            site, sitting = await _site(office, request), request.match_info["sitting"]
            sdp = await join(site, sitting, await _offer(request))
        except Fault as fault:
            return _refusal(request, fault)
        place = f"/{path}/{sitting}/{site.id}"
        return web.Response(status=201, text=sdp, content_type=SDP, headers={"Location": place})

    return answer


def _close(office: Office, leave: Callable[[Principal, str], Awaitable[None]]) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            site = await _site(office, request)
            if site.id != request.match_info["site"]:
                raise Denied("no-right")
            await leave(site, request.match_info["sitting"])
        except Fault as fault:
            return _refusal(request, fault)
        return web.Response()

    return answer


async def _site(office: Office, request: web.Request) -> Principal:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    site = await office.people.site_principal(token) if kind.lower() == "bearer" and token else None
    if site is None:
        raise Denied("site-unknown")
    return site


async def _offer(request: web.Request) -> str:
    if request.content_type != SDP:
        raise Malformed("sdp")
    if (request.content_length or 0) > LONGEST:
        raise Refused("body-large")
    raw = await request.content.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise Refused("body-large")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Malformed("sdp") from None


def _refusal(request: web.Request, fault: Fault) -> web.Response:
    log.log(faults.level_of(fault), "%s %s: %s", request.method, request.rel_url.raw_path, faults.told(fault))
    status = 401 if fault.code == "site-unknown" else faults.status_of(fault)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return web.Response(status=status, text=faults.refusal(fault, locale_of(request)).text, headers=headers)
