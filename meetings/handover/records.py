"""Files handed over, as rows; of each token only its hash, and that only until it was used."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.db import Connection, metadata, upsert

handovers = sa.Table(
    "signing_handovers",
    metadata,
    sa.Column("sitting", sa.Text, primary_key=True),  # one at a time
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),  # SHA-256 of what was shown and is handed over
    sa.Column("fetch", sa.Text),  # SHA-256 of the token that fetches it; null once it has
    sa.Column("bring", sa.Text),  # of the one that brings it back
    sa.Column("ends", sa.BigInteger, nullable=False),
)


def put(conn: Connection, /, **row: Any) -> None:
    """In the place of one that was begun before."""
    upsert(conn, handovers, ["sitting"], row)


def of(conn: Connection, sitting: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(handovers).where(handovers.c.sitting == sitting)).first()


def waiting(conn: Connection, token: str, now: int) -> sa.Row[Any] | None:
    """What a token that brings back (its hash) is good for, while it is."""
    where = (handovers.c.bring == token) & (handovers.c.ends > now)
    return conn.execute(sa.select(handovers).where(where)).first()


def use(conn: Connection, way: str, token: str, now: int) -> sa.Row[Any] | None:
    """What TOKEN (its hash) is good for; WAY: fetch or bring. From then on it is good for nothing."""
    column = handovers.c[way]
    row = conn.execute(sa.select(handovers).where((column == token) & (handovers.c.ends > now))).first()
    if row is None or not conn.execute(handovers.update().where(column == token).values({way: None})).rowcount:
        return None
    return row


def drop(conn: Connection, sitting: str) -> None:
    conn.execute(handovers.delete().where(handovers.c.sitting == sitting))
