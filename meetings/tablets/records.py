"""Tablets and the copies they hold, as rows. A tablet is known by a secret of its own; only its hash lies here."""

from __future__ import annotations

import sqlalchemy as sa

from store.db import Connection, Row, metadata, upsert

tablets = sa.Table(
    "tablets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # hash of its secret
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),  # as its browser calls itself
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("cut", sa.BigInteger, nullable=False),  # when it was cut off; 0: it was not
)
copies = sa.Table(
    "tablet_copies",
    metadata,
    sa.Column("tablet", sa.Text, primary_key=True),
    sa.Column("sitting", sa.Text, primary_key=True),
    sa.Column("taken", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
)


def find(conn: Connection, tablet: str) -> Row | None:
    return conn.execute(sa.select(tablets).where(tablets.c.id == tablet)).first()


def put(conn: Connection, tablet: str, person: str, device: str, now: int) -> None:
    row = {"id": tablet, "person": person, "device": device, "seen": now, "cut": 0}
    upsert(conn, tablets, ["id"], row)


def change(conn: Connection, tablet: str, **values: int) -> None:
    conn.execute(sa.update(tablets).where(tablets.c.id == tablet).values(**values))


def put_copy(conn: Connection, tablet: str, sitting: str, taken: int, until: int) -> None:
    row = {"tablet": tablet, "sitting": sitting, "taken": taken, "until": until}
    upsert(conn, copies, ["tablet", "sitting"], row)


def drop_copy(conn: Connection, tablet: str, sitting: str) -> None:
    conn.execute(sa.delete(copies).where(copies.c.tablet == tablet, copies.c.sitting == sitting))


def forget(conn: Connection, tablet: str) -> None:
    conn.execute(sa.delete(copies).where(copies.c.tablet == tablet))
    conn.execute(sa.delete(tablets).where(tablets.c.id == tablet))


def drop_over(conn: Connection, now: int, cut_before: int) -> None:
    """Copies that nobody can read any more, and the tablets that hold none; one that was cut off stays known for a
    while: whatever it holds was over long before."""
    conn.execute(sa.delete(copies).where(copies.c.until <= now))
    held = sa.select(copies.c.tablet)
    conn.execute(sa.delete(tablets).where(tablets.c.cut == 0, tablets.c.id.not_in(held)))
    conn.execute(sa.delete(tablets).where(tablets.c.cut > 0, tablets.c.cut < cut_before))


def count(conn: Connection, person: str) -> int:
    """How many tablets a person has, those aside that were cut off."""
    where = (tablets.c.person == person) & (tablets.c.cut == 0)
    return int(conn.execute(sa.select(sa.func.count()).select_from(tablets).where(where)).scalar_one())


def sittings_of(conn: Connection, tablet: str) -> list[str]:
    rows = conn.execute(sa.select(copies.c.sitting).where(copies.c.tablet == tablet).order_by(copies.c.taken))
    return [row.sitting for row in rows]


def everything(conn: Connection) -> list[Row]:
    """Every tablet with each of its copies; those heard from last come first."""
    joined = sa.outerjoin(tablets, copies, tablets.c.id == copies.c.tablet)
    columns = (*tablets.c, copies.c.sitting, copies.c.taken, copies.c.until)
    return list(conn.execute(sa.select(*columns).select_from(joined).order_by(tablets.c.seen.desc(), tablets.c.id)))
