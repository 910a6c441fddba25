"""Secret votes in a live room: counted once, never written, void when the urn is lost. meetings.sitting.urn, room."""

from __future__ import annotations

import asyncio

import pytest

from meetings.sitting import commands as c
from meetings.sitting.room import Room
from meetings.sitting.rooms import Rooms
from meetings.sitting.urn import Urn
from store import journal
from store.errors import Refused, Stale
from tests.kit.committee import Committee

from .test_room import Browser, opened

VOTERS = tuple(f"member{n}" for n in range(1, 8))


async def put(committee: Committee) -> Room:
    room = await opened(committee)
    await room.ask(committee.who["chair"], c.OpenItem("i1"))
    await room.ask(committee.who["chair"], c.OpenVote("b1", "i1", way="secret"))
    return room


def test_an_urn_knows_sums_and_nothing_else() -> None:
    urn = Urn("b", ("1", "2", "silent"))
    urn.put(("2",))
    urn.put(("1", "2"))
    assert urn.open() == (("1", 1), ("2", 2), ("silent", 0)) and urn.papers == 2


async def test_a_retry_a_second_device_and_a_replay_are_counted_once(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    tries = [
        room.ask(who[person], c.CastSecretly("b1", marks), id=id_)
        for person in VOTERS
        for marks, id_ in (("100", f"{person}-1"), ("100", f"{person}-1"), ("010", f"{person}-2"))
    ]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    first, again, other = outcomes[0::3], outcomes[1::3], outcomes[2::3]
    assert first == again and all(isinstance(one, Refused) and one.code == "voted-already" for one in other)
    # the same id with something else on the ballot is the same ballot: what it said first is what counts
    assert await room.ask(who["member1"], c.CastSecretly("b1", "001"), id="member1-1") == first[0]
    await room.ask(who["chair"], c.CloseVote("b1"))
    [ballot] = room.state.ballots
    assert ballot.result is not None and dict(ballot.result.counts) == {"for": 7, "against": 0, "silent": 0}
    assert ballot.result.unheard == 4 and ballot.voted == VOTERS


async def test_nothing_that_is_stored_or_shown_holds_a_choice(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    desk = Browser(who["secretary"])
    await room.watch(desk, 0)
    for person, marks in zip(VOTERS, ("100", "010", "001", "100", "100", "010", "001"), strict=True):
        await room.ask(who[person], c.CastSecretly("b1", marks))
    events = await committee.house.read(journal.read, room.sitting)
    taken = [event for event in events if event.kind == "ballot-taken"]
    assert [event.body for event in taken] == [{"ballot": "b1", "person": person} for person in VOTERS]
    digests = await committee.house.read(lambda conn: set(conn.scalars(journal.commands.select().with_only_columns(
        journal.commands.c.digest).where(journal.commands.c.first_seq >= taken[0].seq))))  # fmt: skip
    assert len(digests) == 1, "every ballot is remembered alike"
    assert desk.parts["ballots"][-1].votes == {} and desk.parts["ballots"][-1].voted == VOTERS


async def test_after_a_restart_it_is_void_and_is_held_anew(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    await room.ask(who["member1"], c.CastSecretly("b1", "100"), id="k")
    again = await Rooms(committee.house).get(room.sitting)
    [ballot] = again.state.ballots
    assert ballot.voided == "restart" and ballot.voted == ("member1",) and ballot.result is None
    # a browser that sends its ballot again is told what became of it: it was taken, and the vote is void
    assert [event.kind for event in await again.ask(who["member1"], c.CastSecretly("b1", "100"), id="k")] == [
        "ballot-taken"
    ]
    with pytest.raises(Stale, match="vote-voided"):
        await again.ask(who["member2"], c.CastSecretly("b1", "100"))
    await again.ask(who["chair"], c.OpenVote("b2", "i1", way="secret"))
    for person in VOTERS:
        await again.ask(who[person], c.CastSecretly("b2", "010"))
    await again.ask(who["chair"], c.CloseVote("b2"))
    assert again.state.ballots[1].result is not None and again.state.ballots[1].result.of("against") == 7
    await again.stop()


async def test_one_that_is_called_off_leaves_no_urn(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    await room.ask(who["member1"], c.CastSecretly("b1", "100"))
    await room.ask(who["chair"], c.CancelVote("b1", "Nhầm câu hỏi"))
    await room.ask(who["chair"], c.OpenVote("b2", "i1", way="secret"))
    for person in VOTERS:
        await room.ask(who[person], c.CastSecretly("b2", "001"))
    await room.ask(who["chair"], c.CloseVote("b2"))
    assert room.state.ballots[1].result is not None and room.state.ballots[1].result.of("silent") == 7


async def test_votes_and_their_close_may_come_in_one_breath(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    votes = [room.ask(who[person], c.CastSecretly("b1", "100")) for person in VOTERS]
    *_, closed = await asyncio.gather(*votes, room.ask(who["chair"], c.CloseVote("b1")))
    assert [event.kind for event in closed] == ["vote-closed"]
    assert room.state.ballots[0].result is not None and room.state.ballots[0].result.of("for") == 7


async def test_with_too_few_ballots_it_stays_open(committee: Committee) -> None:
    room, who = await put(committee), committee.who
    for person in VOTERS[:4]:
        await room.ask(who[person], c.CastSecretly("b1", "100"))
    with pytest.raises(Refused, match="secret-few-cast"):
        await room.ask(who["chair"], c.CloseVote("b1"))
    await room.ask(who[VOTERS[4]], c.CastSecretly("b1", "010"))
    await room.ask(who["chair"], c.CloseVote("b1"))
    assert room.state.ballots[0].result is not None and room.state.ballots[0].result.of("for") == 4
