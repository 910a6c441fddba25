"""Receipts of minutes as rows, with the node's signature once they have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata

receipts = sa.Table(
    "minutes_receipts",
    metadata,
    sa.Column("sitting", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),  # sent | opened | confirmed
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),  # of the journal's event; 0 for none
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("receipt", sa.LargeBinary),  # as it was signed
    sa.Column("signature", sa.LargeBinary),
)


class Receipt(msgspec.Struct, frozen=True):
    """`at` in UTC milliseconds, `file` the SHA-256 of the minutes."""

    sitting: str
    person: str
    what: str
    at: int
    seq: int
    file: str


def put(conn: Connection, made: Receipt) -> bool:
    """The first of its kind stands; False where there is one already."""
    there = conn.scalar(sa.select(receipts.c.at).where(_is(made)))
    if there is None:
        conn.execute(receipts.insert().values(**msgspec.structs.asdict(made)))
    return there is None


def put_all(conn: Connection, made: Iterable[Receipt]) -> None:
    for one in made:
        put(conn, one)


def unsigned(conn: Connection, sitting: str) -> list[Receipt]:
    where = (receipts.c.sitting == sitting) & receipts.c.signature.is_(None)
    columns = [receipts.c[name] for name in Receipt.__struct_fields__]
    return [Receipt(*tuple(row)) for row in conn.execute(sa.select(*columns).where(where).order_by(*_ORDER))]


def sign(conn: Connection, made: Receipt, receipt: bytes, signature: bytes) -> None:
    """Once."""
    where = _is(made) & receipts.c.signature.is_(None)
    conn.execute(receipts.update().where(where).values(receipt=receipt, signature=signature))


def signed(conn: Connection, sitting: str) -> list[sa.Row[Any]]:
    where = (receipts.c.sitting == sitting) & receipts.c.signature.is_not(None)
    return list(conn.execute(sa.select(receipts).where(where).order_by(*_ORDER)))


def _is(made: Receipt) -> sa.ColumnElement[bool]:
    c = receipts.c
    return (c.sitting == made.sitting) & (c.person == made.person) & (c.what == made.what)


_ORDER = (receipts.c.at, receipts.c.what, receipts.c.person)
