"""Opinion ballots in the database, for lists: rows that each transaction keeps in step with the stream."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from store import jobs, journal
from store.db import metadata, upsert
from store.errors import Missing

from . import model
from .model import AnyHappening, Opinion

opinions = sa.Table(
    "opinions",
    metadata,
    sa.Column("id", sa.Text, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("unit", sa.Text, nullable=False, index=True),
    sa.Column("deadline", sa.BigInteger, nullable=False),
    sa.Column("closed_at", sa.BigInteger, nullable=False),
)
voters = sa.Table(
    "opinion_voters",
    metadata,
    sa.Column("opinion", sa.Text, sa.ForeignKey("opinions.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Index("opinion_voters_person", "person"),
)


def ask(conn: sa.Connection, state: Opinion) -> None:
    """Put down a new ballot, and who answers it: they stay the same."""
    mirror(conn, state)
    conn.execute(voters.insert(), [{"opinion": state.id, "person": person} for person in state.electorate])


def mirror(conn: sa.Connection, state: Opinion) -> None:
    row = {"id": state.id, "unit": state.unit, "deadline": state.deadline, "closed_at": state.closed_at}
    upsert(conn, opinions, ["id"], row)


def fold(conn: sa.Connection, opinion: str) -> Opinion:
    """Its state. Raises Missing."""
    if not journal.exists(conn, opinion, "opinion"):
        raise Missing("no-such-opinion")
    return model.fold(opinion, list(journal.walk(conn, opinion)))


def tell(
    conn: sa.Connection, state: Opinion, steps: Iterable[tuple[int, int, AnyHappening]], deliveries: Iterable[str]
) -> None:
    """Have people told of STEPS (seq, at, event) outside the house; the desk shows the ballots themselves."""
    for seq, at, happening in steps:
        kind, people = model.told(state, happening)
        given = [(f"{state.id}:{seq}:{person}", person) for person in people]
        same = {"opinion": state.id, "kind": kind, "at": at}
        for delivery in deliveries if given else ():
            jobs.enqueue(conn, [(f"{delivery}:{key}", same | {"person": one}) for key, one in given], delivery, at)


def listed(conn: sa.Connection, person: str, units: Iterable[str]) -> list[str]:
    """Ballots that PERSON answers, or that these units put, the nearest deadline first."""
    asked = sa.select(voters.c.opinion).where(voters.c.person == person)
    where = opinions.c.unit.in_(list(units)) | opinions.c.id.in_(asked)
    return list(conn.scalars(sa.select(opinions.c.id).where(where).order_by(opinions.c.closed_at, opinions.c.deadline)))


def open_for(conn: sa.Connection, person: str) -> list[str]:
    """Ballots that PERSON answers and that are not counted yet, the nearest deadline first."""
    asked = sa.select(voters.c.opinion).where(voters.c.person == person)
    where = (opinions.c.closed_at == 0) & opinions.c.id.in_(asked)
    return list(conn.scalars(sa.select(opinions.c.id).where(where).order_by(opinions.c.deadline)))


def due(conn: sa.Connection, now: int) -> list[str]:
    """Those whose time is up and that are not counted yet."""
    where = (opinions.c.closed_at == 0) & (opinions.c.deadline <= now)
    return list(conn.scalars(sa.select(opinions.c.id).where(where)))
