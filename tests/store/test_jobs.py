"""store/jobs.py: a job is done even if its worker dies, later and later if it fails."""

from __future__ import annotations

import asyncio

from store import jobs
from store.db import Database


async def test_one_worker_gets_a_job_and_a_dead_one_gives_it_up(database: Database) -> None:
    await database.write(jobs.enqueue, [("j1", {"to": "x"})], "mail", 1000)
    assert await database.write(jobs.lease, ["mail"], 999) is None
    assert await database.write(jobs.lease, ["other"], 1000) is None
    first = await database.write(jobs.lease, ["mail"], 1000)
    assert first is not None
    assert first.payload == {"to": "x"}
    assert await database.write(jobs.lease, ["mail"], 1001) is None
    again = await database.write(jobs.lease, ["mail"], 1000 + jobs.LEASE_MS)
    assert again is not None
    assert again.tries == 2
    await database.write(jobs.finish, again)
    assert await database.write(jobs.lease, ["mail"], 10**9) is None


async def test_failures_come_back_later_and_at_last_stay(database: Database) -> None:
    await database.write(jobs.enqueue, [("j1", {})], "mail", 0)
    now = 0
    for _ in range(jobs.MAX_TRIES):
        job = await database.write(jobs.lease, ["mail"], now)
        assert job is not None
        await database.write(jobs.fail, job, "no route", now)
        assert await database.write(jobs.lease, ["mail"], now + 1) is None
        now += jobs.LONGEST_DELAY_MS
    assert await database.write(jobs.lease, ["mail"], now * 2) is None
    assert [job.id for job in await database.read(jobs.stuck)] == ["j1"]


async def test_two_workers_never_share_a_job(database: Database) -> None:
    for number in range(10):
        await database.write(jobs.enqueue, [(f"j{number}", {})], "mail", number)
    got = await asyncio.gather(*(database.write(jobs.lease, ["mail"], 100) for _ in range(10)))
    assert len({job.id for job in got if job}) == 10
