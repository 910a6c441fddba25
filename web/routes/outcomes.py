"""The notice of conclusions, the extract of one item, and the minutes of the sitting before."""

from __future__ import annotations

from aiohttp import web

from meetings.sitting.outcomes import NoticeText

from .. import answers, links
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/sittings/{sitting}/conclusions", "minutes.read")
async def notice(call: Call) -> NoticeText:
    """A first text of the notice of conclusions."""
    return await call.office.outcomes.notice(call.who, call.param("sitting"))


@routes.add("POST", "/api/sittings/{sitting}/conclusions", "sitting.conduct")
async def issue_notice(call: Call) -> None:
    """Number it, typeset it, tell everyone."""
    await call.office.outcomes.issue_notice(call.who, call.param("sitting"), await call.body(NoticeText))


@routes.add("GET", "/api/sittings/{sitting}/conclusions/file", "sitting.see")
async def notice_paper(call: Call) -> answers.Link:
    sha256, name = await call.office.outcomes.notice_paper(call.who, call.param("sitting"))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("GET", "/api/sittings/{sitting}/items/{item}/extract.pdf", "minutes.read")
async def extract(call: Call) -> web.Response:
    pdf = await call.office.outcomes.extract(call.who, call.param("sitting"), call.param("item"))
    headers = {"Content-Disposition": 'inline; filename="trich-bien-ban.pdf"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


@routes.add("POST", "/api/sittings/{sitting}/previous-minutes", "sitting.prepare")
async def put_previous_minutes(call: Call) -> answers.Made:
    return answers.Made(await call.office.outcomes.put_previous_minutes(call.who, call.param("sitting")))
