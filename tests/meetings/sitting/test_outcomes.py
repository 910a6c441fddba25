"""Decisions, notes, comments; the notice of conclusions, the extract, the minutes of the sitting before.

meetings.sitting.outcomes, meetings.sitting.letterhead, web.routes.outcomes, over a real node with its workshop.
"""

from __future__ import annotations

import io

import pypdf
import pytest

from meetings.sitting import commands as c
from meetings.sitting import minutes, notices, outcomes
from meetings.sitting.room import Room
from meetings.sitting.screen import screen
from meetings.sitting.views import view_of
from store.errors import Refused, Stale
from tests.kit.node import Node
from tests.kit.played import Played, refused


def words(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_a_conclusion_names_its_vote_who_was_here_and_the_papers_shown() -> None:
    played = Played().opened().do("secretary", c.AttachPaper("p2", "i1", "Phụ lục", "e" * 64, 1, 1), c.OpenItem("i1"))
    played.do("chair", c.OpenVote("b1", "i1"))
    for person in ("chair", "deputy", "a"):
        played.do(person, c.Cast("b1", ("for",)))
    played.do("chair", c.CloseVote("b1")).do("deputy", c.CheckOut()).do("chair", c.Conclude("i1", "Đồng ý."))
    decision = played.state.decisions["i1"]
    assert (decision.ballot, decision.present, decision.papers) == ("b1", ("chair", "a"), ("f" * 64,))
    played.do("chair", c.ShowPage("p2", 1), c.Conclude("i1", "Đồng ý, có sửa."))
    assert played.state.decisions["i1"].papers == ("f" * 64, "e" * 64), "a later word rests on what was shown since"
    played.do("secretary", c.OpenItem("i2")).do("chair", c.Conclude("i2", "Ghi nhận."))
    assert played.state.decisions["i2"].ballot == "" and played.state.decisions["i2"].papers == ()


def test_the_secretary_notes_the_course_as_it_goes_on() -> None:
    played = Played().opened().do("secretary", c.OpenItem("i1"))
    played.do("secretary", c.TakeNote("n1", "i1", "Ông A đề nghị bổ sung."), c.TakeNote("n2", "i1", "Nhầm"))
    assert refused(lambda: played.do("secretary", c.TakeNote("n1", "i1", "Lại"))) == "field-wrong"
    assert refused(lambda: played.do("secretary", c.TakeNote("n3", "i2", "Sớm")), Stale) == "no-such-item"
    played.do("secretary", c.ChangeNote("n1", "Ông A đề nghị bổ sung vốn."), c.ChangeNote("n2", ""))
    assert [note.text for note in played.state.notes] == ["Ông A đề nghị bổ sung vốn."]
    assert refused(lambda: played.do("secretary", c.ChangeNote("n2", "x")), Stale) == "no-such-note"


def test_who_was_there_comments_on_the_draft_while_it_is_open_to_that() -> None:
    played = Played().closed().do("secretary", c.SaveMinutes(0, "1" * 64, True))
    early = c.MakeComment("c1", 1, 0, "Tôi nói khác")
    assert refused(lambda: played.do("a", early)) == "no-comments-now"
    played.do("secretary", c.OpenComments())
    told = {one.person for one in notices.of(played.state, played.happenings[-1]) if one.kind == "comments-opened"}
    assert told == {"chair", "deputy", "a", "guest"}, "who was there"
    played.do("secretary", c.OpenComments()).do("a", early)
    assert ("secretary", "answer-comments") in minutes.waiting(played.state)
    assert refused(lambda: played.do("b", c.MakeComment("c2", 1, 0, "Tôi vắng"))) == "no-comments-now"
    assert refused(lambda: played.do("a", c.MakeComment("c3", 9, 0, "Bản cũ")), Stale) == "minutes-changed"
    assert refused(lambda: played.do("secretary", c.AnswerComment("c1", False))) == "field-needed"
    played.do("secretary", c.AnswerComment("c1", True), c.AnswerComment("c1", True))
    assert [(one.person, one.taken) for one in played.state.comments] == [("a", True)]
    assert ("secretary", "answer-comments") not in minutes.waiting(played.state)
    played.do("guest", c.MakeComment("c5", 1, 0, "Tôi đã phát biểu"))
    played.do("chair", c.ApproveMinutes(1))
    assert refused(lambda: played.do("a", c.MakeComment("c4", 1, 0, "Muộn"))) == "no-comments-now"


def test_a_guest_does_not_read_of_what_was_closed_to_them() -> None:
    for closed in (c.ChangeItem("i2", "Khác", 10, closed=True), c.AddItem("i3", "Nhân sự", closed=True)):
        played = Played().opened().do("secretary", closed)
        played.do("secretary", c.OpenItem(closed.item))
        played.do("chair", c.Close()).do("secretary", c.SaveMinutes(0, "1" * 64, True), c.OpenComments())
        assert refused(lambda played=played: played.do("guest", c.MakeComment("c", 1, 0, "?"))) == "no-comments-now"
        assert screen(played.state, view_of(played.state, "guest"), {}, {}).minutes.step == "withheld"


async def concluded(node: Node) -> Room:
    room, who = await node.opened(), node.committee.who
    await room.ask(who["secretary"], c.TakeNote("n1", "i1", "Ông Thứ 1 đề nghị tăng vốn."))
    await node.voted(room)
    await room.ask(who["chair"], c.Conclude("i1", "Thống nhất phân bổ kinh phí."))
    return room


async def test_the_draft_holds_notes_and_partial_attendance(node: Node) -> None:
    room, who = await concluded(node), node.committee.who
    await room.ask(who["member7"], c.CheckOut())
    await room.ask(who["chair"], c.OpenItem("i2"))
    await node.drafted(room)
    text, _ = await node.office.minutes.text(who["secretary"], room.sitting)
    assert "Ông Thứ 1 đề nghị tăng vốn." in text.course
    assert any("Thứ 7" in line and "không dự mục 2" in line for line in text.attendance)


async def test_the_draft_is_read_by_members_only_while_comments_are_open(node: Node) -> None:
    room = await concluded(node)
    await node.drafted(room)
    member, absent = await node.signed_in("member1"), await node.signed_in("member8")
    address = f"/api/sittings/{room.sitting}/minutes"
    assert (await member.get(address)).code == "no-right"
    await room.ask(node.committee.who["secretary"], c.OpenComments())
    assert (await member.get(address)).status == 200 and (await absent.get(address)).code == "no-right"


async def test_the_notice_of_conclusions_is_numbered_and_told(node: Node) -> None:
    room = await concluded(node)
    await node.drafted(room)
    clerk, member = await node.signed_in("clerk"), await node.signed_in("member1")
    address = f"/api/sittings/{room.sitting}/conclusions"
    text = (await clerk.get(address)).body
    assert text["summary"] == "Kết luận phiên họp thường kỳ" and text["due"] == outcomes.due_day(room.state.closed_at)
    assert any("Thống nhất phân bổ kinh phí." in line for line in text["lines"])
    odd = text | {"lines": ["Nhất trí 😀"]}
    assert (await clerk.post(address, text)).code == "no-right", "who numbers papers does not write them"
    secretary = await node.signed_in("secretary")
    assert (await secretary.post(address, odd)).code == "text-unprintable" and room.state.notice is None
    assert (await secretary.post(address, text)).status == 204
    assert room.state.notice is not None and room.state.notice.symbol == "01/TB-UBND"
    assert (await member.post(address, text)).code == "no-right"
    link = (await member.get(f"{address}/file")).body
    printed = words((await (await node.browser()).get(link["url"])).data)
    assert "THÔNG BÁO" in printed and "01/TB-UBND" in printed and "Thống nhất phân bổ kinh phí." in printed
    assert (await member.get("/api/desk")).body["notices"][0]["kind"] == "concluded"


async def test_an_extract_says_one_item_and_nothing_of_another(node: Node) -> None:
    room, who = await concluded(node), node.committee.who
    await room.ask(who["chair"], c.OpenItem("i2"))
    await room.ask(who["chair"], c.Conclude("i2", "Điều động cán bộ."))
    await node.drafted(room)
    secretary = await node.signed_in("secretary")
    address = f"/api/sittings/{room.sitting}/items/i1/extract.pdf"
    assert (await secretary.get(address)).code == "minutes-not-now"
    await room.ask(who["chair"], c.ApproveMinutes(room.state.minutes.version))
    await node.office.minutes.number(who["clerk"], room.sitting)
    printed = words((await secretary.get(address)).data)
    assert "TRÍCH BIÊN BẢN" in printed and "Thống nhất phân bổ kinh phí." in printed and "Thông qua?" in printed
    assert "Điều động" not in printed and "01/BB-UBND" in printed


async def test_the_minutes_before_are_an_item_of_the_next_sitting(node: Node) -> None:
    secretary = node.committee.who["secretary"]
    early = await node.planned(begins=1_795_400_000_000)
    with pytest.raises(Refused, match="no-previous-minutes"):
        await node.office.outcomes.put_previous_minutes(secretary, early.sitting)
    room = await concluded(node)
    await node.signed_minutes(room)
    following = await node.planned(begins=room.state.begins + 86_400_000)
    item = await node.office.outcomes.put_previous_minutes(secretary, following.sitting)
    [paper] = [paper for paper in following.state.papers if paper.item == item]
    assert paper.sha256 == room.state.minutes.pdf, "the very file that was signed"
    found = following.state.find_item(item)
    assert found is not None and "01/BB-UBND" in found.title and found.question == "Thông qua biên bản?"
    with pytest.raises(Refused, match="item-exists"):
        await node.office.outcomes.put_previous_minutes(secretary, following.sitting)
