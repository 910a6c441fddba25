"""The registers of a unit: documents that go out, documents that come in, certified copies of either."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import cast, get_args

from documents.actions import Intake
from meetings.incoming.records import Incoming
from meetings.register.documents import Copy, Issued, RegisterName, Take
from meetings.register.records import Annex, RegisterNumber
from store.errors import Denied, Missing

from .. import answers, bodies, links
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/units/{unit}/register", "register.see")
async def outgoing(call: Call) -> list[Issued]:
    """Documents that went out in this year, or in ?year=."""
    return await call.office.documents.issued(call.who, call.param("unit"), _year(call))


@routes.add("GET", "/api/units/{unit}/incoming", "register.see")
async def incoming(call: Call) -> list[Incoming]:
    """Documents that came in in this year, or in ?year=."""
    return await call.office.documents.received(call.who, call.param("unit"), _year(call))


@routes.add("POST", "/api/units/{unit}/register", "register.keep")
async def issue(call: Call) -> RegisterNumber:
    """A document that goes out, with its file from a finished upload, or none."""
    asked = await call.body(bodies.NewOutgoing)
    async with _perhaps(call, asked.file) as take:
        return await call.office.documents.issue(call.who, call.param("unit"), asked.document, take)


@routes.add("POST", "/api/units/{unit}/incoming", "register.keep")
async def receive(call: Call) -> Incoming:
    """A document that came in, with its file from a finished upload, or none."""
    asked = await call.body(bodies.NewIncoming)
    async with _perhaps(call, asked.file) as take:
        return await call.office.documents.receive(call.who, call.param("unit"), asked.document, take)


@routes.add("POST", "/api/units/{unit}/copies", "register.keep")
async def copy(call: Call) -> RegisterNumber:
    """A certified copy of what stands in a register."""
    return await call.office.documents.copy(call.who, call.param("unit"), await call.body(Copy))


@routes.add("POST", "/api/units/{unit}/register/{year}/{kind}/{number}/void", "register.keep")
async def void(call: Call) -> None:
    reason = (await call.body(bodies.Reason)).reason
    await call.office.documents.void(call.who, call.param("unit"), *_which(call), reason)


@routes.add("POST", "/api/units/{unit}/register/{year}/{kind}/{number}/annexes", "register.keep")
async def annex(call: Call) -> Annex:
    """A file that goes with a document, from a finished upload: the agency signs it."""
    asked = await call.body(bodies.NewAnnexed)
    async with _taking(call, asked.file) as take:
        return await call.office.annexes.add(call.who, call.param("unit"), *_which(call), asked.annex, take)


@routes.add("GET", "/api/units/{unit}/register/{year}/{kind}/{number}/annexes/{position}", "register.see")
async def annexed(call: Call) -> answers.Link:
    position = call.param("position")
    if not (position.isdecimal() and len(position) <= 2):
        raise Missing("no-such-file")
    sha256, name = await call.office.annexes.file(call.who, call.param("unit"), *_which(call), int(position))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


@routes.add("GET", "/api/units/{unit}/registers/{register}/{year}/{kind}/{number}/file", "register.see")
async def file(call: Call) -> answers.Link:
    source = call.param("register")
    if source not in get_args(RegisterName):
        raise Missing("no-such-page")
    which = cast("RegisterName", source)
    sha256, name = await call.office.documents.file(call.who, call.param("unit"), which, *_which(call))
    return answers.Link(links.make(call.office.link_key, sha256, name), sha256)


def _year(call: Call) -> int:
    return min(9999, call.number("year") or int(call.office.house.today()[:4]))


def _which(call: Call) -> tuple[int, str, int]:
    year, number = call.param("year"), call.param("number")
    if not (year.isdecimal() and number.isdecimal() and len(year) <= 4 and len(number) <= 9):
        raise Missing("no-such-number")
    return int(year), call.param("kind"), int(number)


@contextlib.asynccontextmanager
async def _perhaps(call: Call, file: bodies.OwnFile | None) -> AsyncIterator[Take | None]:
    """`_taking` where there is a file; None where there is none."""
    if file is None:
        yield None
        return
    async with _taking(call, file) as take:
        yield take


@contextlib.asynccontextmanager
async def _taking(call: Call, file: bodies.OwnFile) -> AsyncIterator[Take]:
    """What admits the file of an upload."""
    if file.cleared and call.who.kind == "token":
        raise Denied("no-right")  # that it is no secret although it bears a stamp, a person answers for
    uploads, papers = call.office.uploads, call.office.typesetter
    async with uploads.held(file.upload), uploads.whole(call.who.id, file.upload) as path:
        yield lambda: papers.take_file(path, Intake(file.password, file.cleared))
