"""Votes sent again, doubled, late, by others and forged, while the clock is set back and forth: nothing counts twice.

`SITTING_REPLAYS=100000` makes it as long as wanted. meetings.sitting.room, meetings.sitting.ballots
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from random import Random

import pytest

from meetings.sitting import commands as c
from meetings.sitting.model import Ballot
from meetings.sitting.room import Room
from store import journal
from store.chain import Head
from store.errors import Fault
from tests.kit.committee import Committee
from tests.kit.world import Fixed
from tests.meetings.sitting.test_room import opened

TRIES = int(os.environ.get("SITTING_REPLAYS", "3000"))
AT_ONCE = 50
VOTERS = ("chair", "deputy", *(f"member{n}" for n in range(1, 8)))
STRANGERS = ("secretary", "clerk", "technician", "east-chair")


def ballot_of(room: Room, ballot: str) -> Ballot:
    return next(one for one in room.state.ballots if one.id == ballot)


def tried(rnd: Random, way: str) -> tuple[str, c.AnyCommand, str]:
    """Who, what and under which id: sent again, sent with another's id, for another vote, or never one's to send."""
    person = rnd.choice(VOTERS)
    marks = {"for": "100", "against": "010", "silent": "001"}
    choice = {"chair": "for", "deputy": "against"}.get(person, "for")
    cast: c.AnyCommand = c.Cast("b1", (choice,)) if way == "open" else c.CastSecretly("b1", marks[choice])
    kind = rnd.choice(("again", "again", "again", "foreign-id", "stranger", "forged", "other-vote", "new-id"))
    if kind == "foreign-id":
        return person, cast, f"v-{rnd.choice(VOTERS)}"
    if kind == "stranger":
        return rnd.choice(STRANGERS), cast, f"s-{rnd.random()}"
    if kind == "forged":
        forged = (c.CountVote("b1", (("for", 99),), 99), c.VoidVote("b1", "restart"), c.CloseVote("b1"))
        return rnd.choice(VOTERS[1:]), rnd.choice(forged), f"f-{rnd.random()}"
    if kind == "other-vote":
        return person, c.Cast("b0", ("for",)), f"o-{rnd.random()}"
    return person, cast, f"n-{rnd.random()}" if kind == "new-id" else f"v-{person}"


@pytest.mark.parametrize("way", ["open", "secret"])
async def test_no_vote_is_counted_twice_whatever_is_sent(committee: Committee, world: Fixed, way: str) -> None:
    room, who, rnd = await opened(committee), committee.who, Random(way)
    await room.ask(who["chair"], c.OpenItem("i1"))
    await room.ask(who["chair"], c.OpenVote("b1", "i1", "Thông qua?", way=way))  # type: ignore[arg-type]
    answers: Counter[str] = Counter()

    async def send() -> None:
        person, command, id_ = tried(rnd, way)
        try:
            await room.ask(who[person], command, id=id_)
            answers["taken"] += 1
        except Fault as fault:
            answers[fault.code] += 1

    for turn in range(TRIES // AT_ONCE):
        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
        world.wind(rnd.choice((-86_400_000, -5_000, 5_000, 86_400_000)))
        ballot = ballot_of(room, "b1")
        assert ballot.is_open and set(ballot.voted) <= set(VOTERS), turn
    await room.ask(who["chair"], c.CloseVote("b1"))
    for _ in range(AT_ONCE):
        await send()  # late
    result = ballot_of(room, "b1").result
    assert result is not None and dict(result.counts) == {"for": 8, "against": 1, "silent": 0}
    assert result.carried and result.unheard == 2  # two members never came
    kinds = Counter(event.kind for event in await committee.house.read(journal.read, room.sitting))
    assert kinds["vote-cast" if way == "open" else "ballot-taken"] == len(VOTERS), "one event a voter"
    assert isinstance(await committee.house.read(journal.verify, room.sitting), Head)
    assert {"taken", "no-right", "no-vote", "vote-closed"} <= answers.keys(), answers
