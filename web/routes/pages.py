"""Pages: one shell for all of them; what it shows is decided by the address, in the browser. Words and health too."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from .. import words
from ..guard import Call, Routes

routes = Routes()
STATIC = Path(__file__).parents[1] / "static"

# Every address that a person may open or that is printed on paper. The browser's own table is js/places.js.
PLACES = (
    "/", "/sign-in", "/first/{token}", "/password/{token}", "/plan", "/search", "/register", "/tasks", "/opinions",
    "/verify", "/k/{code}", "/K/{sheet}", "/wall", "/wall/{site}",
    "/sittings/{sitting}", "/sittings/{sitting}/prepare", "/sittings/{sitting}/minutes", "/sittings/{sitting}/sign",
    "/sittings/{sitting}/papers/{paper}", "/sittings/{sitting}/recordings", "/sittings/{sitting}/rehearsal", "/check",
    "/offline", "/offline/{sitting}/{paper}", "/signature",
    "/administration", "/administration/{place}", "/styleguide",
)  # fmt: skip


async def shell(call: Call) -> web.Response:
    body = call.office.shell(call.locale)
    return web.Response(text=body, content_type="text/html", headers={"Cache-Control": "no-cache"})


for _place in PLACES:
    routes.add("GET", _place, "page.see")(shell)


@routes.add("GET", "/words/{locale}/{digest}.json", "page.see")
async def words_of(call: Call) -> web.Response:
    """All texts of a language; the digest is in the address, so that a browser keeps them for good."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    asked = call.param("locale")
    locale = asked if asked in (*words.LOCALES, words.PSEUDO) else words.LOCALES[0]  # each is kept: no others
    return web.Response(body=words.as_json(locale), content_type="application/json", headers=headers)


@routes.add("GET", "/ca.crt", "page.see")
async def authority(call: Call) -> web.Response:
    """The LAN authority's certificate, for tablets to install once."""
    body = call.office.authority_certificate()
    return web.Response(body=body, content_type="application/x-x509-ca-cert")


@routes.add("GET", "/worker.js", "page.see")
async def worker(call: Call) -> web.FileResponse:
    """The service worker: at the root, so that all of the site is its own."""
    return web.FileResponse(STATIC / "js" / "worker.js", headers={"Cache-Control": "no-cache"})


@routes.add("GET", "/healthz", "page.see")
async def alive(call: Call) -> web.Response:
    return web.Response(text="ok\n")


@routes.add("GET", "/readyz", "page.see")
async def ready(call: Call) -> web.Response:
    """Ready when the database answers."""
    await call.office.accounts.needs_first()
    return web.Response(text="ready\n")
