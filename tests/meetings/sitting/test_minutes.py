"""The minutes of a sitting over the API, from the close to the last acknowledgement. meetings.sitting.minutes,
meetings.sitting.minute_book, web.routes.minutes, web.routes.desk, web.routes.sittings

Real workshop, real signatures, real time stamps; the rules of the steps by themselves are in test_decide.py.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from meetings.register import records as register
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from store import journal
from tests.kit.authority import Office
from tests.kit.committee import UNITS
from tests.kit.node import Answer, Browser, Node

PASSPHRASE = "một câu thật dài"
SIGNERS = (("secretary", "secretary"), ("chair", "chair"), ("seal", "clerk"))


async def closed(node: Node) -> Room:
    """A sitting with a vote and a conclusion, closed, its draft written."""
    room = await node.opened()
    await room.ask(node.committee.who["chair"], c.GiveFloor("member2"))
    await node.voted(room)
    await room.ask(node.committee.who["chair"], c.Conclude("i1", "Thống nhất phân bổ kinh phí."))
    await node.drafted(room)
    return room


def base(room: Room) -> str:
    return f"/api/sittings/{room.sitting}/minutes"


async def waits(browser: Browser) -> list[str]:
    return [one["what"] for one in (await browser.get("/api/desk")).body["waiting"]]


async def approve(browser: Browser, room: Room) -> dict[str, Any]:
    async with browser.channel() as line:
        return await line.do(
            room.sitting, {"kind": "approve-minutes", "version": room.state.minutes.version}, f"a{room.state.seq}"
        )


async def sign(browser: Browser, room: Room, field: str, **given: str) -> Answer:
    asked = {"field": field, "based_on": room.state.minutes.pdf, "passphrase": PASSPHRASE} | given
    return await browser.post(f"{base(room)}/signature", asked)


async def certify(browser: Browser, room: Room, field: str, passphrase: str = PASSPHRASE) -> Answer:
    return await browser.post(f"{base(room)}/certificate", {"field": field, "passphrase": passphrase})


async def test_the_draft_is_there_at_once_and_is_edited_by_versions(node: Node) -> None:
    room = await closed(node)
    secretary, clerk = await node.signed_in("secretary"), await node.signed_in("clerk")
    made = (await secretary.get(base(room))).body
    course = "\n".join(made["text"]["course"])
    assert made["version"] == 1 and "tán thành 7, không tán thành 1" in course and "được thông qua" in course
    assert "Kết luận của chủ tọa: Thống nhất phân bổ kinh phí." in course and "Thứ 2" in course
    assert await waits(secretary) == ["edit"] and await waits(await node.signed_in("chair")) == ["approve"]
    edited = made["text"] | {"course": [*made["text"]["course"], "  Ý kiến khác: không.  ", " "]}
    saved = await secretary.ask("PUT", base(room), {"text": edited, "based_on": 1})
    assert saved.body["version"] == 2 and saved.body["text"]["course"][-1] == "Ý kiến khác: không."
    stale = await secretary.ask("PUT", base(room), {"text": made["text"], "based_on": 1})
    assert (stale.status, stale.code) == (409, "minutes-changed")
    assert (await clerk.get(base(room))).body == saved.body
    assert (await clerk.ask("PUT", base(room), {"text": edited, "based_on": 2})).status == 403
    assert (await (await node.signed_in("member1")).get(base(room))).status == 403


async def test_the_chair_returns_and_approves(node: Node) -> None:
    room = await closed(node)
    chair, clerk = await node.signed_in("chair"), await node.signed_in("clerk")
    early = await clerk.post(f"{base(room)}/number")
    assert (early.status, early.code) == (409, "minutes-not-now") and room.state.minutes.number == 0
    async with chair.channel() as line:
        reason = {"kind": "return-minutes", "version": 1, "reason": "Thiếu ý kiến của Phòng Tài chính"}
        assert (await line.do(room.sitting, reason, "r1"))["type"] == "done"
        assert room.state.minutes.returned.startswith("Thiếu")
        old = await line.do(room.sitting, {"kind": "approve-minutes", "version": 9}, "a0")
        assert old["code"] == "minutes-changed"
    assert (await approve(await node.signed_in("secretary"), room))["code"] == "no-right"
    assert (await approve(chair, room))["type"] == "done" and await waits(clerk) == ["number"]
    text = (await clerk.get(base(room))).body["text"]
    late = await (await node.signed_in("secretary")).ask("PUT", base(room), {"text": text, "based_on": 1})
    assert (late.status, late.code) == (409, "minutes-not-now")


async def numbered(node: Node, room: Room) -> None:
    await approve(await node.signed_in("chair"), room)
    answer = await (await node.signed_in("clerk")).post(f"{base(room)}/number")
    assert answer.status == 204, answer.body


async def test_numbers_follow_each_other_and_the_file_holds_the_journals_head(node: Node) -> None:
    first, second = await closed(node), await closed(node)
    for room in (first, second):
        await numbered(node, room)
    assert [room.state.minutes.symbol for room in (first, second)] == ["01/BB-UBND", "02/BB-UBND"]
    made = first.state.minutes
    link = await (await node.signed_in("clerk")).get(f"{base(first)}/file")
    answer = await (await node.browser()).get(link.body["url"])
    assert "01-BB-UBND.pdf" in answer.headers["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.data))
    named = f"bacap-journal:{first.sitting}:{made.head_seq}:{made.head_hash}"
    assert named in str((reader.metadata or {}).get("/Keywords"))
    events = await node.office.house.read(lambda conn: list(journal.walk(conn, first.sitting)))
    assert events[made.head_seq - 1].hash == made.head_hash and events[made.head_seq - 1].kind == "minutes-numbered"
    fields = reader.get_fields() or {}
    assert {name for name, field in fields.items() if field.get("/FT") == "/Sig"} == {"secretary", "chair", "seal"}
    text = "".join(page.extract_text() for page in reader.pages)
    assert "01/BB-UBND" in text and made.code in text


async def test_a_crash_between_number_and_file_goes_on_with_the_same_number(node: Node) -> None:
    room = await closed(node)
    await approve(await node.signed_in("chair"), room)
    clerk = node.committee.who["clerk"]
    taken = (await node.office.register.take(clerk, UNITS[1], "BB", room.sitting, "Biên bản")).number
    await room.ask(clerk, c.NumberMinutes(taken, f"{taken:02d}/BB-UBND", "2026-11-24"), trusted=True)
    assert room.state.minutes.step == "numbered" and await waits(await node.signed_in("clerk")) == ["number"]
    assert (await (await node.signed_in("clerk")).post(f"{base(room)}/number")).status == 204
    assert (room.state.minutes.step, room.state.minutes.number) == ("typeset", taken)
    assert (await (await node.signed_in("clerk")).post(f"{base(room)}/number")).status == 409


@pytest.mark.parametrize(
    "odd", ["Chuông\x07", "Trang\x0cmới", "Không\x00", "Sao *đậm* #let $x$ \\ @y <z>", "{{x}} %s ]"]
)
async def test_whatever_the_secretary_types_can_be_typeset_or_is_refused_at_once(node: Node, odd: str) -> None:
    room = await closed(node)
    secretary = await node.signed_in("secretary")
    text = (await secretary.get(base(room))).body["text"] | {"course": [odd], "subject": odd}
    saved = await secretary.ask("PUT", base(room), {"text": text, "based_on": 1})
    assert saved.status in (200, 422)
    if saved.status == 200:
        await numbered(node, room)
        assert room.state.minutes.step == "typeset"


@pytest.mark.parametrize(("odd", "code"), [("Nhất trí 😀, 中文", "text-unprintable"), ("x" * 40_000, "text-unbroken")])
async def test_what_cannot_be_printed_costs_no_number_and_goes_back(node: Node, odd: str, code: str) -> None:
    room = await closed(node)
    secretary, chair, clerk = [await node.signed_in(name) for name in ("secretary", "chair", "clerk")]
    text = (await secretary.get(base(room))).body["text"]
    saved = await secretary.ask("PUT", base(room), {"text": text | {"course": [odd]}, "based_on": 1})
    assert saved.status == 200
    await approve(chair, room)
    refused = await clerk.post(f"{base(room)}/number")
    assert (refused.status, refused.code) == (422, code) and ("😀 中" in refused.body["text"]) == ("😀" in odd)
    assert room.state.minutes.step == "approved"
    assert await node.office.house.read(register.of_thing, room.sitting, "BB") is None
    async with chair.channel() as line:
        reason = {"kind": "return-minutes", "version": 2, "reason": "Có ký tự không in được.\nXin sửa."}
        assert (await line.do(room.sitting, reason, "r1"))["type"] == "done"
    await secretary.ask("PUT", base(room), {"text": text, "based_on": 2})
    await numbered(node, room)
    assert (room.state.minutes.step, room.state.minutes.number) == ("typeset", 1)


async def test_what_was_numbered_may_go_back_and_keeps_its_number(node: Node) -> None:
    room = await closed(node)
    await approve(await node.signed_in("chair"), room)
    clerk = node.committee.who["clerk"]
    taken = (await node.office.register.take(clerk, UNITS[1], "BB", room.sitting, "Biên bản")).number
    await room.ask(clerk, c.NumberMinutes(taken, f"{taken:02d}/BB-UBND", "2026-11-24"), trusted=True)
    await room.ask(node.committee.who["chair"], c.ReturnMinutes(room.state.minutes.version, "Sửa lại"))
    assert room.state.minutes.step == "draft"
    await numbered(node, room)
    assert (room.state.minutes.step, room.state.minutes.number) == ("typeset", taken)


async def test_signing_goes_in_order_each_with_a_key_of_ones_own(node: Node) -> None:
    room = await closed(node)
    await numbered(node, room)
    who = {person: await node.signed_in(person) for _, person in SIGNERS}
    assert (await sign(who["chair"], room, "chair")).code == "not-your-turn"
    assert (await sign(await node.signed_in("member1"), room, "secretary")).status == 403
    assert (await sign(who["secretary"], room, "chair")).status == 403
    assert (await sign(who["secretary"], room, "president")).status == 400
    for field, person in SIGNERS:
        browser, seq = who[person], room.state.seq
        assert await waits(browser) == ["sign"]
        turn = (await browser.get(f"{base(room)}/signer")).body
        assert (turn["field"], turn["certificate"], turn["waits"]) == (field, "", "")
        others = [(await who[name].get(f"{base(room)}/signer")).body["field"] for name in who if name != person]
        assert others == ["", ""]
        assert (await sign(browser, room, field)).code == "certificate-none"
        assert (await certify(browser, room, field, "ngắn")).code == "passphrase-short"
        assert (await certify(browser, room, field)).status == 204
        assert (await certify(browser, room, field)).code == "certificate-exists"
        assert (await browser.get(f"{base(room)}/signer")).body["certificate"]
        assert (await sign(browser, room, field, passphrase="một câu khác")).code == "passphrase-wrong"
        stale = await sign(browser, room, field, based_on="0" * 64)
        assert (stale.status, stale.code) == (409, "minutes-changed") and room.state.seq == seq
        assert (await sign(browser, room, field)).status == 204
        assert room.state.minutes.signatures[-1][:2] == (field, person)
        assert (await sign(browser, room, field)).status in (409, 422)
    assert room.state.minutes.step == "signed"
    second = await closed(node)
    await numbered(node, second)  # the certificate is for a person, not for a sitting
    assert (await who["secretary"].get(f"{base(second)}/signer")).body["certificate"]
    assert (await sign(who["secretary"], second, "secretary")).status == 204


async def test_anyone_checks_the_signed_file_and_its_code(node: Node) -> None:
    room = await closed(node)
    data = await node.signed_minutes_of(room)
    anyone = await node.browser()
    good = (await anyone.post("/api/verify", data=data)).body
    assert (good["state"], good["journal"], good["symbol"]) == ("valid", "same", "01/BB-UBND")
    assert [one["field"] for one in good["signatures"]] == ["secretary", "chair", "seal"]
    assert {one["state"] for one in good["signatures"]} == {"valid"} and good["subject"] == room.state.title
    assert [one["signer"] for one in good["signatures"]][:2] == ["Hồ Thị Ghi", "Phạm Thị Thử"]
    assert good["agency"] == "Ủy ban nhân dân huyện Vĩnh Linh"
    code = room.state.minutes.code
    for typed in (code, code.lower(), f" {code} "):
        told = (await anyone.get(f"/api/verify/{typed}")).body
        assert told | {"lines": [], "digest": ""} == good and told["lines"] and told["digest"]
    assert (await anyone.get("/api/verify/AAAA-AAAA")).status == 404
    for at in (len(data) // 3, data.index(b"/ByteRange") - 50):
        changed = bytearray(data)
        changed[at] ^= 1
        bad = (await anyone.post("/api/verify", data=bytes(changed))).body
        assert bad["state"] == "not-valid" and bad["reason"], at
    for other in (b"", b"%PDF-1.7 nonsense", data[:-2000]):
        answer = await anyone.post("/api/verify", data=other)
        assert answer.status < 500 and (answer.status >= 400 or answer.body["state"] != "valid")


async def test_a_file_that_only_names_a_sitting_learns_nothing_of_it(node: Node) -> None:
    room = await closed(node)
    await numbered(node, room)
    laid = await node.office.house.blobs.load(room.state.minutes.pdf)
    foreign = await Office().sign(laid, "secretary", first=True)
    for data, state in ((laid, "cannot-tell"), (foreign, "not-valid")):
        found = (await (await node.browser()).post("/api/verify", data=data)).body
        assert (found["state"], found["journal"]) == (state, "unknown")
        assert not (found["subject"] or found["agency"] or found["symbol"])


async def test_a_file_of_a_journal_that_was_rewritten_is_not_valid(node: Node) -> None:
    room = await closed(node)
    data = await node.signed_minutes_of(room)
    change = sa.text("UPDATE events SET body = replace(body, 'against', 'silent') WHERE kind = 'vote-cast'")
    await node.office.house.write(lambda conn: conn.execute(change))
    found = (await (await node.browser()).post("/api/verify", data=data)).body
    assert (found["state"], found["reason"], found["journal"]) == ("not-valid", "journal-other", "other")


async def test_circulated_minutes_are_read_and_acknowledged_by_their_recipients_alone(node: Node) -> None:
    room = await closed(node)
    await node.signed_minutes_of(room)
    clerk, member, other = [await node.signed_in(person) for person in ("clerk", "member1", "technician")]
    assert (await member.get(f"{base(room)}/file")).status == 403
    assert await waits(clerk) == ["circulate"] and await waits(member) == []
    async with clerk.channel() as line:
        assert (await line.do(room.sitting, {"kind": "circulate", "people": []}, "c0"))["code"] == "recipients-needed"
        people = ["member1", "member2", "east-chair", "member1"]
        assert (await line.do(room.sitting, {"kind": "circulate", "people": people}, "c1"))["type"] == "done"
    assert room.state.minutes.recipients == ("member1", "member2", "east-chair")
    assert await waits(member) == ["acknowledge"]
    assert (await (await node.signed_in("member8")).get(f"{base(room)}/file")).status == 200  # of the committee
    assert (await (await node.signed_in("east-chair")).get(f"{base(room)}/file")).status == 200  # a guest, sent to
    link = (await member.get(f"{base(room)}/file")).body["url"]
    assert (await (await node.browser()).get(link)).data.startswith(b"%PDF-")
    assert (await other.get(f"{base(room)}/file")).status == 403
    async with member.channel() as line:
        told = await line.ask("watch", "told", sitting=room.sitting)
        assert told["parts"]["minutes"]["symbol"] == "01/BB-UBND"
        assert (await line.do(room.sitting, {"kind": "acknowledge"}, "k1"))["seq"] == room.state.seq
        assert (await line.do(room.sitting, {"kind": "acknowledge"}, "k2"))["seq"] == 0
    assert await waits(member) == [] and room.state.minutes.acknowledged[0][0] == "member1"
    rows = (await (await node.signed_in("secretary")).get(f"/api/sittings/{room.sitting}/journal")).body
    assert [row["kind"] for row in rows[-2:]] == ["circulated", "acknowledged"] and rows[-1]["seq"] == len(rows)


@pytest.mark.parametrize(
    ("signed", "person", "field"), [(0, "secretary", "secretary"), (1, "chair", "chair"), (2, "clerk", "seal")]
)
async def test_who_does_not_sign_says_why_and_the_number_is_void(
    node: Node, signed: int, person: str, field: str
) -> None:
    room = await closed(node)
    await numbered(node, room)
    made = room.state.minutes
    for place, name in SIGNERS[:signed]:
        browser = await node.signed_in(name)
        assert (await certify(browser, room, place)).status == 204
        assert (await sign(browser, room, place)).status == 204
    browser, shown = await node.signed_in(person), room.state.minutes.pdf
    refusal = {"field": field, "based_on": shown, "reason": "  Sai số liệu ở mục 2.\n"}
    assert (await (await node.signed_in("member1")).post(f"{base(room)}/refusal", refusal)).status == 403
    assert (await browser.post(f"{base(room)}/refusal", refusal | {"based_on": "0" * 64})).code == "minutes-changed"
    assert (await browser.post(f"{base(room)}/refusal", refusal | {"reason": " "})).code == "field-needed"
    assert room.state.minutes.pdf == shown
    assert (await browser.post(f"{base(room)}/refusal", refusal)).status == 204
    after = room.state.minutes
    assert (after.step, after.pdf, after.signatures, after.number) == ("draft", "", (), 0)
    assert (after.returned, after.refused_by) == ("Sai số liệu ở mục 2.", person)
    numbers = await node.office.house.read(register.of_year, "district", int(made.day[:4]))
    void = next(one for one in numbers if one.symbol == made.symbol)
    assert (void.thing, void.void) == (room.sitting, "Sai số liệu ở mục 2.")
    assert (await (await node.browser()).get(f"/api/verify/{made.code}")).status == 404
    assert (await browser.post(f"{base(room)}/refusal", refusal)).status == 409
    secretary = await node.signed_in("secretary")
    text = (await secretary.get(base(room))).body["text"]
    assert (
        await secretary.ask("PUT", base(room), {"text": text | {"venue": "Hội trường"}, "based_on": after.version})
    ).status == 200
    await numbered(node, room)
    again = room.state.minutes
    assert again.number == made.number + 1 and again.code != made.code and not again.refused_by
