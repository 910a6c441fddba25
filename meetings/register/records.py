"""The register in the database: one row a number."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from store.db import metadata

numbers = sa.Table(
    "register",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("thing", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("void", sa.Text, nullable=False),  # why it is not used; "": it is
    sa.Column("urgency", sa.Text, nullable=False, server_default=""),
    sa.Column("recipients", sa.Text, nullable=False, server_default=""),  # a line each
    sa.Column("file", sa.Text, nullable=False, server_default=""),  # SHA-256 of the document; "": it is not here
    sa.Index("register_thing", "thing", "kind"),
)


Urgency = Literal["", "urgent", "very-urgent", "express"]  # Khẩn, Thượng khẩn, Hỏa tốc (Decree 30/2020/NĐ-CP)


class RegisterNumber(msgspec.Struct, frozen=True):
    """A number as the register shows it. `thing`: what bears it, an id; `void`: why nothing does; `recipients`: a line
    each; `file`: SHA-256 of the document."""

    unit: str
    year: int
    kind: str
    number: int
    symbol: str
    day: str
    thing: str
    about: str
    void: str
    urgency: Urgency = ""
    recipients: str = ""
    file: str = ""


COPIES = ("SY", "SL", "TrS")  # certified copies of all forms are counted together (Decree 30/2020/NĐ-CP, Appendix I)


def next_number(conn: sa.Connection, unit: str, year: int, kind: str) -> int:
    series = COPIES if kind in COPIES else (kind,)
    same = (numbers.c.unit == unit) & (numbers.c.year == year) & numbers.c.kind.in_(series)
    return (conn.scalar(sa.select(sa.func.max(numbers.c.number)).where(same)) or 0) + 1


def put(conn: sa.Connection, number: RegisterNumber) -> None:
    conn.execute(numbers.insert().values(**msgspec.structs.asdict(number)))


def _same(thing: str, kind: str) -> sa.ColumnElement[bool]:
    return (numbers.c.thing == thing) & (numbers.c.kind == kind) & (numbers.c.void == "")


def of_thing(conn: sa.Connection, thing: str, kind: str) -> RegisterNumber | None:
    """The number that THING's document of this KIND bears."""
    row = conn.execute(sa.select(numbers).where(_same(thing, kind))).first()
    return None if row is None else _number(row)


def enclose(conn: sa.Connection, thing: str, kind: str, file: str) -> None:
    """The document is there now, or another version of it."""
    conn.execute(numbers.update().where(_same(thing, kind)).values(file=file))


def find(conn: sa.Connection, unit: str, year: int, kind: str, number: int) -> RegisterNumber | None:
    where = (numbers.c.unit == unit) & (numbers.c.year == year)
    row = conn.execute(sa.select(numbers).where(where, numbers.c.kind == kind, numbers.c.number == number)).first()
    return None if row is None else _number(row)


def void(conn: sa.Connection, thing: str, kind: str, reason: str) -> None:
    conn.execute(numbers.update().where(_same(thing, kind)).values(void=reason))


def of_year(conn: sa.Connection, unit: str, year: int) -> list[RegisterNumber]:
    """Kind by kind, the newest first."""
    where = (numbers.c.unit == unit) & (numbers.c.year == year)
    order = numbers.c.kind, numbers.c.number.desc()
    return [_number(row) for row in conn.execute(sa.select(numbers).where(where).order_by(*order))]


def _number(row: sa.Row[Any]) -> RegisterNumber:
    return RegisterNumber(*tuple(row))
