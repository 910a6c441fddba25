"""Numbers for a monitoring system: from this machine, or with the token of the settings."""

from __future__ import annotations

import hmac
import ipaddress

from aiohttp import web

from store.errors import Denied

from .. import metrics
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/metrics", "metrics.see")
async def read(call: Call) -> web.Response:
    token = call.office.settings.metrics_token
    given = call.request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not (known or ipaddress.ip_address(call.request.remote or "::").is_loopback):
        raise Denied("no-right")
    return web.Response(body=metrics.text(call.office), content_type="text/plain", charset="utf-8")
