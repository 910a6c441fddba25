"""Files on their way in: tus 1.0.0 with creation, expiration and termination, for browsers and any other tus client.

An upload becomes a paper when it is named to an item: POST /api/sittings/{sitting}/items/{item}/papers.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate

from aiohttp import web

from documents.uploads import Upload
from store.errors import Malformed

from ..guard import Call, Routes

routes = Routes()
VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"


def told(status: int, upload: Upload | None, headers: Mapping[str, str]) -> web.Response:
    """An answer of the protocol: no body, all in its headers."""
    given = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"} | dict(headers)
    if upload is not None:
        given |= {"Upload-Offset": str(upload.offset), "Upload-Expires": formatdate(upload.ends / 1000, usegmt=True)}
    return web.Response(status=status, headers=given)


def number(call: Call, header: str) -> int:
    """Raises Malformed for what is no number."""
    text = call.request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Malformed("header", name=header)
    return int(text)


def demand_version(call: Call) -> None:
    """tus 1.0.0: another version is answered with 412."""
    if call.request.headers.get("Tus-Resumable") != VERSION:
        raise Malformed("tus-version", version=VERSION)


@routes.add("OPTIONS", "/api/uploads", "upload.send")
async def about(call: Call) -> web.Response:
    """What this server speaks."""
    largest = call.office.settings.largest_paper_mb * 1_000_000
    extensions = {"Tus-Extension": "creation,expiration,termination", "Tus-Max-Size": str(largest)}
    return told(204, None, {"Tus-Version": VERSION} | extensions)


@routes.add("POST", "/api/uploads", "upload.send")
async def begin(call: Call) -> web.Response:
    """A file of Upload-Length bytes is to come; Location says where to."""
    demand_version(call)
    made = await call.office.uploads.begin(call.who.id, number(call, "Upload-Length"))
    return told(201, made, {"Location": f"/api/uploads/{made.id}"})


@routes.add("HEAD", "/api/uploads/{upload}", "upload.send")
async def reached(call: Call) -> web.Response:
    """How much of it is here."""
    found = await call.office.uploads.find(call.who.id, call.param("upload"))
    return told(200, found, {"Upload-Length": str(found.length)})


@routes.add("PATCH", "/api/uploads/{upload}", "upload.send")
async def append(call: Call) -> web.Response:
    """More of it, from Upload-Offset on."""
    demand_version(call)
    if call.request.content_type != PIECE:
        raise Malformed("header", name="Content-Type")
    where = (call.who.id, call.param("upload"), number(call, "Upload-Offset"))
    return told(204, await call.office.uploads.append(*where, call.chunks()), {})


@routes.add("DELETE", "/api/uploads/{upload}", "upload.send")
async def drop(call: Call) -> web.Response:
    """It is not wanted any more."""
    await call.office.uploads.drop(call.who.id, call.param("upload"))
    return told(204, None, {})
