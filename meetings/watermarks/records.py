"""How papers are marked: worked out once for each file, and kept beside it."""

from __future__ import annotations

import sqlalchemy as sa

from store.db import Connection, metadata, upsert

watermarks = sa.Table(
    "watermarks",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the file and which of its pages
    sa.Column("plan", sa.Text, nullable=False),  # SHA-256 of how it is marked,
    sa.Column("base", sa.Text, nullable=False),  # and of the file that stands before the mark
)


def put(conn: Connection, digest: str, plan: str, base: str) -> None:
    upsert(conn, watermarks, ["digest"], {"digest": digest, "plan": plan, "base": base})


def find(conn: Connection, digest: str) -> tuple[str, str] | None:
    """SHA-256 of plan and base."""
    row = conn.execute(sa.select(watermarks.c.plan, watermarks.c.base).where(watermarks.c.digest == digest)).first()
    return (row.plan, row.base) if row is not None else None
