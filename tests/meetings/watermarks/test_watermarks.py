"""meetings.watermarks.actions, meetings.watermarks.records: whose copy a paper is, and how that is worked out once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from documents.actions import Intake, Papers
from documents.workshop import Workshop
from meetings.people.rights import Principal
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from meetings.watermarks.actions import Watermarks
from store.errors import Denied, Refused, Stale
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces


class Desk:
    def __init__(self, committee: Committee, room: Room, workshop: Workshop) -> None:
        self.who, self.room, self.house, self.rooms = committee.who, room, committee.house, committee.rooms
        self.files = Papers(committee.house.blobs, workshop, FONTS)
        self.papers = SittingPapers(committee.house, committee.rooms, self.files, 10_000_000)
        self.watermarks = Watermarks(committee.house, committee.rooms, self.files, FONTS)

    def words(self, who: Principal) -> tuple[str, str] | None:
        return self.watermarks.words(self.room, who, self.room.state.papers)


@pytest.fixture
async def desk(committee: Committee) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    room = await committee.rooms.get(await committee.plan())
    made = Desk(committee, room, workshop)
    await room.ask(made.who["secretary"], c.AddItem("i1", "Ngân sách"))
    take = made.papers.stream(pieces(sheet("Tờ trình")))
    await made.papers.add(made.who["secretary"], room.sitting, "i1", Offered("Tờ trình", paper="p"), take)
    yield made
    await workshop.close()


async def test_every_reader_has_their_own_words_and_who_prepares_has_none(desk: Desk) -> None:
    assert desk.words(desk.who["member1"]) is None
    await desk.room.ask(desk.who["secretary"], c.WatermarkPaper("p", True))
    assert desk.words(desk.who["secretary"]) is None
    told = {name: desk.words(desk.who[name]) for name in ("member1", "chair", "clerk")}
    assert (
        all(words is not None for words in told.values()) and len({words[0] for words in told.values() if words}) == 3
    )
    first, second = told["member1"] or ("", "")
    assert first.startswith("Nguyễn Văn Thứ 1 · ") and first[-6] == " " and second
    room = Principal("site", next(iter(desk.room.state.rooms)))
    assert (desk.words(room) or [""])[0].startswith(desk.room.names[room.id])
    await desk.room.ask(desk.who["secretary"], c.WatermarkPaper("p", False))
    assert desk.words(desk.who["member1"]) is None


async def test_it_is_for_who_prepares_to_say_and_nothing_happens_twice(desk: Desk) -> None:
    secretary, seq = desk.who["secretary"], desk.room.state.seq
    for other in ("chair", "member1"):
        with pytest.raises(Denied):
            await desk.room.ask(desk.who[other], c.WatermarkPaper("p", True))
    with pytest.raises(Stale, match="no-such-paper"):
        await desk.room.ask(secretary, c.WatermarkPaper("none", True))
    await desk.room.ask(secretary, c.HandOutPaper("s", "i1"))
    with pytest.raises(Refused, match="paper-on-paper"):
        await desk.room.ask(secretary, c.WatermarkPaper("s", True))
    await desk.room.ask(secretary, c.WatermarkPaper("p", True))
    assert await desk.room.ask(secretary, c.WatermarkPaper("p", True)) == []
    assert desk.room.state.seq == seq + 2


async def test_how_a_paper_is_marked_is_worked_out_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [], desk.files.watermark

    async def counted(sha256: str, pages: tuple[int, ...]) -> tuple[str, str]:
        made.append(pages)
        return await real(sha256, pages)

    monkeypatch.setattr(desk.files, "watermark", counted)
    sha256 = desk.room.state.papers[0].sha256
    one = await desk.watermarks.behind(sha256, ("Một", ""))
    assert one != await desk.watermarks.behind(sha256, ("Hai", "")) and made == [()]
    again = Watermarks(desk.house, desk.rooms, desk.files, FONTS)  # another process, or after a restart
    assert await again.behind(sha256, ("Một", "")) == one and made == [()]


async def test_a_new_version_is_marked_as_the_one_before_was(desk: Desk) -> None:
    await desk.room.ask(desk.who["secretary"], c.WatermarkPaper("p", True))
    take = desk.papers.stream(pieces(sheet("Tờ trình, sửa")))
    old = desk.room.state.papers[0]
    await desk.papers.replace(desk.who["secretary"], desk.room.sitting, "p", old.sha256, "", Intake(), take)
    assert desk.room.state.papers[0].sha256 != old.sha256 and desk.room.state.papers[0].watermarked
