"""meetings.receipts.receipt, meetings.receipts.records, meetings.receipts.actions: who has read what, and who is told;
the same on both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.people.rights import Principal
from meetings.receipts import records
from meetings.receipts.actions import Receipts, VersionReceipts
from meetings.receipts.receipt import LOOK_MS, PageView, believed, receipt
from meetings.sitting import commands as c
from meetings.sitting.papers import SittingPapers
from meetings.sitting.room import Room
from meetings.sitting.rule_book import RuleBook
from store.errors import Denied, Missing, Refused
from tests.kit.committee import DISTRICT, Committee
from tests.kit.world import Fixed
from tests.meetings.sitting.test_rule_book import OWN

SHA = "ab" * 32
NEXT = "cd" * 32


def view(page: int, ms: int, at: int = 1000) -> PageView:
    return PageView("p", "paper", SHA, page, at, at + ms, ms)


def test_read_means_every_page_for_long_enough() -> None:
    long = LOOK_MS
    assert receipt("p", 2, []).reading == "unread"
    assert receipt("p", 2, [view(1, 1)]).reading == "part"
    assert receipt("p", 2, [view(1, long), view(2, long - 1)]).reading == "part"
    read = receipt("p", 2, [view(2, long, 500), view(1, long, 900)])
    assert (read.reading, read.read, read.pages) == ("read", 2, (long, long))
    assert (read.first_at, read.last_at) == (500, 900 + long)
    assert receipt("p", 1, [view(7, long)]).pages == (0,), "a page that there is not"


looks = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10**9)), max_size=20)


@given(looks, st.integers(0, 10**6), st.integers(0, 10**6))
def test_nobody_looked_for_longer_than_there_was_time(told: list[tuple[int, int]], since: int, now: int) -> None:
    found = believed(told, since, now)
    assert sum(ms for _, ms in found) == min(max(0, now - since), sum(ms for _, ms in told))
    assert all(ms > 0 for _, ms in found)
    assert all(ms <= sum(more for other, more in told if other == page) for page, ms in found)


class Desk:
    """A released sitting with a paper of three pages, one for member1 alone, and one handed out."""

    def __init__(self, committee: Committee, room: Room, world: Fixed) -> None:
        self.who, self.room, self.world = committee.who, room, world
        papers = SittingPapers(committee.house, committee.rooms, None, 0)  # type: ignore[arg-type]
        self.receipts, self.house = Receipts(committee.house, committee.rooms, papers), committee.house

    async def note(self, person: str, *told: tuple[int, int], paper: str = "a", sha256: str = SHA) -> None:
        self.world.step(60_000)
        await self.receipts.note(self.who[person], self.room.sitting, paper, sha256, told)

    async def seen(self, person: str = "secretary", paper: str = "a") -> list[VersionReceipts]:
        return await self.receipts.of_paper(self.who[person], self.room.sitting, paper)

    async def kept(self) -> list[PageView]:
        return [*await self.house.read(records.of_paper, self.room.sitting, "a")]

    async def reading(self, person: str) -> str:
        [newest, *_] = await self.seen()
        return next(one.reading for one in newest.receipts if one.person == person)


@pytest.fixture
async def desk(committee: Committee, world: Fixed) -> Desk:
    return await released(committee, world)


async def released(committee: Committee, world: Fixed) -> Desk:
    room = await committee.rooms.get(await committee.plan())
    secretary = committee.who["secretary"]
    await room.ask(secretary, c.AddItem("i1", "Ngân sách"))
    await room.ask(secretary, c.AttachPaper("a", "i1", "Tờ trình", SHA, 3, 9), trusted=True)
    await room.ask(secretary, c.AttachPaper("b", "i1", "Riêng", "0" * 64, 1, 9, ("member1",)), trusted=True)
    await room.ask(secretary, c.HandOutPaper("h", "i1"))
    await room.ask(secretary, c.Release(3))
    return Desk(committee, room, world)


async def test_chair_and_secretary_see_all_and_everybody_else_their_own(desk: Desk) -> None:
    await desk.note("member1", (1, 4000), (2, 3000))
    await desk.note("member2", (1, 4000), (2, 3000), (3, 2000))
    await desk.note("member1", (1, 1000))
    for person in ("secretary", "chair"):
        [version] = await desk.seen(person)
        found = {row.person: row for row in version.receipts}
        assert found["member1"].pages == (5000, 3000, 0)
        assert [found[one].reading for one in ("member1", "member2", "deputy")] == ["part", "read", "unread"]
        assert "clerk" not in found and "secretary" not in found
        [version] = await desk.seen(person, "b")
        assert {row.person for row in version.receipts} == {"chair", "member1"}, "only of whoever may read it"
        with pytest.raises(Missing):
            await desk.seen(person, "h")  # what was handed out is read elsewhere
    for paper in ("a", "b"):
        [version] = await desk.seen("member1", paper)
        assert [row.person for row in version.receipts] == ["member1"]
    with pytest.raises(Missing):
        await desk.seen("member2", "b")  # another's paper
    with pytest.raises(Denied):
        await desk.seen("technician")
    await desk.room.ask(desk.who["secretary"], c.AddressPaper("a", ("member2",)))
    with pytest.raises(Missing):
        await desk.seen("member1")  # what was taken from a reader
    assert any(row.person == "member1" for row in (await desk.seen())[0].receipts), "and still was read"


async def test_before_the_release_only_the_desk_knows_of_papers(committee: Committee, world: Fixed) -> None:
    room = await committee.rooms.get(await committee.plan())
    await room.ask(committee.who["secretary"], c.AddItem("i1", "Ngân sách"))
    await room.ask(committee.who["secretary"], c.AttachPaper("a", "i1", "Dự thảo", SHA, 3, 9), trusted=True)
    desk = Desk(committee, room, world)
    assert [one.step for one in await desk.seen()] == ["draft"]
    for person in ("member1", "deputy"):
        with pytest.raises(Missing):
            await desk.seen(person)


async def test_only_a_reader_tells_and_only_of_what_there_is(desk: Desk) -> None:
    for told in ([(4, 100)], [(0, 100)], [(1, -1)], [(1, 1)] * 501):
        with pytest.raises(Refused) as refused:
            await desk.note("member1", *told)
        assert refused.value.code == "field-wrong"
    with pytest.raises(Refused) as refused:
        await desk.note("member1", (1, 1), sha256=NEXT)
    assert refused.value.code == "paper-replaced"
    with pytest.raises(Missing):
        await desk.note("member2", (1, 1), paper="b", sha256="0" * 64)
    with pytest.raises(Denied):
        await desk.receipts.note(Principal("site", "site-east"), desk.room.sitting, "a", SHA, [(1, 1)])
    assert await desk.kept() == []


async def test_what_was_open_before_a_recall_stays_on_record(desk: Desk) -> None:
    await desk.note("member1", (1, 4000))
    await desk.room.ask(desk.who["secretary"], c.ReplacePaper("a", SHA, NEXT, 1, 9, "Sửa"), trusted=True)
    assert await desk.reading("member1") == "unread", "another version is another paper"
    await desk.note("member2", (1, 4000), sha256=NEXT)
    assert await desk.reading("member2") == "read"
    await desk.room.ask(desk.who["secretary"], c.RecallPaper("a", "Nhầm"))
    with pytest.raises(Refused) as refused:
        await desk.note("member3", (1, 4000), sha256=NEXT)
    assert refused.value.code == "paper-recalled"
    told = [(one.version, one.step, [row.person for row in one.receipts]) for one in await desk.seen()]
    assert told == [(2, "recalled", ["member2"]), (1, "replaced", ["member1"])]


async def test_a_rule_that_forbids_them_keeps_nothing(committee: Committee, world: Fixed) -> None:
    own = OWN.replace("2026-12-01", "2026-11-01").replace("changeable =", "read_receipts = false\nchangeable =")
    await RuleBook(committee.house).adopt(committee.who["chair"], DISTRICT, own)
    desk = await released(committee, world)
    await desk.note("member1", (1, 4000))
    with pytest.raises(Refused) as refused:
        await desk.seen()
    assert refused.value.code == "receipts-off"
    assert await desk.kept() == []
