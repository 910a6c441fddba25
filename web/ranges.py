"""A blob as an answer over HTTP: in ranges (RFC 9110, section 14), and kept by browsers, for it never changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import web

from .guard import Call

RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})$")


async def send(call: Call, sha256: str, headers: Mapping[str, str]) -> web.StreamResponse:
    """The bytes of a blob, or what was asked of them. HEADERS say what they are. Raises Missing, Unavailable."""
    blobs = call.office.house.blobs
    total = await blobs.size(sha256)
    told = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, max-age=31536000, immutable",
    } | dict(headers)
    if call.request.headers.get("If-None-Match") == told["ETag"]:
        return web.Response(status=304, headers=told)
    start, end, status = 0, total, 200
    asked = RANGE.match(call.request.headers.get("Range", ""))
    if asked:
        start, end = int(asked[1]), min(total, int(asked[2]) + 1 if asked[2] else total)
        if start >= end:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        status, told["Content-Range"] = 206, f"bytes {start}-{end - 1}/{total}"
    told["Content-Length"] = str(end - start)
    response = web.StreamResponse(status=status, headers=told)
    await response.prepare(call.request)
    async for chunk in blobs.read(sha256, start, end):
        await response.write(chunk)
    await response.write_eof()
    return response
