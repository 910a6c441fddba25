"""store/journal.py on every database: leases, commands accepted once, nothing acknowledged lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import journal
from store.chain import Actor, Draft, Event, Flaw, Head
from store.db import Database
from store.errors import Missing, Refused, Stale
from store.journal import Command, Lease

from ..kit.ledger import Ledger, judge
from ..kit.world import Fixed

ACTOR = Actor("person", "p1")


def start(conn: sa.Connection) -> Lease:
    return journal.create(conn, "s", "sitting", "u1", "n1")


def put(conn: sa.Connection, lease: Lease, world: Fixed, kind: str = "a", command: str = "") -> list[Event]:
    given = Command(ACTOR, command, digest=journal.command_digest(kind, b"{}"))
    return journal.append(conn, lease, [Draft(kind, {"n": 1})], given, world.now().utc_ms, world.random)


async def test_append_then_read_from_a_seq(database: Database, world: Fixed) -> None:
    lease = await database.write(start)
    for _ in range(3):
        await database.write(put, lease, world)
    events = await database.read(journal.read, "s", 1)
    assert [event.seq for event in events] == [2, 3]
    assert await database.read(journal.verify, "s") == Head(3, events[-1].hash, events[-1].at)


async def test_a_lost_lease_cannot_append(database: Database, world: Fixed) -> None:
    old = await database.write(start)
    new = await database.write(journal.take, "s", "n1")
    with pytest.raises(Stale):
        await database.write(put, old, world)
    await database.write(put, new, world)
    with pytest.raises(Refused):
        await database.write(journal.hold, "s", "n2")
    with pytest.raises(Missing):
        await database.write(journal.hold, "nowhere", "n1")


async def test_a_command_is_accepted_once(database: Database, world: Fixed) -> None:
    lease = await database.write(start)
    first = await database.write(put, lease, world, "a", "c1")
    again = await database.write(put, lease, world, "a", "c1")
    assert again == first
    with pytest.raises(Refused, match="command-reused"):
        await database.write(put, lease, world, "b", "c1")
    assert (await database.read(journal.head, "s")).seq == 1


async def test_many_at_once_make_one_line(database: Database, world: Fixed, tmp_path: Path) -> None:
    lease = await database.write(start)
    ledgers = [Ledger(tmp_path / "ledgers", f"client{number}") for number in range(5)]

    async def client(ledger: Ledger) -> None:
        for number in range(8):
            command = f"{ledger.client}-{number}"
            ledger.attempt(command)
            made = await database.write(put, lease, world, "a", command)
            ledger.acknowledged(command, made[0].seq)

    await asyncio.gather(*(client(ledger) for ledger in ledgers))
    for ledger in ledgers:
        ledger.close()
    events = await database.read(lambda conn: list(journal.walk(conn, "s")))
    assert len(events) == 40
    assert judge(tmp_path / "ledgers", events) == []


async def test_a_failed_transaction_leaves_nothing(database: Database, world: Fixed) -> None:
    lease = await database.write(start)

    def half(conn: sa.Connection) -> None:
        put(conn, lease, world)
        raise Refused("changed-my-mind")

    with pytest.raises(Refused):
        await database.write(half)
    assert await database.read(journal.head, "s") == Head()


async def test_verify_names_the_first_bad_event(database: Database, world: Fixed) -> None:
    lease = await database.write(start)
    for _ in range(6):
        await database.write(put, lease, world)
    true = await database.read(lambda conn: list(journal.walk(conn, "s")))

    def spoil(conn: sa.Connection) -> None:
        conn.execute(journal.events.update().where(journal.events.c.seq == 4).values(body='{"n":2}'))

    await database.write(spoil)
    assert await database.read(journal.verify, "s") == Flaw(4, "digest")
    await database.write(journal.erase, "s", 4)
    assert isinstance(await database.read(journal.verify, "s"), Head)
    await database.write(lambda conn: conn.execute(journal.events.delete().where(journal.events.c.seq == 6)))
    assert await database.read(journal.verify, "s") == Flaw(6, "short")
    assert await database.read(journal.verify, "s", {6: true[5].hash}) == Flaw(6, "short")


def test_the_oracle_itself_finds_loss_doubling_and_invention(tmp_path: Path) -> None:
    from store import chain

    ledger = Ledger(tmp_path, "c")
    for command in ("kept", "lost"):
        ledger.attempt(command)
    ledger.acknowledged("kept", 1)
    ledger.acknowledged("lost", 2)
    ledger.close()
    head, events = Head(), []
    for command in ("kept", "kept", "invented"):
        given = chain.Circumstance("s", 1, "n", ACTOR, "", command)
        events.append(chain.link(head, Draft("a"), given, bytes(16)))
        head = chain.head_of(events[-1])
    found = " ".join(judge(tmp_path, events))
    assert "lost: lost" in found
    assert "never attempted: invented" in found
    assert "twice: kept" in found
