"""Where the pictures of a paper's pages are: in a blob for each batch of pages and each size."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata, upsert

batches = sa.Table(
    "page_image_batches",
    metadata,
    sa.Column("paper", sa.Text, primary_key=True),  # SHA-256 of the PDF
    sa.Column("size", sa.Text, primary_key=True),
    sa.Column("first", sa.Integer, primary_key=True),  # page
    sa.Column("blob", sa.Text, nullable=False),
    sa.Column("ends", sa.LargeBinary, nullable=False),
)


class Batch(msgspec.Struct, frozen=True):
    """`ends`: where the picture of each page ends in the blob."""

    blob: str
    ends: tuple[int, ...]


def put(conn: Connection, paper: str, first: int, made: Mapping[str, Batch]) -> None:
    for size, batch in made.items():
        row = {
            "paper": paper,
            "size": size,
            "first": first,
            "blob": batch.blob,
            "ends": msgspec.json.encode(batch.ends),
        }
        upsert(conn, batches, ["paper", "size", "first"], row)


def find(conn: Connection, paper: str, size: str, first: int) -> Batch | None:
    same = sa.and_(batches.c.paper == paper, batches.c.size == size, batches.c.first == first)
    row = conn.execute(sa.select(batches.c.blob, batches.c.ends).where(same)).first()
    return Batch(row.blob, msgspec.json.decode(row.ends, type=tuple[int, ...])) if row is not None else None
