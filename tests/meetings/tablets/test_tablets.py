"""meetings.tablets.actions, meetings.tablets.records: who took what along, what may stay, a tablet that was lost."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.people import records as people
from meetings.people.accounts import Accounts
from meetings.people.rights import NOBODY
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from meetings.tablets.actions import HOUR_MS, MOST_TABLETS, Tablets
from meetings.watermarks.actions import Watermarks
from store.errors import Denied, Missing, Refused
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces

TABLET, OTHER = "a" * 64, "b" * 64
ID = hashlib.sha256(TABLET.encode()).hexdigest()
HOURS = 24


class Desk:
    """A released sitting with two papers, the second for one member alone."""

    def __init__(self, committee: Committee, room: Room, workshop: Workshop) -> None:
        self.committee, self.who, self.room = committee, committee.who, room
        papers = Papers(committee.house.blobs, workshop, FONTS)
        self.papers = SittingPapers(committee.house, committee.rooms, papers, 10_000_000)
        self.accounts = Accounts(committee.house)
        marks = Watermarks(committee.house, committee.rooms, papers, FONTS)
        self.tablets = Tablets(committee.house, committee.rooms, self.papers, marks, self.accounts, HOURS)

    async def take(self, person: str = "member1", tablet: str = TABLET) -> int:
        taken = await self.tablets.take(self.who[person], tablet, "Mozilla/5.0 (iPad)", self.room.sitting)
        assert taken.until == taken.now + HOURS * HOUR_MS
        return taken.until

    async def keeps(self, tablet: str = TABLET) -> list[str] | None:
        told = await self.tablets.contact(tablet)
        return None if told.cut else told.keeps.get(self.room.sitting, [])

    @property
    def sha256(self) -> list[str]:
        return [paper.sha256 for paper in self.room.state.papers]

    async def acts(self, kind: str) -> int:
        acts = await self.committee.people.acts(self.who["technician"])
        return sum(event.kind == kind for event in acts)


@pytest.fixture
async def desk(committee: Committee) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    room = await committee.rooms.get(await committee.plan())
    made = Desk(committee, room, workshop)
    secretary = committee.who["secretary"]
    for person in ("member1", "member2", "secretary", "east-chair"):
        await made.accounts.open_account(committee.who["technician"], person, person)
    await room.ask(secretary, c.AddItem("i1", "Ngân sách"))
    for name, readers in (("p1", None), ("p2", ("member1",))):
        take = made.papers.stream(pieces(sheet(name)))
        await made.papers.add(secretary, room.sitting, "i1", Offered(name, readers, paper=name), take)
    await room.ask(secretary, c.Release(3))
    yield made
    await workshop.close()


async def test_a_tablet_keeps_what_its_person_may_read_and_loses_what_they_may_not(desk: Desk) -> None:
    await desk.take()
    await desk.take("member2", OTHER)
    assert await desk.keeps() == desk.sha256 and await desk.keeps(OTHER) == desk.sha256[:1]
    await desk.room.ask(desk.who["secretary"], c.RecallPaper("p1", "Nhầm"))
    assert await desk.keeps() == desk.sha256[1:] and await desk.keeps(OTHER) == []
    await desk.take("east-chair", "c" * 64)
    await desk.room.ask(
        desk.who["secretary"], c.ReplacePaper("p1", desk.sha256[0], "d" * 64, 1, 9, "Sửa"), trusted=True
    )
    assert await desk.keeps("c" * 64) == ["d" * 64], "another version"
    await desk.room.ask(desk.who["secretary"], c.Uninvite(("east-chair",)))
    assert await desk.keeps("c" * 64) == []


async def test_a_copy_from_before_the_mark_is_none_that_may_stay(desk: Desk) -> None:
    await desk.take()
    await desk.take("secretary", OTHER)
    await desk.room.ask(desk.who["secretary"], c.WatermarkPaper("p1", True))
    assert await desk.keeps() == [f"{desk.sha256[0]}+", desk.sha256[1]]
    assert await desk.keeps(OTHER) == desk.sha256, "who prepares has them bare"


async def test_nobody_has_more_tablets_than_anybody_needs_and_one_that_is_empty_is_forgotten(desk: Desk) -> None:
    for number in range(MOST_TABLETS):
        await desk.take("member1", str(number) * 64)
    with pytest.raises(Refused, match="tablets-many"):
        await desk.take()
    await desk.tablets.forget(desk.who["member2"], "0" * 64)  # not theirs
    with pytest.raises(Refused, match="tablets-many"):
        await desk.take()
    await desk.tablets.forget(desk.who["member1"], "0" * 64)
    await desk.take()
    assert await desk.keeps("0" * 64) is None


async def test_that_papers_were_taken_along_is_on_record_once_and_for_who_may_read_alone(desk: Desk) -> None:
    for stranger in (NOBODY, desk.who["technician"]):
        with pytest.raises(Denied):
            await desk.tablets.take(stranger, TABLET, "x", desk.room.sitting)
    assert await desk.keeps() is None and await desk.acts("copy-taken") == 0
    first = await desk.take()
    assert await desk.acts("copy-taken") == 1
    desk.committee.house.world.step(HOUR_MS)  # type: ignore[attr-defined]
    assert await desk.take() == first + HOUR_MS and await desk.acts("copy-taken") == 1, "renewed"
    with pytest.raises(Denied, match="tablet-cut"):
        await desk.take("member2")  # somebody else's tablet
    await desk.tablets.drop(desk.who["member2"], TABLET, desk.room.sitting)  # not theirs to drop
    assert await desk.keeps()
    await desk.tablets.drop(desk.who["member1"], TABLET, desk.room.sitting)
    assert await desk.keeps() == []


async def test_a_lost_tablet_is_cut_off_with_its_owners_sessions(desk: Desk) -> None:
    await desk.take()
    technician, house = desk.who["technician"], desk.committee.house
    [row] = await desk.tablets.listed(technician)
    assert (row.id, row.name, row.device, row.cut) == (ID, "Nguyễn Văn Thứ 1", "Mozilla/5.0 (iPad)", 0)
    assert [copy.title for copy in row.copies] == [desk.room.state.title]
    for other in ("member1", "secretary", "chair"):
        with pytest.raises(Denied):
            await desk.tablets.listed(desk.who[other])
        with pytest.raises(Denied):
            await desk.tablets.cut(desk.who[other], ID)
    with pytest.raises(Missing, match="no-such-tablet"):
        await desk.tablets.cut(technician, "none")
    assert await desk.keeps()
    row_ = {"token": "t", "id": "s", "person": "member1", "began": 0, "ends": 2**50, "device": ""}
    await house.write(lambda conn: people.put_session(conn, **row_))
    await desk.tablets.cut(technician, ID)
    assert await desk.keeps() is None and await desk.acts("tablet-cut") == 1
    assert not await desk.accounts.alive("s")
    with pytest.raises(Denied, match="tablet-cut"):
        await desk.take()
    await desk.tablets.cut(technician, ID)
    assert await desk.acts("tablet-cut") == 1
    [row] = await desk.tablets.listed(technician)
    assert row.cut > 0


async def test_a_tablet_of_a_closed_account_keeps_nothing_and_one_whose_time_is_over_is_forgotten(desk: Desk) -> None:
    await desk.take()
    await desk.take("member2", OTHER)
    await desk.accounts.close_account(desk.who["technician"], "member2")
    assert await desk.keeps(OTHER) is None and await desk.keeps()
    desk.committee.house.world.step((HOURS + 1) * HOUR_MS)  # type: ignore[attr-defined]
    await desk.take("secretary", "c" * 64)
    assert [row.person for row in await desk.tablets.listed(desk.who["technician"])] == ["secretary"]
    assert await desk.keeps() is None
