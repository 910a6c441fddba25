"""The register in the database: one row a number, and one for each file that goes with its document."""

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

annexes = sa.Table(
    "annexes",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),  # from 1
    sa.Column("id", sa.Text, nullable=False),  # the browser's: what is sent twice is kept once
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),  # SHA-256
)


Urgency = Literal["", "urgent", "very-urgent", "express"]  # Khẩn, Thượng khẩn, Hỏa tốc (Decree 30/2020/NĐ-CP)


class Annex(msgspec.Struct, frozen=True):
    """A file that goes with the document of a number, signed by the agency. `position`: from 1; `file`: SHA-256."""

    unit: str
    year: int
    kind: str
    number: int
    position: int
    id: str
    name: str
    file: str


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
    """The document of THING is there now, or another version of it."""
    conn.execute(numbers.update().where(_same(thing, kind)).values(file=file))


def enclose_in(conn: sa.Connection, number: RegisterNumber, file: str) -> bool:
    """The document of this NUMBER is there now. False: it became void."""
    one = _is(numbers, number.unit, number.year, number.kind, number.number) & (numbers.c.void == "")
    return bool(conn.execute(numbers.update().where(one).values(file=file)).rowcount)


def _is(table: sa.Table, unit: str, year: int, kind: str, number: int) -> sa.ColumnElement[bool]:
    columns = table.c
    return (columns.unit == unit) & (columns.year == year) & (columns.kind == kind) & (columns.number == number)


def find(conn: sa.Connection, unit: str, year: int, kind: str, number: int) -> RegisterNumber | None:
    row = conn.execute(sa.select(numbers).where(_is(numbers, unit, year, kind, number))).first()
    return None if row is None else _number(row)


def void(conn: sa.Connection, thing: str, kind: str, reason: str) -> None:
    conn.execute(numbers.update().where(_same(thing, kind)).values(void=reason))


def of_year(conn: sa.Connection, unit: str, year: int) -> list[RegisterNumber]:
    """Kind by kind, the newest first."""
    where = (numbers.c.unit == unit) & (numbers.c.year == year)
    order = numbers.c.kind, numbers.c.number.desc()
    return [_number(row) for row in conn.execute(sa.select(numbers).where(where).order_by(*order))]


def put_annex(conn: sa.Connection, annex: Annex) -> None:
    conn.execute(annexes.insert().values(**msgspec.structs.asdict(annex)))


def annexes_of(conn: sa.Connection, number: RegisterNumber) -> list[Annex]:
    """What goes with the document of a number, in order."""
    return _annexes(conn, _is(annexes, number.unit, number.year, number.kind, number.number))


def annexes_of_year(conn: sa.Connection, unit: str, year: int) -> dict[tuple[str, int], tuple[Annex, ...]]:
    """By kind and number, what goes with the documents of a year, in order."""
    found: dict[tuple[str, int], tuple[Annex, ...]] = {}
    for annex in _annexes(conn, (annexes.c.unit == unit) & (annexes.c.year == year)):
        key = annex.kind, annex.number
        found[key] = (*found.get(key, ()), annex)
    return found


def _annexes(conn: sa.Connection, where: sa.ColumnElement[bool]) -> list[Annex]:
    rows = conn.execute(sa.select(annexes).where(where).order_by(annexes.c.position))
    return [Annex(*tuple(row)) for row in rows]


def _number(row: sa.Row[Any]) -> RegisterNumber:
    return RegisterNumber(*tuple(row))
