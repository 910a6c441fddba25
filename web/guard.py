"""What stands before every route: who asks, from where, with which right; and the headers of every answer.

A route is declared with its right, or it cannot be declared at all. Writes and the channel are accepted only from
our own pages (exact Origin). The session cookie is `__Host-`: bound to this host, HTTPS only, out of scripts' reach.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from aiohttp import web

from meetings.integrations.actions import PREFIX
from meetings.people import rights
from meetings.people.accounts import SESSION_MS, Session
from meetings.people.rights import NOBODY, Principal
from meetings.signatories.agents import PREFIX as AGENT
from store.errors import Denied, Fault, Malformed, Refused

from . import faults, front, words

if TYPE_CHECKING:
    from .wiring import Office

log = logging.getLogger("bacap.web")
T = TypeVar("T")

COOKIE = "__Host-session"
LOCALE_COOKIE = "locale"
STALL_S = 20.0  # a body may stand still so long
SLOWEST = 1000  # bytes a second, on the whole: a line of 64 kbit/s carries eight times that
ANY = "*/*"  # of a route whose address alone says what may be done: no cookie is ever looked at
LARGEST_BODY = 256 * 1024  # of a JSON body; uploads stream

IMPORT_MAP = json.dumps(
    {
        "imports": {
            "lit": f"{front.base()}/vendor/lit/index.js",
            "lit/": f"{front.base()}/vendor/lit/",
            "lit-html": f"{front.base()}/vendor/lit-html/lit-html.js",
            "lit-html/": f"{front.base()}/vendor/lit-html/",
            "lit-element/lit-element.js": f"{front.base()}/vendor/lit-element/lit-element.js",
            "@lit/reactive-element": f"{front.base()}/vendor/reactive-element/reactive-element.js",
            "@lit/reactive-element/": f"{front.base()}/vendor/reactive-element/",
            "pdfjs": f"{front.base()}/vendor/pdfjs/pdf.min.mjs",
            "idb": f"{front.base()}/vendor/idb/index.js",
            "qr": f"{front.base()}/vendor/qr/decode.js",
            "tus": f"{front.base()}/vendor/tus/tus.min.js",
        }
    },
    separators=(",", ":"),
)
_MAP_HASH = base64.b64encode(hashlib.sha256(IMPORT_MAP.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; "
        f"script-src 'self' 'sha256-{_MAP_HASH}' 'wasm-unsafe-eval'; "
        "style-src 'self'; img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; "
        "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
    "Strict-Transport-Security": "max-age=31536000",
}


@dataclass(slots=True)
class Call:
    """One request, with everything a route may want to know."""

    office: Office
    request: web.Request
    who: Principal
    session: Session | None
    locale: str

    @property
    def source(self) -> str:
        return self.request.remote or ""

    @property
    def device(self) -> str:
        return self.request.headers.get("User-Agent", "")

    def param(self, name: str) -> str:
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """A number of the query; 0 for none, or for what is no number anyone could mean."""
        text = self.request.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises Refused `body-slow` for one that stands still, or hardly moves."""
        loop, total = asyncio.get_running_loop(), 0
        began = loop.time()
        while True:
            try:
                async with asyncio.timeout(STALL_S):
                    chunk = await self.request.content.readany()
            except TimeoutError:
                raise Refused("body-slow") from None
            if not chunk:
                return
            total += len(chunk)
            if total < SLOWEST * (loop.time() - began - STALL_S):
                raise Refused("body-slow")
            yield chunk

    async def raw(self, largest: int) -> bytearray:
        """The whole body. Raises Refused `body-large` beyond LARGEST bytes."""
        if (self.request.content_length or 0) > largest:
            raise Refused("body-large")
        raw = bytearray()
        async for chunk in self.chunks():
            raw += chunk
            if len(raw) > largest:
                raise Refused("body-large")
        return raw

    async def body(self, kind: type[T]) -> T:
        """The JSON body as KIND. Raises Malformed with the path of what is wrong."""
        if self.request.content_type != "application/json":
            raise Malformed("not-json")
        try:
            return msgspec.json.decode(await self.raw(LARGEST_BODY), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # ValidationError is one
            raise Malformed("body", reason=str(error)) from error


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    right: str
    handler: Handler
    program: str = ""  # the kind of body by which programs without a browser may write here, as nobody


class Routes:
    """The routes of one noun. `verb` is the right in meetings/people/rights.py that opens it."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def add(self, method: str, path: str, right: str, program: str = "") -> Callable[[Handler], Handler]:
        if right not in rights.VERBS:
            raise LookupError(f"{method} {path} names no known right: {right}")

        def remember(handler: Handler) -> Handler:
            self.all.append(Route(method, path, right, handler, program))
            return handler

        return remember


def guarded(office: Office, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """ROUTE as aiohttp calls it: origin, session and right are settled before its handler runs."""

    async def answer(request: web.Request) -> web.StreamResponse:
        locale = locale_of(request)
        try:
            program = _is_program(request, route)
            if request.method not in ("GET", "HEAD", "OPTIONS") and not program and not _bearer(request):
                demand_origin(office, request)
            call = Call(office, request, NOBODY, None, locale) if program else await _call(office, request, locale)
            if not rights.anywhere(call.who, route.right):
                raise Refused("sign-in-first") if call.who is NOBODY else Denied("no-right")
            return respond(await route.handler(call))
        except Fault as fault:
            log.log(faults.level_of(fault), "%s %s: %s", request.method, request.rel_url.raw_path, faults.told(fault))
            body = faults.refusal(fault, locale)
            return respond(body, faults.status_of(fault))

    return answer


def _bearer(request: web.Request) -> str:
    """The credential of a site or an integration, which call without a browser; "" for none. No page of another origin
    can send one unasked, and with one no cookie is looked at: nothing to borrow, no origin to demand."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _is_program(request: web.Request, route: Route) -> bool:
    """A body of a kind that no page of another origin may send unasked (Fetch standard, CORS-safelisted headers), from
    no page at all; it is nobody's, whatever else comes with it."""
    if route.program == ANY:
        return True
    return bool(route.program) and request.content_type == route.program and "Origin" not in request.headers


async def _call(office: Office, request: web.Request, locale: str) -> Call:
    if credential := _bearer(request):
        who = (
            await office.integrations.principal(credential) or await office.agents.principal(credential)
            or await office.people.site_principal(credential)
        )  # fmt: skip
        if who is None:
            raise Denied("token-unknown") if credential.startswith((PREFIX, AGENT)) else Denied("site-unknown")
        return Call(office, request, who, None, locale)
    token = request.cookies.get(COOKIE, "")
    session = await office.accounts.session(token) if token else None
    return Call(office, request, session.principal if session else NOBODY, session, locale)


def locale_of(request: web.Request) -> str:
    """The language a person chose; Vietnamese for everyone else, whatever their browser was bought with."""
    chosen = request.cookies.get(LOCALE_COOKIE, "")
    return chosen if chosen in (*words.LOCALES, words.PSEUDO) else words.LOCALES[0]


def demand_origin(office: Office, request: web.Request) -> None:
    """Refuse a write that no page of ours sent. The Host must be one we serve, the Origin exactly that host."""
    host = request.headers.get("Host", "")
    if host.rsplit(":", 1)[0].strip("[]") not in office.hosts or request.headers.get("Origin") != f"https://{host}":
        raise Denied("origin")


def respond(answer: Any, status: int = 200) -> web.StreamResponse:
    """A handler's answer: a response as it is, None as 204, bytes and structs as JSON."""
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204)
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json", status=status)


def set_session(response: web.StreamResponse, session: Session) -> None:
    response.set_cookie(
        COOKIE, session.token, max_age=SESSION_MS // 1000, path="/", secure=True, httponly=True, samesite="Lax"
    )


VGCA = "wss://127.0.0.1:8987"  # the signing program on the visitor's own machine, as it was observed


def headers_of(*, vgca: bool) -> dict[str, str]:
    """Of every answer. VGCA: our pages may speak to that program, and still to no other address."""
    if not vgca:
        return HEADERS
    name = "Content-Security-Policy"
    return HEADERS | {name: HEADERS[name].replace("connect-src 'self'", f"connect-src 'self' {VGCA}")}


def adder(headers: Mapping[str, str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def add(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")

    return add
