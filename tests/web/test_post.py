"""Letters to a real mail server: what it got, with a calendar entry in Vietnam time. web.post, web.letters,
web.courier, meetings.sitting.invitations, meetings.sitting.notice_board, meetings.sitting.templates,
web.routes.invitations, web.routes.register, web.routes.templates
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pypdf
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from meetings.opinion.actions import NewOpinion
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from store import jobs
from store.errors import Denied, Refused
from store.world import VIETNAM
from tests.kit.committee import DISTRICT, EAST, WEST
from tests.kit.node import Node, running
from tests.kit.servers import free_port
from web.post import PostOffice
from web.settings import Settings

BEGINS = 1_895_490_000_000  # 24/01/2030: far enough for any notice
DAY_MS = 86_400_000


class Mailbox:
    """A mail server's side: keeps what it takes, refuses what it is told to."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refuse = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, server.port
    server.stop()


@pytest.fixture
async def node(tmp_path: Path, template: Path, mailbox: tuple[Mailbox, int]) -> AsyncIterator[Node]:
    mail: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": mailbox[1], "smtp_security": "none"}
    async with running(tmp_path, template, mail_from="hop@vinh-linh.example", **mail) as made:
        for person in ("member1", "member2", "chair", "secretary"):
            await made.office.people.change_email(made.committee.who["technician"], person, f"{person}@example.vn")
        yield made


async def arrived(box: Mailbox, count: int) -> list[EmailMessage]:
    for _ in range(400):
        if len(box.got) >= count:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    assert len(box.got) == count, [message["Subject"] for message in box.got]
    got, box.got = box.got, []
    return got


def entry_of(message: EmailMessage) -> tuple[str, Any]:
    """The calendar entry of a letter, as icalendar reads it: its method and its event."""
    [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    read = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == read["METHOD"]
    [event] = read.walk("VEVENT")
    return str(read["METHOD"]), event


async def convened(node: Node) -> Room:
    room = await node.planned(begins=BEGINS)
    with pytest.raises(Refused, match="reply-by-past"):
        await node.office.invitations.release(node.committee.who["secretary"], room.sitting, reply_by=1)
    await node.office.invitations.release(node.committee.who["secretary"], room.sitting, reply_by=BEGINS - DAY_MS)
    return room


async def test_an_invitation_goes_out_with_its_paper_and_a_calendar_entry(
    node: Node, mailbox: tuple[Mailbox, int]
) -> None:
    room = await convened(node)
    got = {str(message["To"]).rpartition("<")[2].strip(">"): message for message in await arrived(mailbox[0], 3)}
    assert set(got) == {"chair@example.vn", "member1@example.vn", "member2@example.vn"}
    message = got["member1@example.vn"]
    assert message["Subject"] == "Giấy mời: Phiên họp thường kỳ"
    assert str(message["From"]) == "Ủy ban nhân dân huyện Vĩnh Linh <hop@vinh-linh.example>"
    body = message.get_body(("plain",))
    assert body is not None and f"/sittings/{room.sitting}" in body.get_content()
    method, event = entry_of(message)
    begins = datetime.fromtimestamp(BEGINS / 1000, VIETNAM)
    assert method == "REQUEST" and event["SUMMARY"] == "Phiên họp thường kỳ" and event["LOCATION"] == "Hội trường"
    assert event["DTSTART"].dt == begins and event["DTSTART"].dt.utcoffset() == timedelta(hours=7)
    assert event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh" and event["STATUS"] == "CONFIRMED"
    assert event["ATTENDEE"] == "mailto:member1@example.vn" and event["ORGANIZER"] == "mailto:hop@vinh-linh.example"
    [paper] = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    assert paper.get_filename() == "01-GM-UBND.pdf"
    text = pypdf.PdfReader(_file(paper.get_payload(decode=True))).pages[0].extract_text()
    for words in ("GIẤY MỜI", "Số: 01/GM-UBND", "Phạm Thị Thử", "Nguyễn Văn Thứ 1", "Ngân sách"):
        assert words in text, words
    assert "Nhân sự" not in text, "a closed item is named on no paper"


def _file(data: Any) -> Any:
    import io

    return io.BytesIO(data)


async def test_moving_and_calling_off_reach_the_same_calendar_entry(node: Node, mailbox: tuple[Mailbox, int]) -> None:
    room, secretary = await convened(node), node.committee.who["secretary"]
    [first, *_] = await arrived(mailbox[0], 3)
    later = BEGINS + DAY_MS
    await node.office.invitations.change(secretary, room.sitting, room.state.title, "Phòng 2", later, "Sửa hội trường")
    moved = (await arrived(mailbox[0], 4))[0]  # the secretary too
    await room.ask(node.committee.who["chair"], c.Cancel("Trùng lịch"))
    gone = (await arrived(mailbox[0], 4))[0]
    entries = [entry_of(message) for message in (first, moved, gone)]
    assert [method for method, _ in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["UID"]) for _, event in entries}) == 1
    assert [event["SEQUENCE"] for _, event in entries] == sorted({event["SEQUENCE"] for _, event in entries})
    assert entries[1][1]["DTSTART"].dt == datetime.fromtimestamp(later / 1000, VIETNAM)
    assert entries[2][1]["STATUS"] == "CANCELLED"
    assert "Sửa hội trường" in moved.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert room.state.invitation.symbol == "02/GM-UBND"
    listed = await node.office.register.listed(
        node.committee.who["clerk"], "district", int(room.state.invitation.day[:4])
    )
    assert [(one.kind, one.number) for one in listed] == [("GM", 2), ("GM", 1)]


async def test_a_letter_that_is_refused_now_goes_out_later(
    node: Node, mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "FIRST_DELAY_MS", 50)
    mailbox[0].refuse = 2
    await convened(node)
    assert len(await arrived(mailbox[0], 3)) == 3
    assert not await node.office.house.read(jobs.stuck)


async def test_the_desk_tells_the_same_and_forgets_nothing(node: Node) -> None:
    room = await convened(node)
    member = await node.signed_in("member1")
    desk = (await member.get("/api/desk")).body
    assert [(one["kind"], one["read"]) for one in desk["notices"]] == [("invited", False)]
    assert [one["what"] for one in desk["waiting"]] == ["reply"]
    await member.post("/api/notices/read", {"until": desk["notices"][0]["at"]})
    async with member.channel() as line:
        done = await line.do(room.sitting, {"kind": "reply", "answer": "absent", "reason": "Đi công tác"}, "k")
        assert done["type"] == "done"
    desk = (await member.get("/api/desk")).body
    assert desk["notices"][0]["read"] and not desk["waiting"]
    told = (await (await node.signed_in("chair")).get("/api/desk")).body["notices"]
    assert told[0]["kind"] == "absence-asked"
    assert told[0]["params"] == {"person": "Nguyễn Văn Thứ 1", "reason": "Đi công tác"}


async def test_release_asks_for_a_reason_where_notice_is_short_and_spends_no_number_on_a_refusal(node: Node) -> None:
    secretary = await node.signed_in("secretary")
    room = await node.planned(begins=node.office.house.now_ms())
    notice = (await secretary.get(f"/api/sittings/{room.sitting}/notice")).body
    assert (notice["given"], notice["needed"]) == (0, 3)
    refused = await secretary.post(f"/api/sittings/{room.sitting}/release", {})
    assert (refused.status, refused.code) == (422, "notice-short")
    year = int(node.office.house.today()[:4])
    assert await node.office.register.listed(node.committee.who["clerk"], "district", year) == []
    done = await secretary.post(f"/api/sittings/{room.sitting}/release", {"reason": "Mưa lũ"})
    assert done.status == 204 and room.state.short_reason == "Mưa lũ"
    again = await secretary.post(f"/api/sittings/{room.sitting}/release", {"reason": "Mưa lũ"})
    assert again.code == "not-now" and room.state.invitation.issued == 1
    link = (await (await node.signed_in("member1")).get(f"/api/sittings/{room.sitting}/invitation")).body
    assert (await (await node.browser()).get(link["url"])).data.startswith(b"%PDF")


async def test_closing_comes_to_an_end_though_a_cancel_is_lost(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(smtp_host="127.0.0.1", mail_from="hop@example.vn")
    letters = PostOffice(node.office.house, node.office.rooms, given, "https://example.vn").courier

    async def deaf() -> bool:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return False

    monkeypatch.setattr(letters, "do_one", deaf)
    letters.start()
    await asyncio.sleep(0)
    await asyncio.wait_for(letters.close(), 20)


async def test_a_number_that_no_act_names_is_void_once_the_sitting_is_cancelled(node: Node) -> None:
    room, who = await node.planned(begins=BEGINS), node.committee.who
    release = node.office.invitations.release

    async def cancelled(*_: object, **__: object) -> list[object]:
        raise Refused("busy")  # as if the node had died between the number and the release

    ask, room.ask = room.ask, cancelled  # type: ignore[method-assign, assignment]
    with pytest.raises(Refused, match="busy"):
        await release(who["secretary"], room.sitting)
    room.ask = ask  # type: ignore[method-assign]
    year = int(node.office.house.today()[:4])
    [taken] = await node.office.register.listed(who["clerk"], "district", year)
    assert taken.number == 1 and not taken.void, "the same release, asked again, finds it"
    await room.ask(who["secretary"], c.Cancel("Dời sang tháng sau"))
    for _ in range(100):
        [taken] = await node.office.register.listed(who["clerk"], "district", year)
        if taken.void:
            break
        await asyncio.sleep(0.02)
    assert taken.void == "Không phát hành giấy mời"


async def test_a_member_sends_somebody_of_the_same_unit(node: Node) -> None:
    room, member = await convened(node), await node.signed_in("member1")
    candidates = (await member.get(f"/api/sittings/{room.sitting}/substitutes")).body
    assert not {one["id"] for one in candidates} & {*room.state.seats}
    refused = await member.post(f"/api/sittings/{room.sitting}/substitute", {"person": "east-chair"})
    assert refused.code == "not-of-this-unit"


async def test_a_unit_between_forwards_and_each_names_its_own(node: Node) -> None:
    who, invitations = node.committee.who, node.office.invitations
    given = {"units": (), "convened": (EAST, WEST), "through": ("district",), "begins": BEGINS}
    room = await node.planned(**given)
    await invitations.release(who["secretary"], room.sitting)
    assert room.state.convened[EAST].through == "district" and not room.state.convened[EAST].reached
    called = (await (await node.signed_in("secretary")).get("/api/desk")).body["called"]
    assert [(one["unit"], one["step"]) for one in called] == [("district", "forward")]
    east = await node.signed_in("east-chair")
    assert (await east.get("/api/desk")).body["called"] == []
    with pytest.raises(Denied):
        await invitations.forward(who["east-chair"], room.sitting, "district")
    people = f"/api/sittings/{room.sitting}/units/{EAST}/people"
    assert (await east.get(people)).code == "not-convened", "the call has not reached it"
    await invitations.forward(who["secretary"], room.sitting, "district")
    assert [(one["unit"], one["step"]) for one in (await east.get("/api/desk")).body["called"]] == [(EAST, "name")]
    with pytest.raises(Refused, match="not-of-this-unit"):
        await invitations.name(who["east-chair"], room.sitting, EAST, ("member1",))
    offered = (await east.get(people)).body
    assert [one["id"] for one in offered["people"]] == ["east-chair"] and offered["named"] == []
    assert offered["items"] == ["Ngân sách"], "what is closed is not a guest's to know"
    named = await east.post(people, {"people": ["east-chair"]})
    assert named.status == 204 and room.state.seats["east-chair"].role == "guest"
    assert [one["step"] for one in (await east.get("/api/desk")).body["called"]] == ["named"]
    assert (await east.get(people)).body["named"] == ["east-chair"]


async def test_an_agenda_is_kept_as_a_template_and_taken_over(node: Node) -> None:
    room, secretary = await node.planned(begins=BEGINS), await node.signed_in("secretary")
    like = (await secretary.get(f"/api/sittings/{room.sitting}/plan")).body
    assert [item["title"] for item in like["items"]] == ["Ngân sách", "Nhân sự"] and like["chair"] == "chair"
    kept = await secretary.post("/api/units/district/templates", {"name": "Thường kỳ", "sitting": room.sitting})
    [template] = (await secretary.get("/api/units/district/templates")).body
    assert (template["id"], template["name"]) == (kept.body["id"], "Thường kỳ") and template["items"] == like["items"]
    again = await node.office.rooms.get(await node.committee.plan(items=_items(like["items"])))
    assert [(item.title, item.closed) for item in again.state.items] == [("Ngân sách", False), ("Nhân sự", True)]
    assert (await secretary.ask("DELETE", f"/api/units/district/templates/{template['id']}")).status == 204
    assert (await secretary.get("/api/units/district/templates")).body == []


def _items(raw: list[dict[str, Any]]) -> Any:
    import msgspec

    from meetings.sitting.actions import PlannedItem

    return msgspec.convert(raw, tuple[PlannedItem, ...])


async def test_an_address_is_changed_by_its_owner_and_by_who_looks_after_the_office(node: Node) -> None:
    people, who = node.office.people, node.committee.who
    await people.change_email(who["member1"], "member1", " moi@example.vn ")
    for wrong in ("không phải", "a@b", "a b@example.vn", "a@example.vn\nBcc: x@example.vn", "@example.vn"):
        with pytest.raises(Refused, match="field-wrong"):
            await people.change_email(who["member1"], "member1", wrong)
    with pytest.raises(Denied):
        await people.change_email(who["member1"], "member2", "x@example.vn")


async def test_members_get_an_opinion_ballot_by_letter_and_what_came_of_it(
    node: Node, mailbox: tuple[Mailbox, int]
) -> None:
    who, opinions = node.committee.who, node.office.opinions
    deadline = node.office.house.now_ms() + 100 * 3_600_000
    given = NewOpinion(str(uuid.uuid4()), DISTRICT, "Sửa cầu", "Nội dung", "urgent", deadline)
    opinion = await opinions.put(who["secretary"], given)
    got = await arrived(mailbox[0], 3)
    assert {str(one["Subject"]) for one in got} == {"Phiếu lấy ý kiến: Sửa cầu"} and len(
        {one["To"] for one in got}
    ) == 3
    body = got[0].get_body(("plain",))
    assert body is not None and "/opinions" in body.get_content() and "Hạn cho ý kiến: " in body.get_content()
    assert not [part for part in got[0].walk() if part.get_content_type() in ("text/calendar", "application/pdf")]
    await opinions.give(who["member1"], opinion, "for", "")
    await opinions.remind(who["secretary"], opinion)
    reminded = await arrived(mailbox[0], 2)
    assert {str(one["To"]).rpartition("<")[2] for one in reminded} == {"chair@example.vn>", "member2@example.vn>"}
    await opinions.call_off(who["secretary"], opinion, "Đưa ra phiên họp")
    [called_off, *_] = await arrived(mailbox[0], 3)
    body = called_off.get_body(("plain",))
    assert body is not None and "Lý do: Đưa ra phiên họp" in body.get_content()
