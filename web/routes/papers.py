"""Papers: sent up to an item, fetched by short-lived addresses, in ranges."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from store.errors import Refused

from .. import bodies, links
from ..guard import Call, Routes

routes = Routes()

RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})$")


@routes.add("POST", "/api/sittings/{sitting}/items/{item}/papers", "paper.add")
async def add(call: Call) -> bodies.PaperTaken:
    """The body is the file; ?name= says what it is called. What was stripped is told."""
    name = call.request.query.get("name", "")
    length = call.request.content_length
    if length is not None and length > call.office.settings.largest_paper_mb * 1_000_000:
        raise Refused("too-large", limit=call.office.settings.largest_paper_mb)
    taken = await call.office.papers.add(call.who, call.param("sitting"), call.param("item"), name, call.chunks())
    return bodies.PaperTaken(taken.sha256, taken.pages, taken.size, taken.signed, taken.stripped)


@routes.add("GET", "/papers/{token}", "page.see")
async def fetch(call: Call) -> web.StreamResponse:
    """Bytes of a paper. The address itself is the permission; it grows old. Content never changes under its name."""
    link = links.read(call.office.link_key, call.param("token"))
    blobs = call.office.house.blobs
    total = await blobs.size(link.sha256)
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(link.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Accept-Ranges": "bytes",
        "ETag": f'"{link.sha256}"',
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if call.request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    start, end, status = 0, total, 200
    asked = RANGE.match(call.request.headers.get("Range", ""))
    if asked:
        start, end = int(asked[1]), min(total, int(asked[2]) + 1 if asked[2] else total)
        if start >= end:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{total}"
    headers["Content-Length"] = str(end - start)
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(call.request)
    async for chunk in blobs.read(link.sha256, start, end):
        await response.write(chunk)
    await response.write_eof()
    return response
