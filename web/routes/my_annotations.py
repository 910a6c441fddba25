"""What a person draws, highlights and writes on a paper, for themselves."""

from __future__ import annotations

from meetings.annotations.actions import Shown
from meetings.annotations.annotation import Annotation

from .. import bodies
from ..guard import Call, Routes

routes = Routes()
OF_PAPER = "/api/sittings/{sitting}/papers/{paper}/annotations"


@routes.add("GET", OF_PAPER, "paper.read")
async def listed(call: Call) -> list[Shown]:
    """My own, as they stand on the newest version."""
    return await call.office.reading.annotations.shown(call.who, call.param("sitting"), call.param("paper"))


@routes.add("PUT", OF_PAPER + "/{id}", "paper.read")
async def put(call: Call) -> None:
    """Keep one under an id that is made by the browser: sent again, it is there once."""
    asked = await call.body(bodies.NewAnnotation)
    made = Annotation(call.param("id"), asked.sha256, asked.page, asked.mark)
    await call.office.reading.annotations.put(call.who, call.param("sitting"), call.param("paper"), made)


@routes.add("DELETE", OF_PAPER + "/{id}", "paper.read")
async def drop(call: Call) -> None:
    await call.office.reading.annotations.drop(call.who, call.param("sitting"), call.param("paper"), call.param("id"))
