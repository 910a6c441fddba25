"""The desk: what waits for me today."""

from __future__ import annotations

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/desk", "desk.see")
async def desk(call: Call) -> answers.Desk:
    sittings, who = call.office.sittings, call.who
    return answers.Desk(
        await sittings.listed(who), await sittings.waiting(who), await sittings.called(who),
        await call.office.notice_board.listed(who), await call.office.opinions.waiting(who),
        await call.office.tasks.waiting(who),
    )  # fmt: skip


@routes.add("POST", "/api/notices/read", "desk.see")
async def read(call: Call) -> None:
    """I have seen what I was told until then."""
    await call.office.notice_board.read(call.who, (await call.body(bodies.NoticesRead)).until)
