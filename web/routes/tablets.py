"""Papers taken along on a tablet, and tablets that were lost."""

from __future__ import annotations

from meetings.tablets.actions import Contact, TabletRow, Taken

from .. import answers, bodies, front, words
from ..guard import Call, Routes

routes = Routes()


@routes.add("POST", "/api/sittings/{sitting}/copies", "paper.read")
async def take(call: Call) -> Taken:
    """I take the papers of a sitting along, or take them again: until when they may be read."""
    asked = await call.body(bodies.Tablet)
    return await call.office.reading.tablets.take(call.who, asked.tablet, call.device, call.param("sitting"))


@routes.add("POST", "/api/sittings/{sitting}/copies/drop", "tablet.keep")
async def drop(call: Call) -> None:
    """My tablet holds no copy of them any more."""
    asked = await call.body(bodies.Tablet)
    await call.office.reading.tablets.drop(call.who, asked.tablet, call.param("sitting"))


@routes.add("POST", "/api/tablets/forget", "tablet.keep")
async def forget(call: Call) -> None:
    """My tablet holds nothing any more."""
    await call.office.reading.tablets.forget(call.who, (await call.body(bodies.Tablet)).tablet)


@routes.add("POST", "/api/tablets/contact", "page.see")
async def contact(call: Call) -> Contact:
    """What a tablet may keep: known by its secret, whether or not somebody is signed in."""
    return await call.office.reading.tablets.contact((await call.body(bodies.Tablet)).tablet)


@routes.add("GET", "/api/tablets", "tablet.cut")
async def tablets(call: Call) -> list[TabletRow]:
    return await call.office.reading.tablets.listed(call.who)


@routes.add("DELETE", "/api/tablets/{tablet}", "tablet.cut")
async def cut(call: Call) -> None:
    await call.office.reading.tablets.cut(call.who, call.param("tablet"))


@routes.add("GET", "/api/offline-files", "page.see")
async def offline_files(call: Call) -> answers.OfflineFiles:
    """What the reader needs of our own files to work without a network."""
    return answers.OfflineFiles(
        front.build(), [f"/words/{call.locale}/{words.digest(call.locale)}.json", *front.taken_along()]
    )
