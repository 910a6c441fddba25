"""A closed sitting handed over to the archive, and its package."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from meetings.archive.retention import Retention

from .. import bodies, ranges
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/retention", "register.see")
async def retention(call: Call) -> Retention:
    """For how long records may be kept."""
    return call.office.archives.terms()


@routes.add("POST", "/api/sittings/{sitting}/archive", "sitting.archive")
async def archive(call: Call) -> None:
    await call.office.archives.archive(call.who, call.param("sitting"), (await call.body(bodies.ArchiveTerm)).term)


@routes.add("GET", "/api/sittings/{sitting}/archive.zip", "sitting.export")
async def package(call: Call) -> web.StreamResponse:
    """What was handed over; `bacap journal verify FILE` judges it."""
    sha256, name = await call.office.archives.package(call.who, call.param("sitting"))
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return await ranges.send(call, sha256, headers)
