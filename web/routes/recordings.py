"""Recordings of a sitting: played in ranges, for those who keep its minutes."""

from __future__ import annotations

from aiohttp import web

from .. import ranges
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/sittings/{sitting}/recordings/{sha256}", "recording.see")
async def fetch(call: Call) -> web.StreamResponse:
    """?download=1: to be kept as a file."""
    kept = await call.office.sittings.recording(call.who, call.param("sitting"), call.param("sha256"))
    headers = {"Content-Type": f"video/{kept.form}"}
    if call.request.query.get("download"):
        headers["Content-Disposition"] = f'attachment; filename="{kept.recording[:8]}-{kept.began}.{kept.form}"'
    return await ranges.send(call, kept.sha256, headers)
