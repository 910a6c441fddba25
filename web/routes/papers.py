"""Papers: taken in for an item, replaced by another version, fetched by short-lived addresses, in ranges."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from documents.actions import Intake
from documents.compose import plain
from documents.difference import PageChange
from documents.model import Examined
from meetings.packs.actions import PackKind
from meetings.receipts.actions import VersionReceipts
from meetings.sitting.paper_comments import SeenComments
from meetings.sitting.papers import Offered
from store.errors import Denied, Missing, Refused

from .. import answers, bodies, links, ranges
from ..guard import Call, Routes

routes = Routes()
JSON = "application/json"
KINDS: dict[str, PackKind] = {"pdf": "pdf", "zip": "zip"}


@routes.add("POST", "/api/sittings/{sitting}/items/{item}/papers", "paper.add")
async def add(call: Call) -> answers.PaperTaken:
    """From a finished upload, named in JSON; or the body is the file itself, and the query says the rest: ?name=,
    ?secrecy=none, each ?reader=, ?cleared=1. What was stripped is told."""
    papers, sitting, item = call.office.papers, call.param("sitting"), call.param("item")
    if call.request.content_type == JSON:
        asked = await call.body(bodies.NewPaper)
        offered = Offered(asked.name, asked.readers, Intake(asked.password, asked.cleared), asked.paper)
        async with call.office.uploads.held(asked.upload):
            if known := await papers.known(call.who, sitting, item, asked.paper):
                return told(known)
            async with call.office.uploads.whole(call.who.id, asked.upload) as path:
                return told(await papers.add(call.who, sitting, item, offered, papers.file(path)))
    query, largest = call.request.query, call.office.settings.largest_paper_mb
    if (call.request.content_length or 0) > largest * 1_000_000:
        raise Refused("too-large", limit=largest)
    if query.get("secrecy") != "none":
        raise Refused("secrecy-undeclared")
    readers = tuple(query.getall("reader", ())) or None
    offered = Offered(query.get("name", ""), readers, Intake(cleared=query.get("cleared") == "1"))
    return told(await papers.add(call.who, sitting, item, offered, papers.stream(call.chunks())))


@routes.add("POST", "/api/sittings/{sitting}/papers/{paper}/versions", "paper.add")
async def replace(call: Call) -> answers.PaperTaken:
    """Another version, from a finished upload."""
    asked = await call.body(bodies.NewVersion)
    papers, intake = call.office.papers, Intake(asked.password, asked.cleared)
    where = (call.param("sitting"), call.param("paper"), asked.replaces, asked.reason)
    uploads = call.office.uploads
    async with uploads.held(asked.upload), uploads.whole(call.who.id, asked.upload) as path:
        return told(await papers.replace(call.who, *where, intake, papers.file(path)))


@routes.add("GET", "/api/sittings/{sitting}/papers/{paper}/changes", "paper.read")
async def changes(call: Call) -> list[PageChange]:
    """What the newest version changed of the one before, page by page."""
    return await call.office.papers.changes(call.who, call.param("sitting"), call.param("paper"))


@routes.add("GET", "/api/sittings/{sitting}/papers/{paper}/receipts", "paper.read")
async def receipts(call: Call) -> list[VersionReceipts]:
    """Who has read which page: everybody, for chair and secretary; else oneself."""
    return await call.office.reading.receipts.of_paper(call.who, call.param("sitting"), call.param("paper"))


@routes.add("GET", "/api/sittings/{sitting}/papers/{paper}/comments", "paper.comment")
async def comments(call: Call) -> SeenComments:
    """What should be changed in it, as its readers say, as far as the rules let me read that; mine always."""
    return await call.office.papers.comments(call.who, call.param("sitting"), call.param("paper"))


@routes.add("GET", "/api/sittings/{sitting}/pack.{kind}", "paper.read")
async def pack(call: Call) -> web.StreamResponse:
    """All papers that I may read, as one `pdf` or `zip`; built when it is first asked for."""
    asked = call.param("kind")
    if asked not in KINDS:
        raise Missing("no-such-page")
    kind: PackKind = KINDS[asked]
    reading = call.office.reading
    made = await reading.packs.find(call.who, call.param("sitting"), kind)
    marked = await reading.watermarks.behind(made.sha256, made.words, made.marked) if made.words else None
    headers = {
        "Content-Type": f"application/{kind}",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{plain(made.title)}.{kind}')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",  # another, when a paper is replaced or recalled
    }
    turns = reading.paces.turns(call.param("sitting"), call.who.id)
    return await ranges.send(call, made.sha256, headers, marked, turns)


def told(taken: Examined) -> answers.PaperTaken:
    return answers.PaperTaken(taken.sha256, taken.pages, taken.size, taken.signed, taken.stripped, taken.made_from)


@routes.add("GET", "/api/sittings/{sitting}/papers/{paper}/pages/{page}/{size}", "page.see")
async def page_image(call: Call) -> web.StreamResponse:
    """A page of the newest version as a picture, `small` or `large`; for sites too."""
    page, size = call.param("page"), call.param("size")
    where = (call.param("sitting"), call.param("paper"), int(page) if page.isdecimal() and len(page) < 5 else 0, size)
    reading = call.office.reading
    paper, picture = await reading.page_images.find(call.who, *where)
    words = reading.watermarks.words(await call.office.rooms.get(where[0]), call.who, (paper,))
    told = {"ETag": f'"{paper.sha256}-{page}-{size}"', "Cache-Control": "private, no-cache"}  # it may be recalled
    if words:
        told, picture = {"Cache-Control": "private, max-age=600"}, await reading.watermarks.picture(picture, words)
    elif call.request.headers.get("If-None-Match") == told["ETag"]:
        return web.Response(status=304, headers=told)
    told["Content-Type"] = "image/png" if picture[1:4] == b"PNG" else "image/jpeg"
    return await ranges.send_bytes(call, picture, told, reading.paces.turns(where[0], call.who.id))


@routes.add("GET", "/papers/{token}", "page.see")
async def fetch(call: Call) -> web.StreamResponse:
    """Bytes of a paper. The address itself is the permission; it grows old, and ends with a recall. Content never
    changes under its name."""
    link = links.read(call.office.link_key, call.param("token"))
    if link.paper:
        out = await call.office.papers.out(link.sitting, link.paper, link.sha256)
        if out is None or (out.watermarked and not link.words and not link.bare):
            raise Denied("link-old")
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(link.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    marked = await call.office.reading.watermarks.behind(link.sha256, link.words) if link.words else None
    if link.paper:  # may be recalled: a browser asks again before it shows what it kept
        headers["Cache-Control"] = "private, no-cache"
    turns = call.office.reading.paces.turns(link.sitting, link.reader)
    return await ranges.send(call, link.sha256, headers, marked, turns)
