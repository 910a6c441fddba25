"""meetings.packs.actions, meetings.packs.records: the papers one may read in one file, built once for all who may."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator

import pypdf
import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.packs.actions import Packs
from meetings.people.rights import NOBODY, Principal
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from meetings.watermarks.actions import Watermarks
from store.errors import Denied, Missing
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces


class Desk:
    def __init__(self, committee: Committee, room: Room, workshop: Workshop) -> None:
        self.who, self.room, self.house = committee.who, room, committee.house
        self.files = Papers(committee.house.blobs, workshop, FONTS)
        self.papers = SittingPapers(committee.house, committee.rooms, self.files, 10_000_000)
        self.watermarks = Watermarks(committee.house, committee.rooms, self.files, FONTS)
        self.packs = Packs(committee.house, committee.rooms, self.papers, self.files, self.watermarks)

    async def add(self, item: str, name: str, readers: tuple[str, ...] | None = None) -> str:
        take = self.papers.stream(pieces(sheet(f"Nội dung {name}")))
        await self.papers.add(self.who["secretary"], self.room.sitting, item, Offered(name, readers), take)
        return self.room.state.papers[-1].id

    async def watermarked(self, paper: str) -> None:
        await self.room.ask(self.who["secretary"], c.WatermarkPaper(paper, True))

    async def names(self, person: str) -> list[str]:
        sha256 = (await self.packs.find(self.who[person], self.room.sitting, "zip")).sha256
        with zipfile.ZipFile(io.BytesIO(await self.house.blobs.load(sha256))) as archive:
            return archive.namelist()


@pytest.fixture
async def desk(committee: Committee) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    room = await committee.rooms.get(await committee.plan())
    for item, title in (("i1", "Ngân sách"), ("i2", "Đất đai")):
        await room.ask(committee.who["secretary"], c.AddItem(item, title))
    yield Desk(committee, room, workshop)
    await workshop.close()


async def test_everybody_gets_what_they_may_read_in_order(desk: Desk) -> None:
    with pytest.raises(Missing, match="no-papers"):
        await desk.names("secretary")
    await desk.add("i2", "Báo cáo")
    await desk.add("i1", "Tờ trình")
    await desk.add("i1", "Riêng", ("member1",))
    assert await desk.names("secretary") == ["01. Tờ trình.pdf", "02. Riêng.pdf", "03. Báo cáo.pdf"]
    with pytest.raises(Missing, match="no-papers"):
        await desk.names("member1")  # before the release
    await desk.room.ask(desk.who["secretary"], c.Release(3))
    assert await desk.names("member1") == ["01. Tờ trình.pdf", "02. Riêng.pdf", "03. Báo cáo.pdf"]
    assert await desk.names("member2") == ["01. Tờ trình.pdf", "02. Báo cáo.pdf"]
    for stranger in (NOBODY, desk.who["technician"], Principal("site", "site-east")):
        with pytest.raises(Denied):
            await desk.packs.find(stranger, desk.room.sitting, "zip")


async def test_it_is_built_once_for_all_who_may_read_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    built, real = [], desk.files.pack

    async def counted(kind: str, parts: list) -> str:  # type: ignore[type-arg]
        built.append(kind)
        return await real(kind, parts)

    monkeypatch.setattr(desk.files, "pack", counted)
    paper = await desk.add("i1", "Tờ trình")
    await desk.room.ask(desk.who["secretary"], c.Release(3))
    people = [desk.who[name] for name in ("member1", "member2", "chair", "secretary", "clerk")]
    asked = [desk.packs.find(one, desk.room.sitting, "pdf") for one in people]
    assert len({made.sha256 for made in await asyncio.gather(*asked)}) == 1 and built == ["pdf"]
    made = await desk.packs.find(desk.who["member3"], desk.room.sitting, "pdf")
    assert built == ["pdf"] and made.title == desk.room.state.title
    reader = pypdf.PdfReader(io.BytesIO(await desk.house.blobs.load(made.sha256)))
    assert "Nội dung Tờ trình" in reader.pages[0].extract_text()
    await desk.add("i2", "Thêm")
    other = await desk.packs.find(desk.who["member3"], desk.room.sitting, "pdf")
    assert other.sha256 != made.sha256
    await desk.room.ask(desk.who["secretary"], c.RecallPaper(paper, "Nhầm"))
    assert await desk.names("member1") == ["01. Thêm.pdf"]


async def test_a_reader_finds_watermarked_papers_in_the_pdf_with_their_name_and_not_in_the_zip(desk: Desk) -> None:
    await desk.add("i1", "Trước")
    await desk.watermarked(await desk.add("i1", "Đánh dấu"))
    await desk.add("i2", "Sau")
    await desk.room.ask(desk.who["secretary"], c.Release(3))
    made = await desk.packs.find(desk.who["member1"], desk.room.sitting, "pdf")
    assert made.marked == (2,) and made.words is not None and made.words[0].startswith("Nguyễn Văn Thứ 1 · ")
    bare = await desk.packs.find(desk.who["secretary"], desk.room.sitting, "pdf")
    assert (bare.sha256, bare.words, bare.marked) == (made.sha256, None, ())
    behind = await desk.watermarks.behind(made.sha256, made.words, made.marked)
    pages = pypdf.PdfReader(io.BytesIO(await desk.house.blobs.load(behind.base) + behind.data)).pages
    assert ["/BacapMark" in page["/Resources"].get("/XObject", ()) for page in pages] == [False, True, False]
    assert await desk.names("member1") == ["01. Trước.pdf", "02. Sau.pdf"]
    assert len(await desk.names("secretary")) == 3
