"""Nothing that a node leaves behind ties a secret vote to its voter; and the adversary would find it if something did.

The database, its WAL and a backup taken in mid-vote, the log at its most talkative, every answer and every wait.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from meetings.house import SYSTEM, House
from meetings.people.model import Membership, Person, PersonId
from meetings.sitting import commands as c
from meetings.sitting import room as live
from meetings.sitting.urn import Urn
from store import chain, journal
from store.blobs import open_blobs
from store.bus import LocalBus
from store.db import open_database
from store.world import System
from tests.kit.committee import DISTRICT, Committee, convene
from tests.kit.linker import Linker, Trace

CHOICES = {"for": ("100",), "against": ("010",), "silent": ("001",)}
VOTERS = 50
CHOICE_OF_THE_MOMENT = [""]  # for a leak that is planted


async def big_committee(house: House) -> tuple[Committee, list[str]]:
    """Fifty members with a vote and a name that stands nowhere else."""
    committee = await convene(house)
    more = [f"voter-{n:02d}-x" for n in range(VOTERS - 11)]
    pairs = [
        (
            Person(PersonId(key), f"Nguyễn Văn {key}", "ong"),
            Membership(f"m-{key}", PersonId(key), DISTRICT, "member", "Ủy viên", True),
        )
        for key in more
    ]
    await committee.people.put_people(SYSTEM, pairs)
    for key in more:
        committee.who[key] = await committee.accounts.principal(key)
    return committee, ["chair", "deputy", *(f"member{n}" for n in range(1, 10)), *more]


async def linked(tmp_path: Path, votes: int, seed: int) -> dict[str, tuple[float, float]]:
    """Hold VOTES secret votes of fifty voters, then let the adversary at everything that is left of them."""
    log = tmp_path / "node.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    chooser, backup = random.Random(seed), tmp_path / "backup.db"
    database = await open_database(f"sqlite:///{tmp_path}/node.db")
    committee, voters = await big_committee(House("node-1", database, open_blobs("memory:"), LocalBus(), System()))
    room = await committee.rooms.get(await committee.plan())
    try:
        await room.ask(committee.who["secretary"], c.AddItem("i1", "Nhân sự", question="Đồng ý?"))
        await room.ask(committee.who["secretary"], c.Release(3))
        await room.ask(committee.who["chair"], c.Open())
        for person in voters:
            await room.ask(committee.who[person], c.CheckIn())
        await room.ask(committee.who["chair"], c.OpenItem("i1"))
        traces, truth = [], {}
        for number in range(votes):
            ballot = f"vote-{number:03d}"
            await room.ask(committee.who["chair"], c.OpenVote(ballot, "i1", way="secret"))
            for person in chooser.sample(voters, len(voters)):
                choice = chooser.choice(tuple(CHOICES))
                truth[ballot, person] = choice
                CHOICE_OF_THE_MOMENT[0] = choice
                command, began = committee.house.id(), time.perf_counter_ns()
                [event] = await room.ask(committee.who[person], c.CastSecretly(ballot, CHOICES[choice][0]), id=command)
                waited = (time.perf_counter_ns() - began) // 1000
                traces.append(Trace(ballot, person, command, waited, str(event.seq)))
            if number == votes // 2:
                await database.backup(backup)
            await room.ask(committee.who["chair"], c.CloseVote(ballot))
        files = [
            path.read_bytes() for path in (tmp_path / "node.db", tmp_path / "node.db-wal", backup, log) if path.exists()
        ]
        assert len(files) == 4, "the adversary is to have the WAL too"
        events = await database.read(lambda conn: list(journal.walk(conn, room.sitting)))
    finally:
        await committee.rooms.close()
        await database.close()
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
    rows = [(event.body or {}, event.salt or "", event.body_digest) for event in events]
    return Linker(files, rows, traces, CHOICES).judge(truth)


def found(verdicts: dict[str, tuple[float, float]]) -> set[str]:
    return {name for name, (share, chance) in verdicts.items() if share > chance + 0.02}


@pytest.mark.timeout(300)
async def test_two_hundred_votes_of_fifty_are_tied_to_nobody(tmp_path: Path) -> None:
    verdicts = await linked(tmp_path, 200, 7)
    assert not found(verdicts), verdicts
    assert len(verdicts) == 8


def _keep_the_whole_command(patch: pytest.MonkeyPatch) -> None:
    import msgspec

    patch.setattr(live.c, "remembered", msgspec.json.encode)


def _hash_it_into_the_event(patch: pytest.MonkeyPatch) -> None:
    link = chain.link

    def hashed(head: chain.Head, draft: chain.Draft, given: chain.Circumstance, salt: bytes) -> chain.Event:
        made = link(head, draft, given, salt)
        if draft.kind != "ballot-taken":
            return made
        choice = CHOICE_OF_THE_MOMENT[0]
        whole = {**draft.body, "choice": choice}
        made = replace(made, body_digest=chain.digest_of(salt.hex(), whole))
        return replace(made, hash=chain.hash_of(made))

    patch.setattr(chain, "link", hashed)


def _write_it_to_the_log(patch: pytest.MonkeyPatch) -> None:
    take = live.Room._into_urn

    def telling(self: live.Room, request: live.Request, state: object) -> None:
        if isinstance(request.command, c.CastSecretly):
            logging.getLogger().debug('%s %s "%s"', request.command.ballot, request.who.id, request.command.marks)
        take(self, request, state)  # type: ignore[arg-type]

    patch.setattr(live.Room, "_into_urn", telling)


def _take_longer_for_one_side(patch: pytest.MonkeyPatch) -> None:
    put = Urn.put

    def slow(self: Urn, choices: tuple[str, ...]) -> None:
        if choices == ("against",):
            time.sleep(0.004)
        put(self, choices)

    patch.setattr(Urn, "put", slow)


@pytest.mark.parametrize(
    ("leak", "by"),
    [
        (_keep_the_whole_command, "digest"),
        (_hash_it_into_the_event, "salted"),
        (_write_it_to_the_log, "near"),
        (_take_longer_for_one_side, "waited"),
    ],
)
async def test_a_leak_that_is_planted_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: Callable[[pytest.MonkeyPatch], None], by: str
) -> None:
    leak(monkeypatch)
    verdicts = await linked(tmp_path, 16, 8)
    assert by in found(verdicts), verdicts
