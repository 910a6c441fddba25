"""Signed heads of a sitting's journal: made at each moment that matters, kept, shown. meetings.sitting.witness"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from meetings.people.rights import Principal
from meetings.sitting import commands as c
from meetings.sitting.room import Room, Telling
from meetings.sitting.witness import MOMENTS, Witness
from signing.checkpoint import Checkpoint, is_genuine, key_name
from store import chain, journal
from store.chain import Flaw, Head
from tests.kit.committee import Committee

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class Browser:
    def __init__(self, who: Principal) -> None:
        self.who = who
        self.parts: dict[str, Any] = {}
        self.seqs: list[int] = []

    def tell(self, telling: Telling) -> None:
        self.parts |= telling.parts
        self.seqs += [event.seq for event in telling.events]

    def lose(self, sitting: str) -> None:
        raise AssertionError(sitting)


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


@pytest.fixture
async def witness(committee: Committee) -> AsyncIterator[Witness]:
    made = Witness(committee.house, committee.rooms, lambda: KEY)
    made.start()
    yield made
    await made.close()


async def opened(committee: Committee) -> Room:
    room, who = await committee.rooms.get(await committee.plan()), committee.who
    await room.ask(who["secretary"], c.AddItem("i1", "Ngân sách", question="Thông qua?"))
    await room.ask(who["secretary"], c.Release(3))
    await room.ask(who["chair"], c.Open())
    for person in ("chair", "deputy", *(f"member{n}" for n in range(1, 8))):
        await room.ask(who[person], c.CheckIn(site="site-district"))
    await room.ask(who["chair"], c.OpenItem("i1"))
    return room


async def vote(committee: Committee, room: Room) -> None:
    await room.ask(committee.who["chair"], c.OpenVote("b1", "i1"))
    await room.ask(committee.who["member1"], c.Cast("b1", ("against",)))
    await room.ask(committee.who["chair"], c.CloseVote("b1"))


async def test_a_checkpoint_is_kept_and_shown_after_a_vote_closes(committee: Committee, witness: Witness) -> None:
    room = await opened(committee)
    browser = Browser(committee.who["member1"])
    await room.watch(browser, 0)
    assert room.witness is None and browser.parts["witness"] is None
    await vote(committee, room)
    await until(lambda: room.witness is not None)
    made, head = room.witness, await committee.house.read(journal.head, room.sitting)
    assert made is not None and is_genuine(made) and made.key == key_name(KEY.public_key())
    assert (made.stream, made.seq, made.hash) == (room.sitting, head.seq, head.hash)
    assert browser.parts["witness"] == made
    [row] = await committee.house.read(journal.read_checkpoints, room.sitting)
    kept = Checkpoint(row.stream, row.seq, row.hash, row.at, row.key_id, row.signature)
    assert kept == made and is_genuine(kept), "what is stored verifies as it is"
    assert browser.seqs == list(range(1, head.seq + 1)), "a checkpoint is no event"


async def test_a_checkpoint_that_was_altered_is_not_genuine(committee: Committee, witness: Witness) -> None:
    room = await opened(committee)
    await witness.mark(room)
    made = room.witness
    assert made is not None and is_genuine(made)
    other = key_name(Ed25519PrivateKey.generate().public_key())
    for change in ({"seq": made.seq + 1}, {"hash": "0" * 64}, {"at": made.at + 1}, {"stream": "x"}, {"key": other},
                   {"signature": made.signature[:-4] + "AAA="}, {"signature": "!"}, {"key": ""}):  # fmt: skip
        assert not is_genuine(msgspec.structs.replace(made, **change)), change


async def test_it_tells_a_rewritten_journal_from_the_true_one(committee: Committee, witness: Witness) -> None:
    room = await opened(committee)
    await vote(committee, room)
    await until(lambda: room.witness is not None)
    assert room.witness is not None
    events = await committee.house.read(lambda conn: list(journal.walk(conn, room.sitting)))
    known = {room.witness.seq: room.witness.hash}
    assert isinstance(chain.verify(events, known), Head)
    forged, head = [], Head()
    for event in events:
        body = {**(event.body or {}), "choice": "for"} if event.kind == "vote-cast" else dict(event.body or {})
        given = chain.Circumstance(event.stream, event.at, event.origin, event.actor, event.session, event.command)
        forged.append(chain.link(head, chain.Draft(event.kind, body, event.v), given, bytes(16)))
        head = chain.head_of(forged[-1])
    assert isinstance(chain.verify(forged), Head)
    assert chain.verify(forged, known) == Flaw(room.witness.seq, "checkpoint")
    assert chain.verify(events[:-1], known) == Flaw(len(events), "short")


async def test_every_moment_that_matters_is_signed_and_no_other(committee: Committee, witness: Witness) -> None:
    assert {"closed", "vote-closed", "minutes-signed"} <= MOMENTS
    room = await opened(committee)
    assert await committee.house.read(journal.read_checkpoints, room.sitting) == []
    await vote(committee, room)
    await room.ask(committee.who["chair"], c.Conclude("i1", "Thống nhất"))
    await room.ask(committee.who["chair"], c.Close())
    closed = room.state.seq
    await until(lambda: room.witness is not None and room.witness.seq == closed)
    rows = await committee.house.read(journal.read_checkpoints, room.sitting)
    assert {row.seq for row in rows} <= {closed - 2, closed - 1, closed} and rows[-1].seq == closed


async def test_the_same_head_is_signed_twice_without_harm(committee: Committee, witness: Witness) -> None:
    room = await opened(committee)
    await asyncio.gather(witness.mark(room), witness.mark(room), witness.mark(room))
    assert len(await committee.house.read(journal.read_checkpoints, room.sitting)) == 1
    assert room.witness is not None and replace(await committee.house.read(journal.head, room.sitting), at=0) == Head(
        room.witness.seq, room.witness.hash
    )


async def test_it_ends_when_told(committee: Committee) -> None:
    made = Witness(committee.house, committee.rooms, lambda: KEY)
    await made.close()  # never started
    made.start()
    await made.close()
    await made.close()
