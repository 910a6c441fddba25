"""Papers of a sitting: who adds them, who opens them, and when. meetings.sitting.papers"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.people.rights import NOBODY, Principal
from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting import paper_comments
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from store.errors import Denied, Missing, Refused
from tests.kit.committee import Committee
from tests.kit.node import pdf

FONTS = Path(__file__).resolve().parents[3] / "web" / "fonts"
EAST_WALL, PROVINCE_WALL = Principal("site", "site-east"), Principal("site", "site-province")


async def stream(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 1000):
        yield data[at : at + 1000]


class Unread:
    """A source that must not be read."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise AssertionError("read before the right was asked")


@pytest.fixture
async def papers(committee: Committee) -> AsyncIterator[SittingPapers]:
    workshop = Workshop(workers=1)
    yield SittingPapers(committee.house, committee.rooms, Papers(committee.house.blobs, workshop, FONTS), 100_000)
    await workshop.close()


async def planned(committee: Committee, **given: object) -> Room:
    room = await committee.rooms.get(await committee.plan(**given))
    for item, closed in (("open", False), ("closed", True)):
        await room.ask(committee.who["secretary"], c.AddItem(item, "Nội dung", closed=closed))
    return room


async def add(papers: SittingPapers, committee: Committee, room: Room, item: str) -> str:
    take = papers.stream(stream(pdf(2, item)))
    await papers.add(committee.who["secretary"], room.sitting, item, Offered(f"  Tờ trình {item} "), take)
    return room.state.papers[-1].id


async def may_find(papers: SittingPapers, who: Principal, room: Room, paper: str) -> bool:
    try:
        return (await papers.find(who, room.sitting, paper)).id == paper
    except (Denied, Missing):
        return False


async def test_a_paper_is_attached_with_what_was_found_in_it(committee: Committee, papers: SittingPapers) -> None:
    room = await planned(committee)
    await add(papers, committee, room, "open")
    [paper] = room.state.papers
    assert (paper.item, paper.name, paper.pages) == ("open", "Tờ trình open", 2)
    data = await committee.house.blobs.load(paper.sha256)
    assert len(data) == paper.size and data.startswith(b"%PDF-")


async def test_the_same_paper_by_the_same_id_is_attached_once(committee: Committee, papers: SittingPapers) -> None:
    room, secretary = await planned(committee), committee.who["secretary"]
    await papers.add(secretary, room.sitting, "open", Offered("Một", paper="p1"), papers.stream(stream(pdf())))
    with pytest.raises(Refused, match="paper-twice"):
        await papers.add(secretary, room.sitting, "open", Offered("Hai", paper="p2"), papers.stream(stream(pdf())))
    assert [paper.id for paper in room.state.papers] == ["p1"]
    await papers.add(secretary, room.sitting, "closed", Offered("Ở mục khác", paper="p3"), papers.stream(stream(pdf())))


@pytest.mark.parametrize("person", ["chair", "member1", "clerk", "east-chair", "technician"])
async def test_only_the_secretary_adds_and_nothing_is_read_before_that_is_asked(
    committee: Committee, papers: SittingPapers, person: str
) -> None:
    room = await planned(committee)
    with pytest.raises(Denied):
        await papers.add(committee.who[person], room.sitting, "open", Offered("T"), papers.stream(Unread()))
    assert room.state.papers == ()


async def test_no_item_no_name_no_sitting_no_room_for_it(committee: Committee, papers: SittingPapers) -> None:
    room, secretary = await planned(committee), committee.who["secretary"]
    here = room.sitting
    for item, name, sitting, code in (
        ("none", "T", here, "no-such-item"),
        ("open", "  ", here, "field-needed"),
        ("open", "T\x00", here, "field-wrong"),
        ("open", "T", "none", "no-such-sitting"),
    ):
        with pytest.raises(Refused, match=code):
            await papers.add(secretary, sitting, item, Offered(name), papers.stream(Unread()))
    with pytest.raises(Refused, match="too-large"):
        await papers.add(secretary, room.sitting, "open", Offered("T"), papers.stream(stream(pdf() + bytes(100_000))))
    with pytest.raises(Refused, match="kind-unknown"):
        await papers.add(secretary, room.sitting, "open", Offered("T"), papers.stream(stream(b"PK")))
    assert room.state.papers == ()


async def test_who_opens_which_paper_before_and_after_the_release(committee: Committee, papers: SittingPapers) -> None:
    room, who = await planned(committee), committee.who
    both = [await add(papers, committee, room, item) for item in ("open", "closed")]
    viewers = {name: who[name] for name in ("chair", "secretary", "clerk", "member1", "east-chair", "technician")}
    viewers |= {"wall": EAST_WALL, "other wall": PROVINCE_WALL, "nobody": NOBODY}

    async def seen() -> dict[str, list[bool]]:
        return {
            name: [await may_find(papers, viewer, room, paper) for paper in both] for name, viewer in viewers.items()
        }

    desk = {"chair": [True, True], "secretary": [True, True], "clerk": [True, True]}
    never = {name: [False, False] for name in ("technician", "other wall", "nobody")}
    no = [False, False]
    assert await seen() == desk | never | {"member1": no, "east-chair": no, "wall": no}
    await room.ask(who["secretary"], c.Release(3))
    after = {"member1": [True, True], "east-chair": [True, False], "wall": [True, False]}
    assert await seen() == desk | never | after
    await room.ask(who["secretary"], c.ChangeItem("closed", "Nội dung", closed=False))
    assert await seen() == desk | never | after | {"east-chair": [True, True], "wall": [True, True]}


async def test_who_reads_what_was_said_of_a_paper(committee: Committee, papers: SittingPapers) -> None:
    room, who = await planned(committee), committee.who
    opened, closed = [await add(papers, committee, room, item) for item in ("open", "closed")]
    await room.ask(who["secretary"], c.Release(3))
    for number, paper in enumerate((opened, closed)):
        sha256 = next(one.sha256 for one in room.state.papers if one.id == paper)
        await room.ask(who["member1"], c.CommentOnPaper(f"c{number}", paper, sha256, 0, "Nên sửa"))
        seen = await papers.comments(who["member2"], room.sitting, paper)
        assert [one.text for one in seen.comments] == ["Nên sửa"] and seen.may_comment
        assert not seen.comments[0].may_answer
    assert len((await papers.comments(who["east-chair"], room.sitting, opened)).comments) == 1
    with pytest.raises(Missing, match="no-such-paper"):
        await papers.comments(who["east-chair"], room.sitting, closed)  # nor that something was said of it
    east = room.view_for(who["east-chair"])
    assert set(paper_comments.tallies(room.state, east)) == {opened}
    for stranger in (who["technician"], EAST_WALL, NOBODY):
        with pytest.raises(Denied):
            await papers.comments(stranger, room.sitting, opened)
        with pytest.raises(Denied):
            await room.ask(stranger, c.CommentOnPaper("c9", opened, "0" * 64, 0, "?"))


async def test_a_guest_of_one_item_opens_the_papers_of_that_item_alone(
    committee: Committee, papers: SittingPapers
) -> None:
    room, secretary = await planned(committee, units=("east",)), committee.who["secretary"]
    both = [await add(papers, committee, room, item) for item in ("open", "closed")]
    seat = e.Seat("west-chair", "m-west-chair", "west", "guest", items=("closed",))
    await room.ask(secretary, c.Invite((seat,)), trusted=True)
    await room.ask(secretary, c.Release(3))
    assert [await may_find(papers, committee.who["west-chair"], room, paper) for paper in both] == [False, True]


async def test_a_paper_that_was_taken_away_is_found_no_more(committee: Committee, papers: SittingPapers) -> None:
    room, secretary = await planned(committee), committee.who["secretary"]
    paper = await add(papers, committee, room, "open")
    await room.ask(secretary, c.DetachPaper(paper))
    with pytest.raises(Missing, match="no-such-paper"):
        await papers.find(secretary, room.sitting, paper)


async def test_a_paper_for_some_is_opened_by_them_and_the_desk(committee: Committee, papers: SittingPapers) -> None:
    room, who = await planned(committee), committee.who
    secretary, source = who["secretary"], stream(pdf(2, "private"))
    offered = Offered("Nhân sự", (who["member1"].id,), paper="p")
    await papers.add(secretary, room.sitting, "open", offered, papers.stream(source))
    with pytest.raises(Refused, match="not-invited"):
        await papers.add(secretary, room.sitting, "open", Offered("T", ("stranger",)), papers.stream(Unread()))
    await room.ask(secretary, c.Release(3))
    viewers = [who[name] for name in ("chair", "secretary", "clerk", "member1", "member2", "east-chair")]
    assert [await may_find(papers, one, room, "p") for one in [*viewers, EAST_WALL]] == [True] * 4 + [False] * 3
    await room.ask(secretary, c.AddressPaper("p", (who["member2"].id,)))
    assert [await may_find(papers, who[name], room, "p") for name in ("member1", "member2")] == [False, True]
    await room.ask(secretary, c.AddressPaper("p", None))
    assert [await may_find(papers, one, room, "p") for one in [*viewers, EAST_WALL]] == [True] * 7
