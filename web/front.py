"""The front end's files, at an address that changes whenever any of them does: a browser keeps them for good, and asks
for none of them twice. What shrinks is sent packed.

`/static/<build>/js/app.js` is that address; without the build, or with that of a server that was replaced meanwhile,
the same file is there, but asked about anew each time.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
A_BUILD = re.compile("[0-9a-f]{12}")
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
PACKED = {".js", ".mjs", ".css", ".svg"}
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2", ".wasm": "application/wasm"}
LEFT = re.compile(r"vendor/pdfjs/(cmaps|iccs)/|vendor/tus/|js/(administration|prepare)/|js/wire\.d\.ts|tsconfig")


@dataclass(frozen=True, slots=True)
class File:
    """As it was when this process began: what its build stands for, whatever is put in its place meanwhile."""

    body: bytes
    digest: str
    kind: str
    packs: bool


@functools.cache
def files() -> Mapping[str, File]:
    """By the name below `/static/`: nothing else is there, whatever is asked for."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            body = path.read_bytes()
            file = File(body, hashlib.sha256(body).hexdigest()[:16], kind, path.suffix in PACKED)
            found[path.relative_to(FOLDER).as_posix()] = file
    return found


@functools.cache
def build() -> str:
    """Stands for all files together."""
    told = "".join(f"{name} {file.digest}\n" for name, file in files().items())
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def base() -> str:
    return f"/static/{build()}"


def taken_along() -> list[str]:
    """Addresses of what reading without a network needs."""
    return [f"{base()}/{name}" for name in files() if not LEFT.search(name)]


@functools.cache
def _packed(name: str) -> bytes:
    return gzip.compress(files()[name].body, mtime=0)


async def serve(request: web.Request) -> web.Response:
    """The route of them all."""
    asked: str = request.match_info["name"]
    first, _, rest = asked.partition("/")
    name = rest if A_BUILD.fullmatch(first) else asked
    file = files().get(name)
    if file is None:
        raise web.HTTPNotFound
    packed = file.packs and bool(GZIP.search(request.headers.get("Accept-Encoding", "")))
    headers = {
        "ETag": f'"{file.digest}{"-gzip" if packed else ""}"',
        "Cache-Control": FOREVER if first == build() else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    body = await asyncio.to_thread(_packed, name) if packed else file.body
    text = file.kind.startswith("text/") or file.kind == "image/svg+xml"
    return web.Response(body=body, headers=headers, content_type=file.kind, charset="utf-8" if text else None)
