"""Packs that were built: by what is in them, so that everybody who may read the same papers gets the same file."""

from __future__ import annotations

import sqlalchemy as sa

from store.db import Connection, metadata, upsert

packs = sa.Table(
    "packs",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of what is in it, in order
    sa.Column("blob", sa.Text, nullable=False),
)


def put(conn: Connection, digest: str, blob: str) -> None:
    upsert(conn, packs, ["digest"], {"digest": digest, "blob": blob})


def find(conn: Connection, digest: str) -> str | None:
    """SHA-256 of its bytes."""
    found: str | None = conn.execute(sa.select(packs.c.blob).where(packs.c.digest == digest)).scalar()
    return found
