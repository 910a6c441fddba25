"""A crowd of browsers is told together what came within a moment, and misses nothing. meetings.sitting.audience."""

from __future__ import annotations

import asyncio

from meetings.sitting import audience
from meetings.sitting import commands as c
from tests.kit.committee import Committee

from .test_room import Browser, opened


async def test_a_few_browsers_are_told_every_step_at_once(committee: Committee) -> None:
    room, browser = await opened(committee), Browser(committee.who["member1"])
    await room.watch(browser, 0)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    assert browser.seq == room.state.seq and browser.parts["stage"].item == "i1"


async def test_a_crowd_is_told_together_and_every_event_once(committee: Committee) -> None:
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
    for _ in range(200):
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
