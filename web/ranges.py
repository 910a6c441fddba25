"""A blob as an answer over HTTP: in ranges (RFC 9110, section 14), and kept by browsers, for it never changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import web

from meetings.watermarks.actions import Behind

from . import sendfile
from .guard import Call
from .sendfile import TURNS, Turns

RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})$")


async def send(
    call: Call, sha256: str, headers: Mapping[str, str], marked: Behind | None = None, turns: Turns = TURNS
) -> web.StreamResponse:
    """The bytes of a blob, or of a reader's own copy of it (MARKED), or what was asked of these, in TURNS. HEADERS say
    what they are. Raises Missing, Unavailable."""
    blobs = call.office.house.blobs
    base, behind, digest = (marked.base, marked.data, marked.digest) if marked else (sha256, b"", "")
    lying = await blobs.lies(base)
    total = lying.size + len(behind)
    told = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}{digest}"',
        "Cache-Control": "private, max-age=31536000, immutable",  # unless HEADERS say otherwise
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
    last = min(end, lying.size)
    if start >= last:
        pass
    elif lying.file is not None and call.request.transport is not None:
        stretch = (lying.file, lying.before + start, lying.before + last)
        await sendfile.send(response, call.request.transport, *stretch, turns)
    else:
        async for chunk in blobs.read(base, start, last):
            await _write(response, chunk, turns)
    if end > last:
        await _write(response, behind[max(0, start - lying.size) : end - lying.size], turns)
    await response.write_eof()
    return response


async def send_bytes(call: Call, data: bytes, headers: Mapping[str, str], turns: Turns) -> web.StreamResponse:
    """DATA that is at hand, in TURNS."""
    response = web.StreamResponse(headers=dict(headers) | {"Content-Length": str(len(data))})
    await response.prepare(call.request)
    await _write(response, data, turns)
    await response.write_eof()
    return response


async def _write(response: web.StreamResponse, data: bytes, turns: Turns) -> None:
    at = 0
    while at < len(data):
        size = await turns.take(len(data) - at)
        await response.write(data[at : at + size])
        at += size
