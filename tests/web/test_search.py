"""Search over HTTP, behind a running index. web.routes.search"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from meetings.sitting import commands as c
from tests.kit.node import Browser, Node


async def found(browser: Browser, query: str, more: str = "") -> int:
    """How many, once the index has come so far: it follows a moment behind."""
    for _ in range(200):
        answer = await browser.get(f"/api/search?q={quote(query)}{more}")
        assert answer.status == 200, answer.data
        if answer.body["count"]:
            break
        await asyncio.sleep(0.05)
    return int(answer.body["count"])


async def test_what_is_planned_is_found_a_moment_later_by_who_may_see_it(node: Node) -> None:
    room, secretary = await node.planned(), await node.signed_in("secretary")
    assert await found(secretary, "hội trường") == 1
    member = await node.signed_in("member1")
    assert (await member.get("/api/search?q=hoi+truong")).body == {"count": 0, "rows": []}
    await room.ask(node.committee.who["secretary"], c.Release(3))
    assert await found(member, "hoi truong") == 1
    [row] = (await member.get("/api/search?q=hoi+truong&kind=sitting")).body["rows"]
    assert (row["kind"], row["sitting"], row["page"]) == ("sitting", room.sitting, 0)
    assert "«Hội» «trường»" in row["snippet"]
    assert (await member.get("/api/search?q=hoi+truong&kind=paper")).body["count"] == 0


async def test_no_query_and_no_person_are_refused(node: Node) -> None:
    member, nobody = await node.signed_in("member1"), await node.browser()
    for path in (
        "/api/search",
        "/api/search?q=",
        "/api/search?q=%22%22",
        "/api/search?q=a&since=x",
        "/api/search?q=a&kind=x",
    ):
        answer = await member.get(path)
        assert answer.status == 422 and answer.body["text"], path
    assert (await nobody.get("/api/search?q=a")).status == 401
