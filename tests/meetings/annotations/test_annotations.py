"""meetings.annotations.annotation, meetings.annotations.records, meetings.annotations.actions and
web.routes.my_annotations: a person's own, and carried to the newest version; the same on both databases."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import msgspec
import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.annotations import actions
from meetings.annotations.actions import Annotations
from meetings.annotations.annotation import Annotation, Highlight, Ink, Mark, Remark, carried
from meetings.sitting import commands as c
from meetings.sitting.papers import Offered, SittingPapers
from meetings.sitting.room import Room
from store.errors import Denied, Missing, Refused
from tests.kit.authority import FONTS
from tests.kit.committee import Committee
from tests.kit.files import sheet
from tests.kit.pdfs import pieces

NEXT = "f" * 64
INK = Ink(((100, 100), (200, 250)), "red")
BEFORE = ["Mở đầu của tờ trình", "Kinh phí sửa đường là hai tỉ đồng mỗi năm", "Kết luận và kiến nghị", ""]
AFTER = ["Trang bìa mới hoàn toàn", "Mở đầu của tờ trình", "Kinh phí sửa đường là ba tỉ đồng mỗi năm", "", ""]


def on(page: int, mark: Mark = INK) -> Annotation:
    return Annotation("x", "0" * 64, page, mark)


def page_after(one: Annotation, before: list[str] = BEFORE, after: list[str] = AFTER) -> int:
    made = carried(one, NEXT, {one.sha256: before, NEXT: after})
    assert made.sha256 == NEXT
    return made.page


def test_an_annotation_goes_where_its_page_went() -> None:
    assert page_after(on(1)) == 2
    assert page_after(on(2, Remark((5, 5), "Đắt"))) == 3, "a little other, and still the same page"
    assert page_after(on(3)) == 0
    assert page_after(on(4)) == 0, "which of two scans?"
    assert page_after(on(1), ["", ""], ["", ""]) == 1, "scans page for page"
    assert page_after(on(9)) == page_after(on(0)) == 0
    same = Annotation("x", NEXT, 2, INK)
    assert carried(same, NEXT, {}) is same


def test_a_highlight_goes_where_its_words_are() -> None:
    assert page_after(on(2, Highlight("sửa đường", 0, "yellow"))) == 3
    assert page_after(on(0, Highlight("sửa đường", 0, "yellow"))) == 3, "back again in a later version"
    for gone in ("HAI tỉ", "…", "ửa đường"):
        assert page_after(on(2, Highlight(gone, 0, "yellow"))) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "ink", "points": [[0, 10_001]], "colour": "red"},
        {"kind": "ink", "points": [], "colour": "red"},
        {"kind": "ink", "points": [[1, 1]] * 2001, "colour": "red"},
        {"kind": "ink", "points": [[1, 1]], "colour": "pink"},
        {"kind": "highlight", "quote": "", "nth": 0, "colour": "red"},
        {"kind": "remark", "at": [1, 1], "text": "x" * 4001},
        {"kind": "remark", "at": [1, 1], "text": "x", "more": 1},
        {"kind": "stamp", "at": [1, 1]},
    ],
)
def test_what_is_no_annotation_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Mark)


class Desk:
    def __init__(self, committee: Committee, room: Room, workshop: Workshop) -> None:
        self.who, self.room = committee.who, room
        papers = Papers(committee.house.blobs, workshop, FONTS)
        self.papers = SittingPapers(committee.house, committee.rooms, papers, 10_000_000)
        self.annotations = Annotations(committee.house, self.papers, papers)
        self.paper = ""

    async def add(self, *pages: str) -> None:
        take = self.papers.stream(pieces(sheet("\n#pagebreak()\n".join(pages))))
        await self.papers.add(self.who["secretary"], self.room.sitting, "i1", Offered("Tờ trình"), take)
        self.paper = self.room.state.papers[-1].id

    async def put(self, person: str, page: int, mark: Mark, id_: str = "", sha256: str = "") -> str:
        made = Annotation(id_ or str(uuid.uuid4()), sha256 or self.room.state.papers[-1].sha256, page, mark)
        await self.annotations.put(self.who[person], self.room.sitting, self.paper, made)
        return made.id

    async def seen(self, person: str) -> set[tuple[str, int]]:
        shown = await self.annotations.shown(self.who[person], self.room.sitting, self.paper)
        return {(one.id, one.page) for one in shown}


@pytest.fixture
async def desk(committee: Committee) -> AsyncIterator[Desk]:
    workshop = Workshop(workers=1)
    room = await committee.rooms.get(await committee.plan())
    await room.ask(committee.who["secretary"], c.AddItem("i1", "Ngân sách"))
    made = Desk(committee, room, workshop)
    await made.add(*BEFORE[:3])
    await room.ask(committee.who["secretary"], c.Release(3))
    yield made
    await workshop.close()


async def test_they_are_ones_own(desk: Desk) -> None:
    mine = await desk.put("member1", 1, INK)
    other = await desk.put("member2", 2, Remark((5, 5), "Hỏi lại"))
    assert await desk.seen("member1") == {(mine, 1)}
    assert await desk.seen("member2") == {(other, 2)}
    assert await desk.seen("chair") == await desk.seen("secretary") == set()
    await desk.put("member2", 3, INK, mine)  # the same id is another's thing
    await desk.annotations.drop(desk.who["member2"], desk.room.sitting, desk.paper, mine)
    assert await desk.seen("member1") == {(mine, 1)}
    with pytest.raises(Denied):
        await desk.annotations.shown(desk.who["technician"], desk.room.sitting, desk.paper)


async def test_sent_again_it_is_there_once_and_changed_it_is_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await desk.put("member1", 1, INK)
    await desk.put("member1", 1, INK, one)
    await desk.put("member1", 2, INK, one)
    assert await desk.seen("member1") == {(one, 2)}
    for _ in range(2):
        await desk.annotations.drop(desk.who["member1"], desk.room.sitting, desk.paper, one)
    assert await desk.seen("member1") == set()
    for page, id_, sha256 in ((0, "", ""), (4, "", ""), (1, "x", ""), (1, "../../etc", ""), (1, "", NEXT)):
        with pytest.raises(Refused, match="field-wrong"):
            await desk.put("member1", page, INK, id_, sha256)
    monkeypatch.setattr(actions, "MOST", 1)
    one = await desk.put("member1", 1, INK)
    await desk.put("member1", 2, INK, one)
    with pytest.raises(Refused, match="annotations-many"):
        await desk.put("member1", 1, INK)
    monkeypatch.setattr(actions, "MOST", 9)
    monkeypatch.setattr(actions, "LARGEST", 10)
    with pytest.raises(Refused, match="annotations-many"):
        await desk.put("member1", 1, INK)
    await desk.put("member2", 1, INK)  # another's are another's


async def test_they_are_carried_to_the_newest_version_and_none_is_lost(desk: Desk) -> None:
    first = await desk.put("member1", 1, INK)
    quote = await desk.put("member1", 2, Highlight("sửa đường", 0, "green"))
    gone = await desk.put("member1", 3, Remark((5, 5), "Vì sao?"))
    take = desk.papers.stream(pieces(sheet("\n#pagebreak()\n".join(AFTER[:3]))))
    version = desk.room.state.papers[0].sha256
    secretary = desk.who["secretary"]
    await desk.papers.replace(secretary, desk.room.sitting, desk.paper, version, "Sửa", Offered("").intake, take)
    late = await desk.put("member1", 2, INK, sha256=version)  # drawn before the new version came, and sent after it
    for _ in range(2):  # the second time it is known
        assert await desk.seen("member1") == {(first, 2), (quote, 3), (gone, 0), (late, 3)}
    await desk.put("member1", 3, Remark((5, 5), "Vì sao?"), gone)  # put where it belongs now
    assert (gone, 3) in await desk.seen("member1")
    await desk.room.ask(secretary, c.RecallPaper(desk.paper, "Nhầm"))
    with pytest.raises(Refused, match="paper-recalled"):
        await desk.seen("member1")
    with pytest.raises(Missing):
        await desk.annotations.shown(desk.who["member1"], desk.room.sitting, "none")
