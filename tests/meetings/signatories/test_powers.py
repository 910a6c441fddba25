"""meetings.signatories.powers, web.routes.powers: who signs in the chair's place, by a power in force that day."""

from __future__ import annotations

from datetime import date, timedelta

import pypdfium2
import pytest

from meetings.sitting import commands as c
from store.errors import Denied, Refused
from tests.kit.node import Node
from tests.meetings.sitting.test_minutes import approve, base, certify, closed, sign

TODAY = date.today()


def asked(**given: str) -> dict[str, str]:
    day = (TODAY + timedelta(days=1)).isoformat()
    told = {"person": "deputy", "kind": "KT", "office": "Chủ tịch", "basis": "Quyết định số 12/QĐ-UBND ngày 01/11/2026"}
    return told | {"begins": (TODAY - timedelta(days=1)).isoformat(), "ends": day} | given


async def test_the_deputy_signs_in_the_chair_s_place_and_the_page_says_so(node: Node) -> None:
    chair, clerk, deputy = [await node.signed_in(one) for one in ("chair", "clerk", "deputy")]
    assert (await chair.post("/api/units/district/powers", asked())).status == 200
    assert [one["person"] for one in (await clerk.get("/api/units/district/powers")).body] == ["deputy"]
    room = await closed(node)
    await approve(chair, room)
    assert (await clerk.post(f"{base(room)}/number", {"signer": "member1"})).code == "power-none"
    assert room.state.minutes.number == 0, "a number is not spent on it"
    assert (await clerk.post(f"{base(room)}/number", {"signer": "deputy"})).status == 204
    words = pypdfium2.PdfDocument(await node.office.house.blobs.load(room.state.minutes.pdf))
    text = " ".join(page.get_textpage().get_text_range() for page in words)
    words.close()
    assert "KT. CHỦ TỊCH" in text and room.cards["deputy"].name in text
    secretary = await node.signed_in("secretary")
    assert (await certify(secretary, room, "secretary")).status == 204
    assert (await sign(secretary, room, "secretary")).status == 204
    assert (await chair.get(f"{base(room)}/signer")).body["field"] == "", "it is the deputy's turn"
    assert (await sign(chair, room, "chair")).status == 403
    assert (await certify(deputy, room, "chair")).status == 204
    assert (await sign(deputy, room, "chair")).status == 204
    assert room.state.minutes.signatures[-1][:2] == ("chair", "deputy")


async def test_a_power_holds_on_its_days_alone(node: Node) -> None:
    powers, who = node.office.powers, node.committee.who
    past, coming = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
    for first, last in ((past, past), (coming, coming)):
        days = (first.isoformat(), last.isoformat())
        await powers.give(who["chair"], "district", "deputy", "KT", "Chủ tịch", "QĐ 1", days)
        with pytest.raises(Refused, match="power-none"):
            await powers.held_by("district", "deputy")
    made = await powers.give(
        who["chair"], "district", "deputy", "TUQ", "Chủ tịch", "QĐ 2", (past.isoformat(), coming.isoformat())
    )
    assert (await powers.held_by("district", "deputy")).words == "TUQ. CHỦ TỊCH"
    await powers.end(who["chair"], made.id)
    with pytest.raises(Refused, match="power-none"):
        await powers.held_by("district", "deputy")


async def test_what_is_wrong_is_refused(node: Node) -> None:
    chair, member = await node.signed_in("chair"), await node.signed_in("member1")
    path = "/api/units/district/powers"
    far = (TODAY + timedelta(days=999)).isoformat()
    for wrong in (
        asked(kind="XX"),
        asked(begins="x"),
        asked(ends="2020-01-01"),
        asked(ends=far),
        asked(person="west-chair"),
    ):
        assert (await chair.post(path, wrong)).code == "field-wrong", wrong
    assert (await member.post(path, asked())).status == 403 and (await member.get(path)).status == 403
    assert (await chair.ask("DELETE", "/api/powers/none")).status == 404
    with pytest.raises(Denied):
        await node.office.powers.give(
            node.committee.who["west-chair"], "district", "deputy", "KT", "x", "y", ("2026-01-01", "2026-01-02")
        )


async def test_no_guest_and_nobody_from_outside_is_named(node: Node) -> None:
    room = await closed(node)
    await approve(await node.signed_in("chair"), room)
    await room.ask(node.committee.who["clerk"], c.NumberMinutes(1, "01/BB-UBND", "2026-11-28"), trusted=True)
    for person in ("east-chair", "nobody"):
        with pytest.raises(Refused, match="field-wrong"):
            command = c.TypesetMinutes("a" * 64, "C", 1, "b" * 64, person, "KT. CHỦ TỊCH")
            await room.ask(node.committee.who["clerk"], command, trusted=True)
