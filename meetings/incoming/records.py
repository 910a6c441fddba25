"""The register of documents that came in, in the database: one row an arrival number."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata

from ..register.records import Urgency

incoming = sa.Table(
    "incoming",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("dated", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("urgency", sa.Text, nullable=False),
    sa.Column("handler", sa.Text, nullable=False),
    sa.Column("due", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.UniqueConstraint("unit", "id"),
    sa.UniqueConstraint("unit", "sender", "symbol", "dated"),
)


class Incoming(msgspec.Struct, frozen=True):
    """A document that came in: its number and day of arrival; whose it is, and what it bears: number and symbol, and
    ISO day; who is to deal with it, and by when (ISO day, or ""); SHA-256 of the file, or ""."""

    unit: str
    year: int
    number: int
    id: str
    day: str
    sender: str
    symbol: str
    dated: str
    kind: str
    about: str
    urgency: Urgency
    handler: str
    due: str
    file: str


def next_number(conn: Connection, unit: str, year: int) -> int:
    same = (incoming.c.unit == unit) & (incoming.c.year == year)
    return (conn.scalar(sa.select(sa.func.max(incoming.c.number)).where(same)) or 0) + 1


def put(conn: Connection, row: Incoming) -> None:
    conn.execute(incoming.insert().values(**msgspec.structs.asdict(row)))


def by_id(conn: Connection, unit: str, id_: str) -> Incoming | None:
    row = conn.execute(sa.select(incoming).where(incoming.c.unit == unit, incoming.c.id == id_)).first()
    return None if row is None else Incoming(*tuple(row))


def same(conn: Connection, unit: str, sender: str, symbol: str, dated: str) -> Incoming | None:
    """What came in already."""
    where = (incoming.c.unit == unit) & (incoming.c.sender == sender) & (incoming.c.symbol == symbol)
    row = conn.execute(sa.select(incoming).where(where, incoming.c.dated == dated)).first()
    return None if row is None else Incoming(*tuple(row))


def find(conn: Connection, unit: str, year: int, number: int) -> Incoming | None:
    where = (incoming.c.unit == unit) & (incoming.c.year == year) & (incoming.c.number == number)
    row = conn.execute(sa.select(incoming).where(where)).first()
    return None if row is None else Incoming(*tuple(row))


def of_year(conn: Connection, unit: str, year: int) -> list[Incoming]:
    """The newest first."""
    where = (incoming.c.unit == unit) & (incoming.c.year == year)
    return [Incoming(*tuple(row)) for row in conn.execute(
        sa.select(incoming).where(where).order_by(incoming.c.number.desc())
    )]  # fmt: skip
