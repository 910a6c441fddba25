"""Opinion ballots outside a sitting: put, answered, reminded, counted, printed, reported at the next sitting."""

from __future__ import annotations

from aiohttp import web

from documents.actions import Intake
from meetings.opinion.actions import NewOpinion, OpinionRow
from store.errors import Refused

from .. import answers, bodies, links
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/opinions", "desk.see")
async def listed(call: Call) -> list[OpinionRow]:
    """Those I answer, and those my unit puts."""
    return await call.office.opinions.listed(call.who)


@routes.add("POST", "/api/opinions", "opinion.put")
async def put(call: Call) -> answers.Made:
    return answers.Made(await call.office.opinions.put(call.who, await call.body(NewOpinion)))


@routes.add("POST", "/api/opinions/{opinion}/papers", "opinion.put")
async def add_paper(call: Call) -> None:
    """A paper of the dossier, by ?name=; ?secrecy=none: it is no state secret; ?cleared=1: in spite of a stamp."""
    query, limit = call.request.query, call.office.settings.largest_paper_mb * 1_000_000
    if query.get("secrecy") != "none":
        raise Refused("secrecy-undeclared")
    intake, source = Intake(cleared=query.get("cleared") == "1"), call.chunks()
    await call.office.opinions.add_paper(call.who, call.param("opinion"), query.get("name", ""), source, limit, intake)


@routes.add("GET", "/api/opinions/{opinion}/papers/{sha256}", "desk.see")
async def paper(call: Call) -> answers.Link:
    sha256, name = await call.office.opinions.paper(call.who, call.param("opinion"), call.param("sha256"))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("POST", "/api/opinions/{opinion}/answer", "desk.see")
async def give(call: Call) -> None:
    asked = await call.body(bodies.OpinionAnswer)
    await call.office.opinions.give(call.who, call.param("opinion"), asked.choice, asked.comment)


@routes.add("POST", "/api/opinions/{opinion}/reminder", "opinion.put")
async def remind(call: Call) -> None:
    await call.office.opinions.remind(call.who, call.param("opinion"))


@routes.add("POST", "/api/opinions/{opinion}/count", "opinion.put")
async def count(call: Call) -> None:
    await call.office.opinions.count(call.who, call.param("opinion"))


@routes.add("POST", "/api/opinions/{opinion}/calling-off", "opinion.put")
async def call_off(call: Call) -> None:
    await call.office.opinions.call_off(call.who, call.param("opinion"), (await call.body(bodies.Reason)).reason)


@routes.add("GET", "/api/opinions/{opinion}/sheet.pdf", "desk.see")
async def sheet(call: Call) -> web.Response:
    pdf = await call.office.opinions.sheet(call.who, call.param("opinion"))
    headers = {"Content-Disposition": 'inline; filename="tong-hop-y-kien.pdf"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


@routes.add("POST", "/api/opinions/{opinion}/report", "opinion.put")
async def report(call: Call) -> None:
    """On the agenda of a sitting, with the sheet."""
    await call.office.opinions.report(call.who, call.param("opinion"), (await call.body(bodies.OpinionReport)).sitting)
