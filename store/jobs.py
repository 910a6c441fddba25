"""Work that must happen even if the process dies: a lease table in the same database.

A job is enqueued in the transaction that makes it necessary. A worker leases it for a while, does it, and
finishes it; a worker that dies lets the lease run out, and another takes the job. So a job may be done twice:
its handler must be idempotent. Failures come back later and later; after MAX_TRIES a person has to look.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .db import metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("run_at", sa.BigInteger, nullable=False),
    sa.Column("lease_until", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("jobs_due", "run_at"),
)

LEASE_MS = 60_000
MAX_TRIES = 10
FIRST_DELAY_MS, LONGEST_DELAY_MS = 2_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    kind: str
    payload: Mapping[str, Any]
    tries: int  # this attempt included


def enqueue(conn: sa.Connection, given: Iterable[tuple[str, Mapping[str, Any]]], kind: str, run_at: int) -> None:
    """GIVEN: id and payload of each."""
    same = {"kind": kind, "run_at": run_at, "lease_until": 0, "tries": 0}
    conn.execute(jobs.insert(), [same | {"id": id_, "payload": json.dumps(payload)} for id_, payload in given])


def lease(conn: sa.Connection, kinds: list[str], now: int, lease_ms: int = LEASE_MS) -> Job | None:
    """The oldest due job of these kinds, now leased to the caller; None if there is none."""
    due = (jobs.c.run_at <= now) & (jobs.c.lease_until <= now) & jobs.c.kind.in_(kinds) & (jobs.c.tries < MAX_TRIES)
    query = sa.select(jobs).where(due).order_by(jobs.c.run_at, jobs.c.id).limit(1)
    row = conn.execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    taken = {"lease_until": now + lease_ms, "tries": row.tries + 1}
    conn.execute(jobs.update().where(jobs.c.id == row.id).values(**taken))
    return Job(row.id, row.kind, json.loads(row.payload), row.tries + 1)


def finish(conn: sa.Connection, job: Job) -> None:
    conn.execute(jobs.delete().where(_held(job)))


def _held(job: Job) -> sa.ColumnElement[bool]:
    """Unless its lease ran out and another worker has it."""
    return (jobs.c.id == job.id) & (jobs.c.tries == job.tries)


def fail(conn: sa.Connection, job: Job, error: str, now: int) -> None:
    """Try again later: 2 s, 4 s, 8 s ... up to an hour."""
    delay = min(FIRST_DELAY_MS << (job.tries - 1), LONGEST_DELAY_MS)
    conn.execute(jobs.update().where(_held(job)).values(run_at=now + delay, lease_until=0, error=error[:1000]))


def stuck(conn: sa.Connection) -> list[Job]:
    """Jobs that were given up: the administration page shows them."""
    rows = conn.execute(sa.select(jobs).where(jobs.c.tries >= MAX_TRIES).order_by(jobs.c.run_at))
    return [Job(row.id, row.kind, json.loads(row.payload), row.tries) for row in rows]
