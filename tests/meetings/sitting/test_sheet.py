"""meetings.sitting.sheet: the code on the printed minutes says what they say, and what stands behind it stays true."""

from __future__ import annotations

import hashlib

import msgspec

from documents.model import MinutesForm
from meetings.house import SYSTEM
from meetings.sitting import commands as c
from meetings.sitting import records, sheet
from meetings.sitting.state import State
from signing import authority, paper_code
from tests.kit.authority import minutes_form
from tests.kit.node import Node
from tests.meetings.sitting.test_minutes import base, closed, numbered

ADDRESS = "https://hop.example.vn/k"


def form(**given: object) -> MinutesForm:
    told = {"check_code": "K7QM-3XPD", "journal": f"s:12:{'ab' * 32}"}
    return msgspec.structs.replace(minutes_form(), **(told | given))


def test_only_what_is_said_counts_not_how_it_looks() -> None:
    same = form(check_url="elsewhere", check_picture="<svg/>", seal_mm=42)
    assert sheet.canonical(form()) == sheet.canonical(same)
    for other in (form(subject="Khác"), form(course=("Khác",)), form(journal="s:13:00"), form(check_code="AAAA-BBBB")):
        assert sheet.digest(other) != sheet.digest(form())


def test_a_symbol_of_capitals_fits_on_the_sheet() -> None:
    text = sheet.code(form(), State(id="s"), ADDRESS, authority.new_key())
    assert text.startswith("HTTPS://HOP.EXAMPLE.VN/K/") and paper_code.bits(text) <= 2400
    picture = sheet.picture(text)
    assert picture.startswith("<svg") and 'width="6' in picture, "at most 69 modules a side"


async def test_the_sheet_says_what_the_journal_says(node: Node) -> None:
    room = await closed(node)
    assert sheet.votes(room.state) == ((1, 7, 1, 3),)
    await numbered(node, room)
    row = await node.office.house.read(records.code, room.state.minutes.code)
    assert row is not None and len(row.digest) == 64 and not row.void
    answer = (await (await node.browser()).get(f"/api/verify/{room.state.minutes.code}")).body
    assert answer["digest"] == row.digest
    told = " ".join(answer["lines"])
    assert "tán thành 7, không tán thành 1" in told and "Thống nhất phân bổ kinh phí." in told
    assert "Nhân sự" not in told, "nothing of a closed item"


async def test_a_code_of_minutes_that_were_not_signed_is_void(node: Node) -> None:
    room = await closed(node)
    await numbered(node, room)
    code, secretary = room.state.minutes.code, await node.signed_in("secretary")
    asked = {"field": "secretary", "based_on": room.state.minutes.pdf, "reason": "Sai số liệu"}
    assert (await secretary.post(f"{base(room)}/refusal", asked)).status == 204
    anyone = await node.browser()
    answer = await anyone.get(f"/api/verify/{code}")
    assert (answer.status, answer.code) == (404, "code-void")
    assert (await anyone.get("/api/verify/AAAA-BBBB")).code == "no-such-code"


async def test_a_sheet_of_minutes_that_were_sent_back_is_void(node: Node) -> None:
    """Numbered, printed, returned by the chair, mended, numbered again: two texts under one number, and one counts."""
    room = await closed(node)
    await numbered(node, room)
    first = room.state.minutes.code
    who, anyone = node.committee.who, await node.browser()
    await room.ask(who["chair"], c.ReturnMinutes(room.state.minutes.version, "Thiếu ý kiến"))
    assert (await anyone.get(f"/api/verify/{first}")).code == "code-void"
    await numbered(node, room)
    assert room.state.minutes.code != first
    assert (await anyone.get(f"/api/verify/{first}")).code == "code-void"
    assert (await anyone.get(f"/api/verify/{room.state.minutes.code}")).status == 200


async def test_a_node_s_key_that_was_revoked_proves_nothing(node: Node) -> None:
    signing = node.office.signing
    await signing.renew_authority()  # it lists the node's own certificates
    old = signing.safe.authority.node.certificate
    await signing.revoke(f"{old.serial_number:x}", "key-compromise", SYSTEM)
    keys = (await (await node.browser()).get("/api/paper-keys")).body
    fresh = signing.safe.authority.node.certificate
    assert fresh.serial_number != old.serial_number and len(keys) == 1
    assert [one.serial_number for one in await signing.node_certificates()] == [fresh.serial_number]


async def test_the_keys_that_prove_it_are_public(node: Node) -> None:
    import base64

    keys = (await (await node.browser()).get("/api/paper-keys")).body
    held = node.office.signing.safe.authority.node
    spki = base64.b64decode(keys[0]["key"])
    name = paper_code.name_of(held.certificate.public_key())  # type: ignore[arg-type]
    assert hashlib.sha256(spki).digest()[:4] == name
