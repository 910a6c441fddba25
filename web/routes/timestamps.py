"""Timestamps for other programs: the node's own authority answers requests of RFC 3161 over HTTP (section 3.4)."""

from __future__ import annotations

from aiohttp import web

from ..guard import Call, Routes

routes = Routes()
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST = 4096  # of a request: a digest and a few words


@routes.add("POST", "/timestamp", "timestamp.ask", program=QUERY)
async def answer(call: Call) -> web.Response:
    """A request that is none is answered too, with a refusal."""
    with call.office.checks.place(call.source):
        request = bytes(await call.raw(LARGEST))
        async with call.office.checks.turn:
            body = await call.office.signing.answer_timestamp(request)
    return web.Response(body=body, content_type=REPLY)
