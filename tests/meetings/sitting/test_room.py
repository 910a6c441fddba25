"""A live room on a real database: durable before answered, told to every browser, resumed without loss.

meetings.sitting.room, meetings.sitting.names, rooms, actions, records, screen, views
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from meetings.people.rights import Principal
from meetings.sitting import commands as c
from meetings.sitting import views
from meetings.sitting.room import Room, Telling
from meetings.sitting.rooms import Rooms
from store import journal
from store.chain import Head
from store.errors import Denied, Missing, Refused, Stale
from tests.kit.committee import Committee
from tests.kit.world import Fixed


class Browser:
    def __init__(self, who: Principal) -> None:
        self.who = who
        self.seq = 0
        self.events: list[views.SeenEvent] = []
        self.parts: dict[str, Any] = {}
        self.lost = ""

    def tell(self, telling: Telling) -> None:
        self.seq = telling.seq
        self.events += telling.events
        self.parts |= telling.parts

    def lose(self, sitting: str) -> None:
        self.lost = sitting


async def opened(committee: Committee) -> Room:
    room = await committee.rooms.get(await committee.plan())
    who = committee.who
    await room.ask(who["secretary"], c.AddItem("i1", "Ngân sách", question="Thông qua?"))
    await room.ask(who["secretary"], c.AddItem("i2", "Nhân sự", closed=True))
    await room.ask(who["secretary"], c.Release(3))
    await room.ask(who["chair"], c.Open())
    for person in ("chair", "deputy", *(f"member{n}" for n in range(1, 8))):
        await room.ask(who[person], c.CheckIn(site="site-district"))
    return room


async def test_every_step_is_in_the_journal_and_a_restart_has_the_same_state(committee: Committee) -> None:
    room = await opened(committee)
    assert isinstance(await committee.house.read(journal.verify, room.sitting), Head)
    again = await Rooms(committee.house).get(room.sitting)
    assert again.state == room.state
    await again.stop()
    with pytest.raises(Stale):  # the newer room took the lease: the old one can write no more
        await room.ask(committee.who["chair"], c.OpenItem("i1"))


async def test_a_command_is_accepted_once(committee: Committee) -> None:
    room = await opened(committee)
    first = await room.ask(committee.who["chair"], c.OpenItem("i1"), id="k1")
    second = await room.ask(committee.who["chair"], c.OpenItem("i1"), id="k1")
    assert first == second
    with pytest.raises(Refused, match="command-reused"):
        await room.ask(committee.who["chair"], c.OpenItem("i2"), id="k1")


async def test_rights_are_asked_before_anything(committee: Committee) -> None:
    room = await opened(committee)
    before = room.state
    for person, command in (
        ("member1", c.Close()), ("secretary", c.Open()), ("technician", c.CheckIn()),
        ("east-chair", c.Cast("b", ("for",))), ("clerk", c.OpenItem("i1")),
    ):  # fmt: skip
        with pytest.raises(Denied):
            await room.ask(committee.who[person], command)
    assert room.state == before


async def test_browsers_are_told_and_resume_from_the_last_event_they_saw(committee: Committee) -> None:
    room = await opened(committee)
    member, late = Browser(committee.who["member1"]), Browser(committee.who["member2"])
    await room.watch(member, 0)
    assert [event.seq for event in member.events] == list(range(1, room.state.seq + 1))
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    await room.ask(committee.who["chair"], c.OpenVote("b1", "i1"))
    assert member.parts["stage"].item == "i1" and member.parts["ballots"][0].question == "Thông qua?"
    await room.watch(late, room.state.seq - 1)
    assert [event.kind for event in late.events] == ["vote-opened"]
    room.unwatch(member)
    await room.ask(committee.who["member1"], c.Cast("b1", ("for",)))
    assert member.parts["ballots"][0].cast == 0


async def test_a_guest_does_not_see_a_closed_item(committee: Committee) -> None:
    room = await opened(committee)
    guest, secretary = Browser(committee.who["east-chair"]), Browser(committee.who["secretary"])
    await room.watch(guest, 0)
    await room.watch(secretary, 0)
    assert [item.title for item in guest.parts["agenda"]] == ["Ngân sách"]
    assert len(secretary.parts["agenda"]) == 2
    assert [event.seq for event in guest.events] == [event.seq for event in secretary.events]
    assert "Nhân sự" not in repr(guest.events) and "Nhân sự" in repr(secretary.events)
    await room.ask(committee.who["chair"], c.OpenItem("i2"))
    assert guest.parts["stage"].item == ""


async def test_a_site_sees_no_single_vote(committee: Committee) -> None:
    room = await opened(committee)
    wall = Browser(Principal("site", "site-east"))
    await room.watch(wall, 0)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    await room.ask(committee.who["chair"], c.OpenVote("b1", "i1"))
    await room.ask(committee.who["member1"], c.Cast("b1", ("against",)))
    assert wall.parts["ballots"][0].cast == 1 and not wall.parts["ballots"][0].votes
    assert "against" not in repr(wall.events)
    stranger = Browser(Principal("site", "site-elsewhere"))
    with pytest.raises(Refused):
        await room.watch(stranger, 0)


async def test_before_release_only_those_who_prepare_see_it(committee: Committee) -> None:
    sitting = await committee.plan()
    listed = {key: [row.id for row in await committee.sittings.listed(who)] for key, who in committee.who.items()}
    assert {key for key, ids in listed.items() if sitting in ids} == {"chair", "secretary", "clerk"}


async def test_two_at_once_are_served_in_order(committee: Committee) -> None:
    room = await opened(committee)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    await room.ask(committee.who["chair"], c.OpenVote("b1", "i1"))
    voters = [committee.who[f"member{n}"] for n in range(1, 8)]
    await asyncio.gather(*(room.ask(who, c.Cast("b1", ("for",)), id=f"v-{who.id}") for who in voters for _ in range(3)))
    assert len(room.state.ballots[0].votes) == 7
    kinds = [event.kind for event in await committee.sittings.story(committee.who["secretary"], room.sitting)]
    assert kinds.count("vote-cast") == 7


async def test_units_are_invited_later_and_no_browser_says_who_is_who(committee: Committee) -> None:
    secretary, room = committee.who["secretary"], await committee.rooms.get(await committee.plan(units=()))
    assert "east-chair" not in room.state.seats and "site-east" not in room.state.rooms
    await committee.sittings.invite(secretary, room.sitting, ("east", "east", "district"))
    seat = room.state.seats["east-chair"]
    assert (seat.role, seat.entitled, seat.mandate) == ("guest", False, "m-east-chair")
    assert "site-east" in room.state.rooms and room.cards["east-chair"].name == "Đỗ Thị Đông"
    assert room.state.seats["chair"].role == "chair"  # of the district itself nothing changed
    seq = room.state.seq
    await committee.sittings.invite(secretary, room.sitting, ("east",))
    with pytest.raises(Refused, match="nobody-to-invite"):
        await committee.sittings.invite(secretary, room.sitting, ())
    with pytest.raises(Refused, match="no-such-unit"):
        await committee.sittings.invite(secretary, room.sitting, ("west", "ghost"))
    with pytest.raises(Denied):
        await committee.sittings.invite(committee.who["member1"], room.sitting, ("west",))
    assert room.state.seq == seq
    with pytest.raises(msgspec.ValidationError):  # and no such command comes from a browser
        msgspec.convert({"kind": "invite", "seats": []}, c.Command)


async def test_what_was_left_out_before_release_is_never_shown(committee: Committee, world: Fixed) -> None:
    room, who = await committee.rooms.get(await committee.plan()), committee.who
    await room.ask(who["secretary"], c.AddItem("secret", "Kỷ luật ông X"))
    await room.ask(who["secretary"], c.ChangeItem("secret", "Kỷ luật bà Y"))
    await room.ask(who["secretary"], c.RemoveItem("secret"))
    await room.ask(who["secretary"], c.AddItem("i1", "Ngân sách"))
    await room.ask(who["secretary"], c.Release(3))
    world.step(1)
    await room.ask(who["secretary"], c.AddItem("i2", "Việc khác"))
    for person, shown in (("member1", ["i2"]), ("secretary", ["secret", "i1", "i2"])):
        browser = Browser(who[person])
        await room.watch(browser, 0)
        assert [event.body["item"] for event in browser.events if event.kind == "item-added" and event.body] == shown
        assert [item.id for item in browser.parts["agenda"]] == ["i1", "i2"]
        assert ("Kỷ luật" in repr(browser.events)) == (person == "secretary")


async def test_no_such_sitting(committee: Committee) -> None:
    with pytest.raises(Missing):
        await committee.rooms.get("nowhere")
