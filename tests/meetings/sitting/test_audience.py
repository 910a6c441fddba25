"""A crowd of browsers is told together what came within a moment, and misses nothing. meetings.sitting.audience."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meetings.sitting import audience
from meetings.sitting import commands as c
from meetings.sitting import events as e
from meetings.sitting.room import Room
from store.errors import Unavailable
from tests.kit.committee import Committee

from .test_room import Browser, opened


async def test_a_few_browsers_are_told_every_step_at_once(committee: Committee) -> None:
    room, browser = await opened(committee), Browser(committee.who["member1"])
    await room.watch(browser, 0)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    assert browser.seq == room.state.seq and browser.parts["stage"].item == "i1"


async def test_a_crowd_is_told_together_and_every_event_once(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "PAUSE_S", 0.01)  # a moment that a slow machine's transactions fit in
    room, who = await opened(committee), committee.who
    crowd = [Browser(who["member1"]) for _ in range(audience.FEW + 50)]
    for browser in crowd:
        await room.watch(browser, room.state.seq)
    await room.ask(who["chair"], c.OpenItem("i1"))
    await room.ask(who["chair"], c.OpenVote("b1", "i1"))
    told = []
    crowd[0].tell = told.append  # type: ignore[method-assign, assignment]
    for n in range(1, 8):
        await room.ask(who[f"member{n}"], c.Cast("b1", ("for",)))
    for _ in range(1000):
        if crowd[1].seq == room.state.seq:
            break
        await asyncio.sleep(0.01)
    assert len(told) < 7, "what came within a moment was told together"
    after = crowd[1].events
    assert [event.seq for event in after] == list(range(after[0].seq, room.state.seq + 1))
    assert crowd[1].parts["ballots"][0].cast == 7


async def test_who_joins_while_something_waits_to_be_told_hears_it_once(committee: Committee) -> None:
    room, who = await opened(committee), committee.who
    for _ in range(audience.FEW + 50):
        await room.watch(Browser(who["member2"]), room.state.seq)
    await room.ask(who["chair"], c.OpenItem("i1"))
    seq = room.state.seq
    await room.ask(who["chair"], c.OpenVote("b1", "i1"))
    late = Browser(who["member1"])
    await room.watch(late, seq)
    await asyncio.sleep(0.1)
    assert [event.kind for event in late.events] == ["vote-opened"]


async def test_who_becomes_the_chair_hears_a_step_once_and_from_then_on_with_the_chairs_eyes(
    committee: Committee,
) -> None:
    room, who = await opened(committee), committee.who
    deputy = next(person for person, seat in room.state.seats.items() if seat.role == "deputy")
    [taker] = [one for one in who.values() if one.id == deputy]
    browser, other = Browser(taker), Browser(who["member1"])
    for one in (browser, other):
        await room.watch(one, room.state.seq)
    told: list[audience.Telling] = []
    browser.tell = told.append  # type: ignore[method-assign, assignment]
    await room.ask(who["chair"], c.HandOver("chair", taker.id))
    [telling] = told
    assert [event.kind for event in telling.events] == ["role-taken"]
    assert set(telling.parts) == set(audience.Screen.__struct_fields__), "all of the screen, with other eyes"
    await room.ask(who["member1"], c.Say("m1", "Xin ý kiến", "chair"))
    assert [event.kind for event in told[-1].events] == ["said"] and other.events[-1].kind == "withheld"


async def test_who_is_not_invited_any_more_is_told_so_and_nothing_else(committee: Committee) -> None:
    room, who = await committee.rooms.get(await committee.plan()), committee.who
    await room.ask(who["secretary"], c.AddItem("i1", "Ngân sách"))
    await room.ask(who["secretary"], c.Release(3))
    guest = Browser(who["west-chair"])
    await room.watch(guest, 0)
    seq = guest.seq
    await room.ask(who["secretary"], c.Uninvite(("west-chair",)))
    assert (guest.lost, guest.seq) == (room.sitting, seq)
    await room.ask(who["chair"], c.Open())
    assert guest.seq == seq


async def test_a_checkpoint_that_comes_while_names_are_read_hides_no_event(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, who = await opened(committee), committee.who
    browser, reading, read, real = Browser(who["member1"]), asyncio.Event(), asyncio.Event(), room._load_names
    await room.watch(browser, room.state.seq)
    told: list[audience.Telling] = []
    browser.tell = told.append  # type: ignore[method-assign, assignment]

    async def slowly(state: Any) -> None:
        reading.set()
        await read.wait()
        await real(state)

    monkeypatch.setattr(room, "_load_names", slowly)
    guest = c.Invite((e.Seat("technician", "m", "province", "guest"),), ())
    asked = [room.ask(who["member1"], c.Say("m1", "Xin ý kiến")), room.ask(who["secretary"], guest, trusted=True)]
    going = [asyncio.ensure_future(one) for one in asked]
    await reading.wait()
    assert room.witness is None
    room._audience.tell([])
    read.set()
    await asyncio.gather(*going)
    seq, kept = room.state.seq - 2, []
    for telling in told:  # as a browser takes it
        kept += [event.kind for event in telling.events if event.seq > seq]
        seq = telling.seq
    assert kept == ["said", "invited"]


async def test_what_was_made_durable_by_a_write_whose_answer_was_lost_is_told_to_all(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, who = await opened(committee), committee.who
    heard: list[list[str]] = []
    room.on_change.append(lambda _, events: heard.append([event.kind for event in events]))
    browser, lost = Browser(who["member1"]), [True]
    await room.watch(browser, room.state.seq)
    house = type(room._house)
    real = house.write

    async def write(self: Any, use: Any, *given: Any) -> Any:
        made = await real(self, use, *given)
        if lost and use.__name__ == Room._transact.__name__:
            lost.pop()
            raise OSError("the connection broke after the commit")
        return made

    monkeypatch.setattr(house, "write", write)
    with pytest.raises(Unavailable):
        await room.ask(who["chair"], c.OpenItem("i2"), id="k")
    [again] = await room.ask(who["chair"], c.OpenItem("i2"), id="k")
    assert again.seq == room.state.seq == browser.seq and browser.parts["stage"].item == "i2"
    assert heard == [["item-opened"]] and [event.kind for event in browser.events][-1] == "item-opened"


async def test_a_browser_that_asks_from_everywhere_fills_no_memory(committee: Committee) -> None:
    room, who = await opened(committee), committee.who
    browser = Browser(who["member1"])
    for after in range(audience.KEPT * 3):
        await room.watch(browser, after)
    await room.watch(browser, 2**53)
    assert len(room._audience._first) <= audience.KEPT and browser.seq == room.state.seq
