"""Where media goes: side rooms, and outside a closed item; taking over a lost role; the code on a wall. web.stage"""

from __future__ import annotations

import asyncio

import pytest

from meetings.sitting import commands as c
from meetings.sitting.state import State
from tests.kit.node import Node
from web import stage
from web.routes import sittings


def rooms_of(state: State, *endpoints: str) -> dict[str, str]:
    return {one: stage.relay_room(state, one).removeprefix(state.id) for one in endpoints}


async def test_a_closed_item_is_not_heard_outside(node: Node) -> None:
    room, who = await node.opened(), node.committee.who
    seen = ("site-district", "site-east", "member1", "east-chair")
    assert set(rooms_of(room.state, *seen).values()) == {""} and not stage.is_divided(room.state)
    await room.ask(who["chair"], c.OpenItem("i2"))
    assert rooms_of(room.state, *seen) == {
        "site-district": "", "member1": "", "site-east": "#outside", "east-chair": "#outside",
    }  # fmt: skip
    outside = stage.policies_of(room.state)[f"{room.sitting}#outside"]
    assert (outside.stage, outside.heard) == ((), ())
    await room.ask(who["chair"], c.OpenItem("i1"))
    assert stage.policies_of(room.state).keys() == {room.sitting}
    assert stage.sitting_of(f"{room.sitting}#outside") == room.sitting


async def test_a_side_room_is_a_relay_room_of_its_own(node: Node) -> None:
    room, who = await node.opened(), node.committee.who
    await room.ask(who["secretary"], c.OpenSideRoom("r1", "Hội ý", ("site-east", "site-west")))
    assert rooms_of(room.state, "site-district", "site-east") == {"site-district": "", "site-east": "#r1"}
    side = stage.policies_of(room.state)[f"{room.sitting}#r1"]
    assert side.stage == ("site-east",) and side.heard is None
    await room.ask(who["chair"], c.Close())
    assert stage.policies_of(room.state) == {room.sitting: stage.nothing(room.sitting)}


async def test_a_deputy_takes_over_only_when_the_chair_is_gone(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await node.opened()
    deputy, chair = await node.signed_in("deputy"), await node.signed_in("chair")
    address = f"/api/sittings/{room.sitting}/take-over"
    assert (await deputy.post(address, {"role": "chair"})).code == "holder-here", "present, with no tablet at all"
    async with chair.channel():
        assert (await deputy.post(address, {"role": "chair"})).code == "holder-here"
    for _ in range(100):
        if not node.office.channels.connected("chair"):
            break
        await asyncio.sleep(0.02)
    assert (await deputy.post(address, {"role": "chair"})).code == "holder-here", "a page loaded anew is no loss"
    monkeypatch.setattr(sittings, "GRACE_S", 0.0)
    assert (await (await node.signed_in("member1")).post(address, {"role": "chair"})).code == "no-right"
    assert (await deputy.post(address, {"role": "chair"})).status == 204 and room.state.chair == "deputy"
    assert (await deputy.post(address, {"role": "technician"})).status == 400


async def test_people_check_in_with_the_code_on_their_rooms_wall(node: Node) -> None:
    room, who = await node.opened(), node.committee.who
    await room.ask(who["secretary"], c.AskCodes(True))
    browser, credential = await node.browser(), await node.enrol("site-district")
    member = await node.signed_in("member8")
    async with browser.channel(credential) as wall, member.channel() as line:
        shown = await wall.ask("ask-wall-code", "wall-code", id="w", sitting=room.sitting)
        assert len(shown["code"]) == 6 and shown["until"] > node.office.house.now_ms()
        wrong = f"{(int(shown['code']) + 1) % 1_000_000:06d}"
        for given, code in ((wrong, "code-wrong"), ("", "wall-code-needed")):
            refused = await line.do(room.sitting, {"kind": "check-in", "site": "site-district", "code": given}, code)
            assert refused["code"] == code
        refused = await line.do(room.sitting, {"kind": "check-in", "site": "site-east", "code": shown["code"]}, "other")
        assert refused["code"] == "code-wrong", "the code of one room is none of another"
        done = await line.do(room.sitting, {"kind": "check-in", "site": "site-district", "code": shown["code"]}, "good")
        other = {"kind": "check-in", "site": "site-east", "code": wrong}
        codes = [(await line.do(room.sitting, other, f"g{n}")).get("code") for n in range(12)]
        assert set(codes) == {"code-wrong", "too-many-tries"} and codes[-1] == "too-many-tries"
        assert done["type"] == "done" and room.state.present["member8"].site == "site-district"
        assert (await line.ask("ask-wall-code", "refused", id="p", sitting=room.sitting))["code"] == "no-right"
