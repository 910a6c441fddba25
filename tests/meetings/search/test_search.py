"""meetings.search.entries, meetings.search.records, meetings.search.index, meetings.search.actions: what is found, in
which order, and by whom; the same on both databases."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from documents.actions import NOTHING_SAID, Papers
from documents.workshop import Workshop
from meetings.people.rights import NOBODY
from meetings.search import records
from meetings.search.actions import Found, Search
from meetings.search.index import Index
from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from store.errors import Denied, Refused
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces


class Library:
    """The committee's papers and their index."""

    def __init__(self, committee: Committee, workshop: Workshop) -> None:
        papers = Papers(committee.house.blobs, workshop, FONTS)
        self.committee = committee
        self.papers = SittingPapers(committee.house, committee.rooms, papers, 10_000_000)
        self.index = Index(committee.house, committee.rooms, papers)
        self.search = Search(committee.house)

    async def add(self, room: Room, item: str, name: str, body: str, readers: tuple[str, ...] | None = None) -> str:
        take = self.papers.stream(pieces(sheet(body)))
        await self.papers.add(self.committee.who["secretary"], room.sitting, item, Offered(name, readers), take)
        return room.state.papers[-1].id

    async def find(self, person: str, query: str, **given: str) -> Found:
        await self.index.catch_up()
        return await self.search.find(self.committee.who[person], query, **given)

    async def titles(self, person: str, query: str, **given: str) -> list[str]:
        found = await self.find(person, query, **given)
        assert found.count == len(found.rows)
        return [row.title for row in found.rows]


@pytest.fixture
async def library(committee: Committee) -> AsyncIterator[Library]:
    workshop = Workshop(workers=1)
    yield Library(committee, workshop)
    await workshop.close()


async def planned(library: Library) -> Room:
    room = await library.committee.rooms.get(await library.committee.plan(title="Phiên họp tháng mười một"))
    for item, title, closed in (("i1", "Phân bổ ngân sách", False), ("i2", "Công tác cán bộ", True)):
        await room.ask(library.committee.who["secretary"], c.AddItem(item, title, closed=closed))
    return room


async def test_words_of_a_page_are_found_with_and_without_marks(library: Library) -> None:
    room = await planned(library)
    await library.add(room, "i1", "Tờ trình 214", "Đất đai ở Vĩnh Linh\n#pagebreak()\nHoà giải ở cơ sở, hoà bình")
    for query in (
        "dat dai",
        "đất đai",
        "ĐẤT",
        "vinh linh",
        '"vinh linh"',
        "hòa",
        "hoà giai",
        '"hoà giải"',
        "to trinh 214",
    ):
        assert await library.titles("secretary", query) == ["Tờ trình 214"], query
    for query in ("dát", '"linh vinh"', "đat", "hỏa", "đất giải", '"giải đất"'):
        assert await library.titles("secretary", query) == [], query
    [row] = (await library.find("secretary", "hoa")).rows
    assert (row.page, row.pages, row.kind) == (2, 1, "paper")
    assert "«Hoà» giải ở cơ sở, «hoà» bình" in row.snippet


async def test_titles_come_first_and_then_the_latest(library: Library) -> None:
    room = await planned(library)
    await library.add(room, "i1", "Báo cáo", "nói về ngân sách của huyện")
    await library.add(room, "i1", "Dự toán ngân sách", "không nói gì")
    titles = await library.titles("secretary", "ngân sách", kind="paper")
    assert titles[0] in ("Dự toán ngân sách", "Báo cáo")  # both stand under an item of that title
    found = await library.find("secretary", "huyện", kind="paper")
    assert [row.title for row in found.rows] == ["Báo cáo"]


async def test_only_readers_find_a_paper_and_only_they_are_counted(library: Library) -> None:
    room, who = await planned(library), library.committee.who
    await library.add(room, "i1", "Chung", "từ khóa lạ")
    await library.add(room, "i2", "Kín", "từ khóa lạ")
    await library.add(room, "i1", "Riêng", "từ khóa lạ riêng", ("member1",))
    assert await library.titles("member1", "khóa lạ") == [], "not before the release"
    assert sorted(await library.titles("clerk", "khóa lạ")) == ["Chung", "Kín", "Riêng"]
    await room.ask(who["secretary"], c.Release(3))
    seen = {
        name: sorted(await library.titles(name, "khóa lạ"))
        for name in ("member1", "member2", "east-chair", "technician")
    }
    assert seen == {
        "member1": ["Chung", "Kín", "Riêng"],
        "member2": ["Chung", "Kín"],
        "east-chair": ["Chung"],
        "technician": [],
    }
    private = room.state.papers[-1]
    await room.ask(who["secretary"], c.AddressPaper(private.id, ("member2",)))
    assert "Riêng" not in await library.titles("member1", "khóa lạ")
    assert "Riêng" in await library.titles("member2", "khóa lạ")


async def test_who_finds_a_paper_is_who_can_open_it(library: Library) -> None:
    room, who = await planned(library), library.committee.who
    for item, name, readers in (("i1", "một", None), ("i2", "hai", None), ("i1", "ba", ("member3",))):
        await library.add(room, item, name, f"bản chung {name}", readers)
    for _ in range(2):
        for person in ("chair", "clerk", "member1", "member3", "east-chair", "technician"):
            found = {row.ref for row in (await library.find(person, '"bản chung"')).rows}
            may = set()
            for paper in room.state.papers:
                with contextlib.suppress(Refused):
                    may.add((await library.papers.find(who[person], room.sitting, paper.id)).id)
            assert found == may, person
        if room.state.phase == "planned":
            await room.ask(who["secretary"], c.Release(3))


async def test_a_guest_of_one_item_finds_no_other_item_s_title(library: Library) -> None:
    room = await library.committee.rooms.get(await library.committee.plan(units=("east",)))
    secretary = library.committee.who["secretary"]
    for item, title in (("i1", "Giao thông"), ("i2", "Thủy lợi")):
        await room.ask(secretary, c.AddItem(item, title))
    seat = e.Seat("west-chair", "m-west-chair", "west", "guest", items=("i1",))
    await room.ask(secretary, c.Invite((seat,)), trusted=True)
    await room.ask(secretary, c.Release(3))
    assert await library.titles("west-chair", "giao thong") == ["Giao thông"]
    assert await library.titles("west-chair", "thuy loi") == []
    assert await library.titles("member1", "thuy loi") == ["Thủy lợi"]


async def test_what_may_not_be_found_any_more_goes_before_anything_new(library: Library) -> None:
    """A recall in one sitting does not wait until the papers of another are read."""
    first, second, who = await planned(library), await planned(library), library.committee.who
    for room in (first, second):
        await room.ask(who["secretary"], c.Release(3))
    recalled = max((first, second), key=lambda room: room.sitting)  # the last in order
    other = first if recalled is second else second
    paper = await library.add(recalled, "i1", "Nhầm", "bản nhầm")
    assert await library.titles("member1", '"bản nhầm"') == ["Nhầm"]
    await library.add(other, "i1", "Mới", "bản mới")
    await recalled.ask(who["secretary"], c.RecallPaper(paper, "Nhầm"))
    asked: list[int] = []

    async def late(sha256: str) -> list[str]:
        asked.append((await library.search.find(who["member1"], '"bản nhầm"')).count)
        return ["bản mới"]

    library.index._papers.texts = late  # type: ignore[method-assign]
    await library.index.catch_up()
    assert asked == [0], "gone by the time the first new text is read"


async def test_one_sitting_that_cannot_be_read_stops_no_other_and_a_crash_loses_no_page(library: Library) -> None:
    first, second, who = await planned(library), await planned(library), library.committee.who["secretary"]
    for room in (first, second):
        await library.add(room, "i1", "Tờ", f"bản riêng {room.sitting[-4:]}")
    texts, broken = library.index._papers.texts, min(first.sitting, second.sitting)
    stopped = [paper.sha256 for room in (first, second) if room.sitting == broken for paper in room.state.papers]

    async def failing(sha256: str) -> list[str]:
        if sha256 in stopped:
            raise ValueError("no such thing")
        return await texts(sha256)

    library.index._papers.texts = failing  # type: ignore[method-assign]
    assert await library.index.catch_up() is False
    assert (await library.search.find(who, '"bản riêng"')).count == 1
    library.index._papers.texts = texts  # type: ignore[method-assign]
    assert await library.index.catch_up() is True
    assert (await library.search.find(who, '"bản riêng"')).count == 2
    assert await library.committee.house.read(records.behind) == []


async def test_a_recalled_paper_is_found_no_more_and_a_version_instead_of_the_one_before(library: Library) -> None:
    room, who = await planned(library), library.committee.who
    paper = await library.add(room, "i1", "Dự thảo", "bản thứ nhất")
    await room.ask(who["secretary"], c.Release(3))
    assert await library.titles("member1", '"thứ nhất"') == ["Dự thảo"]
    take = library.papers.stream(pieces(sheet("bản thứ hai")))
    old = room.state.papers[0].sha256
    await library.papers.replace(who["secretary"], room.sitting, paper, old, "Sửa", NOTHING_SAID, take)
    assert await library.titles("member1", '"thứ nhất"') == []
    assert await library.titles("member1", '"thứ hai"') == ["Dự thảo"]
    await room.ask(who["secretary"], c.RecallPaper(paper, "Nhầm"))
    assert await library.titles("member1", '"thứ hai"') == []


async def test_conclusions_and_sittings_are_found_too_and_filtered(library: Library) -> None:
    room, who = await planned(library), library.committee.who
    await room.ask(who["secretary"], c.Release(3))
    await room.ask(who["chair"], c.Open())
    for person in ("chair", "deputy", *(f"member{n}" for n in range(1, 8))):
        await room.ask(who[person], c.CheckIn(site="site-district"))
    for item, text in (("i1", "Giao Phòng Tài chính rà soát"), ("i2", "Đồng ý rà soát nhân sự")):
        await room.ask(who["chair"], c.OpenItem(item))
        await room.ask(who["chair"], c.Conclude(item, text))
    assert sorted(await library.titles("member1", "ra soat")) == ["Công tác cán bộ", "Phân bổ ngân sách"]
    assert await library.titles("east-chair", "ra soat") == ["Phân bổ ngân sách"]
    assert await library.titles("member1", "tháng mười một", kind="sitting") == ["Phiên họp tháng mười một"]
    assert await library.titles("member1", "Phạm Thị Thử", kind="sitting") == ["Phiên họp tháng mười một"]
    assert await library.titles("member1", "24/11/2026", kind="sitting") == ["Phiên họp tháng mười một"]
    for given, count in (({"since": "2026-11-24"}, 2), ({"since": "2026-11-25"}, 0), ({"until": "2026-11-23"}, 0)):
        assert len(await library.titles("member1", "ra soat", **given)) == count, given


async def test_pages_of_results_follow_each_other(library: Library) -> None:
    room = await planned(library)
    for number in range(23):
        await room.ask(library.committee.who["secretary"], c.AddItem(f"n{number}", f"Nội dung {number}"))
    for number in range(23):
        await library.add(room, f"n{number}", f"Tờ {number:02}", f"bản chung {number}")
    first = await library.find("secretary", '"bản chung"')
    rest = await library.search.find(library.committee.who["secretary"], '"bản chung"', offset=20)
    assert (first.count, len(first.rows), rest.count, len(rest.rows)) == (23, 20, 23, 3)
    assert len({row.ref for row in first.rows + rest.rows}) == 23
    beyond = await library.search.find(library.committee.who["secretary"], '"bản chung"', offset=100)
    assert (beyond.count, beyond.rows) == (23, [])


async def test_what_is_no_query_is_refused(library: Library) -> None:
    who = library.committee.who["secretary"]
    for query, given, code in (
        ("", {}, "search-empty"), (' "" -', {}, "search-empty"), ("x" * 201, {}, "field-long"),
        ("x", {"kind": "secret"}, "field-wrong"), ("x", {"since": "24/11/2026"}, "field-wrong"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            await library.search.find(who, query, **given)
    with pytest.raises(Denied):
        await library.search.find(NOBODY, "x")
    room = await planned(library)
    await library.add(room, "i1", "Tờ trình", "x a b c or and not near match")
    await library.index.catch_up()
    for strange in ("' OR 1=1 --", '") MATCH (', "a & b | !c", "a:* <-> b", "NEAR(a b)", "\0", "AND OR NOT"):
        found = await library.search.find(who, strange) if any(map(str.isalnum, strange)) else None
        assert found is None or found.count in (0, 1)  # as words, and as nothing else
    assert await library.titles("secretary", "OR NOT", kind="paper") == ["Tờ trình"]


async def test_what_went_on_while_the_index_was_away_is_caught_up(library: Library) -> None:
    room = await planned(library)
    await library.add(room, "i1", "Tờ trình", "bản một")
    house = library.committee.house
    assert await house.read(records.behind) == [room.sitting]
    await library.committee.rooms.close()  # the room is not there any more: its journal is read
    await library.index.catch_up()
    assert await house.read(records.behind) == []
    assert await library.titles("secretary", '"bản một"') == ["Tờ trình"]
