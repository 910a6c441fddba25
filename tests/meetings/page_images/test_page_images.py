"""meetings.page_images.actions, meetings.page_images.records: made once, for whoever may read; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.page_images import actions
from meetings.page_images.actions import PageImages
from meetings.people.rights import NOBODY, Principal
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from store.errors import Denied, Missing, Refused
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces


class Desk:
    def __init__(self, committee: Committee, workshop: Workshop) -> None:
        self.who, self.house = committee.who, committee.house
        self.files = Papers(committee.house.blobs, workshop, FONTS)
        self.papers = SittingPapers(committee.house, committee.rooms, self.files, 10_000_000)
        self.images = PageImages(committee.house, committee.rooms, self.papers, self.files)
        self.made: list[tuple[str, int]] = []

    async def add(self, room: Room, readers: tuple[str, ...] | None = None) -> str:
        take = self.papers.stream(pieces(sheet(f"Một {readers}\n#pagebreak()\nHai\n#pagebreak()\nBa")))
        await self.papers.add(self.who["secretary"], room.sitting, "i1", Offered("Tờ trình", readers), take)
        return room.state.papers[-1].id


@pytest.fixture
async def desk(committee: Committee, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(actions, "BATCH", 2)
    workshop = Workshop(workers=1)
    made = Desk(committee, workshop)
    real = made.files.page_images

    async def counted(sha256: str, first: int) -> dict[str, tuple[str, tuple[int, ...]]]:
        made.made.append((sha256, first))
        return await real(sha256, first)

    monkeypatch.setattr(made.files, "page_images", counted)
    yield made
    await made.images.close()
    await workshop.close()


async def planned(committee: Committee) -> Room:
    room = await committee.rooms.get(await committee.plan())
    await room.ask(committee.who["secretary"], c.AddItem("i1", "Ngân sách"))
    return room


async def test_pages_are_made_once_whoever_asks(desk: Desk, committee: Committee) -> None:
    room = await planned(committee)
    paper = await desk.add(room)
    asked = (desk.who["secretary"], room.sitting, paper)
    found = await asyncio.gather(*(desk.images.find(*asked, page, "small") for page in (1, 2, 1, 2, 1)))
    pages = {picture for _, picture in found}
    assert len(pages) == 2 and all(one[1:4] == b"PNG" for one in pages)
    await desk.images.find(*asked, 3, "large")
    assert sorted(first for _, first in desk.made) == [1, 3]
    for page, size in ((0, "small"), (4, "small"), (1, "huge")):
        with pytest.raises(Missing):
            await desk.images.find(*asked, page, size)


async def test_only_who_may_read_the_paper_sees_them(desk: Desk, committee: Committee) -> None:
    room = await planned(committee)
    common, private = await desk.add(room), await desk.add(room, ("member1",))
    await room.ask(desk.who["secretary"], c.Release(3))
    site = Principal("site", "site-east")
    for who, paper in ((desk.who["member1"], private), (desk.who["member2"], common), (site, common)):
        await desk.images.find(who, room.sitting, paper, 1, "small")
    for who, paper in ((desk.who["member2"], private), (site, private)):
        with pytest.raises(Missing):
            await desk.images.find(who, room.sitting, paper, 1, "small")
    for stranger in (NOBODY, desk.who["technician"], Principal("site", "elsewhere")):
        with pytest.raises(Denied):
            await desk.images.find(stranger, room.sitting, common, 1, "small")
    await room.ask(desk.who["secretary"], c.RecallPaper(common, "Nhầm"))
    with pytest.raises(Refused, match="paper-recalled"):
        await desk.images.find(desk.who["member2"], room.sitting, common, 1, "small")


async def test_they_are_made_ahead_when_a_paper_comes(desk: Desk, committee: Committee) -> None:
    desk.images.start()
    room = await planned(committee)
    await desk.add(room)
    for _ in range(200):
        if len(desk.made) == 2:
            break
        await asyncio.sleep(0.05)
    assert [first for _, first in desk.made] == [1, 3]
    sha256 = room.state.papers[0].sha256
    assert {one for one, _ in desk.made} == {sha256}


async def test_a_paper_that_cannot_be_drawn_ends_nothing(desk: Desk, committee: Committee) -> None:
    desk.images.start()
    room = await planned(committee)
    await room.ask(desk.who["secretary"], c.AttachPaper("x", "i1", "Mất", "0" * 64, 1, 9), trusted=True)
    await desk.add(room)
    for _ in range(200):
        if len(desk.made) >= 3:
            break
        await asyncio.sleep(0.05)
    assert [first for _, first in desk.made] == [1, 1, 3]
