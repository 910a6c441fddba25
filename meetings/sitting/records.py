"""Sittings in the database, for lists and rights: rows that each transaction keeps in step with the stream."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.db import metadata, upsert

from ..people import records as people
from ..people.rights import Predicate
from . import minutes, rehearsal
from .state import State

sittings = sa.Table(
    "sittings",
    metadata,
    sa.Column("id", sa.Text, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("unit", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("begins", sa.BigInteger, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("minutes_step", sa.Text, nullable=False),
)
parts = sa.Table(  # who takes part, in which role: the table that rights.TakesPart is compiled against
    "sitting_parts",
    metadata,
    sa.Column("thing", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Index("sitting_parts_person", "person"),
)
rooms = sa.Table(
    "sitting_rooms",
    metadata,
    sa.Column("thing", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("waited", sa.Boolean, nullable=False, server_default=sa.false()),  # it is rung, and has not answered
)
waiting = sa.Table(  # what the minutes of a sitting wait for, and from whom: the desk's second list
    "sitting_waiting",
    metadata,
    sa.Column("thing", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Index("sitting_waiting_person", "person"),
)
numbers = sa.Table(  # the register of document numbers: per unit, year and kind, without a gap
    "numbers",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("sitting", sa.Text, nullable=False, unique=True),
)
rule_sets = sa.Table(  # the regulations that units have taken in, as documents (rule_book.py)
    "rule_sets",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
codes = sa.Table(  # /k/<code>: short and permanent, because it is printed on paper
    "check_codes",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("sitting", sa.Text, nullable=False),
)


def mirror(conn: sa.Connection, before: State | None, after: State) -> None:
    """Bring the rows in step with AFTER; touches only what differs from BEFORE."""
    if before is None or _row(before) != _row(after):
        upsert(conn, sittings, ["id"], _row(after))
    for table, of in ((parts, _roles), (rooms, _rooms), (waiting, minutes.waiting)):
        held = of(after)
        if before is None or of(before) != held:
            conn.execute(table.delete().where(table.c.thing == after.id))
            if held:
                conn.execute(table.insert().values([(after.id, *row) for row in sorted(held)]))


def _row(state: State) -> dict[str, Any]:
    row = {"id": state.id, "unit": state.unit, "title": state.title, "place": state.place, "begins": state.begins}
    return row | {"phase": state.phase, "minutes_step": state.minutes.step}


def _rooms(state: State) -> set[tuple[str | bool, ...]]:
    return {(site, rehearsal.waits(state, site)) for site in state.rooms}


def _roles(state: State) -> set[tuple[str | bool, ...]]:
    """Lasting roles only. Before release a sitting is listed for those who prepare it, and no one else."""
    preparing = ("chair", "secretary", "clerk")
    held = {(p, s.role) for p, s in state.seats.items() if state.phase != "planned" or s.role in preparing}
    return held | {(person, "recipient") for person in state.minutes.recipients}


def listed(conn: sa.Connection, predicate: Predicate) -> list[sa.Row[Any]]:
    """Sittings a viewer may see, the latest first."""
    where = people.where(predicate, sittings.c.unit, sittings.c.id, parts)
    return list(conn.execute(sa.select(sittings).where(where).order_by(sittings.c.begins.desc()).limit(200)))


def coming(conn: sa.Connection, predicate: Predicate) -> list[sa.Row[Any]]:
    """Sittings that are released or open, the next first."""
    where = people.where(predicate, sittings.c.unit, sittings.c.id, parts) & sittings.c.phase.in_(["released", "open"])
    return list(conn.execute(sa.select(sittings).where(where).order_by(sittings.c.begins).limit(200)))


def roles_of(conn: sa.Connection, person: str) -> dict[str, tuple[str, ...]]:
    """Sitting -> this person's roles in it."""
    found: dict[str, tuple[str, ...]] = {}
    for row in conn.execute(sa.select(parts.c.thing, parts.c.role).where(parts.c.person == person)):
        found[row.thing] = (*found.get(row.thing, ()), row.role)
    return found


def of_site(conn: sa.Connection, site: str) -> list[sa.Row[Any]]:
    """Sittings that a room is invited to and that are released or open; `waited`: it is rung for this one."""
    query = sa.select(sittings, rooms.c.waited).join(rooms, rooms.c.thing == sittings.c.id)
    live = sittings.c.phase.in_(["released", "open"])
    return list(conn.execute(query.where(rooms.c.site == site, live).order_by(sittings.c.begins)))


def waiting_for(conn: sa.Connection, person: str) -> list[sa.Row[Any]]:
    """(id, title, what) of the sittings whose minutes wait for PERSON, the latest first."""
    query = sa.select(sittings.c.id, sittings.c.title, waiting.c.what).join(waiting, waiting.c.thing == sittings.c.id)
    order = sittings.c.begins.desc(), waiting.c.what
    return list(conn.execute(query.where(waiting.c.person == person).order_by(*order)))


def take_number(conn: sa.Connection, unit: str, year: int, kind: str, sitting: str) -> int:
    """The next number of the register, in the caller's transaction; from 1 each year, never given twice."""
    same = (numbers.c.unit == unit) & (numbers.c.year == year) & (numbers.c.kind == kind)
    last = conn.scalar(sa.select(sa.func.max(numbers.c.number)).where(same)) or 0
    row = {"unit": unit, "year": year, "kind": kind, "number": last + 1, "sitting": sitting}
    conn.execute(numbers.insert().values(**row))
    return last + 1


def number_of(conn: sa.Connection, sitting: str) -> int | None:
    """The number that is reserved for a sitting's minutes."""
    return conn.scalar(sa.select(numbers.c.number).where(numbers.c.sitting == sitting))


def put_code(conn: sa.Connection, code: str, sitting: str) -> None:
    conn.execute(codes.insert().values(code=code, sitting=sitting))


def sitting_of_code(conn: sa.Connection, code: str) -> str | None:
    return conn.scalar(sa.select(codes.c.sitting).where(codes.c.code == code))


def rule_sets_of(conn: sa.Connection, unit: str) -> list[str]:
    """The documents a unit has taken in, by their first day."""
    query = sa.select(rule_sets.c.document).where(rule_sets.c.unit == unit)
    return list(conn.scalars(query.order_by(rule_sets.c.valid_from)))


def put_rule_set(conn: sa.Connection, unit: str, rule: str, valid_from: str, document: str) -> None:
    conn.execute(rule_sets.insert().values(unit=unit, id=rule, valid_from=valid_from, document=document))
