"""The chat: silent during a closed item, notes to the chair are the chair's, in the minutes by rule.

meetings.sitting.chat
"""

from __future__ import annotations

from msgspec.structs import replace

from meetings.sitting import commands as c
from meetings.sitting import events as e
from tests.kit.committee import Committee
from tests.kit.played import RULE, Played, refused

from .test_room import Browser, opened


def test_it_is_silent_while_a_closed_item_is_on() -> None:
    played = Played().opened().do("secretary", c.AddItem("secret", "Nhân sự", closed=True), c.OpenItem("i1"))
    played.do("a", c.Say("1", "Xin gửi số liệu"))
    assert played.happenings[-1] == e.Said("1", "a", "Xin gửi số liệu", "all", False)
    assert refused(lambda: played.do("b", c.Say("2", "Tôi chưa điểm danh"))) == "check-in-first"
    assert refused(lambda: played.do("a", c.Say("3", " "))) == "field-needed"
    played.do("secretary", c.OpenItem("secret"))
    assert refused(lambda: played.do("a", c.Say("4", "Trong họp kín"))) == "chat-closed-item"


def test_what_goes_into_the_record_is_for_the_rules_to_say() -> None:
    played = Played(replace(RULE, chat_in_record=True)).opened()
    played.do("a", c.Say("1", "Đồng ý"), c.Say("2", "Riêng với chủ tọa", "chair"))
    assert [h.record for h in played.happenings if isinstance(h, e.Said)] == [True, False]


async def test_a_note_to_the_chair_is_the_chairs_alone(committee: Committee) -> None:
    room, who = await opened(committee), committee.who
    browsers = {person: Browser(who[person]) for person in ("chair", "secretary", "member2", "east-chair")}
    for browser in browsers.values():
        await room.watch(browser, 0)
    await room.ask(who["member1"], c.Say("1", "Chào mọi người"))
    await room.ask(who["member1"], c.Say("2", "Thưa chủ tọa, riêng", "chair"))
    assert "Chào mọi người" in repr(browsers["member2"].events)
    assert {person for person, browser in browsers.items() if "riêng" in repr(browser.events)} == {"chair"}
