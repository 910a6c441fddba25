"""Papers: sent up to an item, fetched by short-lived addresses, in ranges."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from store.errors import Refused

from .. import answers, links, ranges
from ..guard import Call, Routes

routes = Routes()


@routes.add("POST", "/api/sittings/{sitting}/items/{item}/papers", "paper.add")
async def add(call: Call) -> answers.PaperTaken:
    """The body is the file; ?name= says what it is called. What was stripped is told."""
    name = call.request.query.get("name", "")
    length = call.request.content_length
    if length is not None and length > call.office.settings.largest_paper_mb * 1_000_000:
        raise Refused("too-large", limit=call.office.settings.largest_paper_mb)
    taken = await call.office.papers.add(call.who, call.param("sitting"), call.param("item"), name, call.chunks())
    return answers.PaperTaken(taken.sha256, taken.pages, taken.size, taken.signed, taken.stripped)


@routes.add("GET", "/papers/{token}", "page.see")
async def fetch(call: Call) -> web.StreamResponse:
    """Bytes of a paper. The address itself is the permission; it grows old. Content never changes under its name."""
    link = links.read(call.office.link_key, call.param("token"))
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(link.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return await ranges.send(call, link.sha256, headers)
