"""Sittings in the database, for lists and rights: rows that each transaction keeps in step with the stream."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store import journal
from store.db import metadata, upsert

from ..people import records as people
from ..people.rights import Predicate, Thing
from . import events as e
from .state import State, evolve

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
codes = sa.Table(  # /k/<code>: short and permanent, because it is printed on paper
    "check_codes",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("sitting", sa.Text, nullable=False),
)


def load(conn: sa.Connection, sitting: str) -> State:
    """The state of a sitting: its whole stream folded."""
    state = State(id=sitting)
    for event in journal.walk(conn, sitting):
        state = evolve(state, e.read(event), event.at)
    return state


def mirror(conn: sa.Connection, before: State | None, after: State) -> None:
    """Bring the rows in step with AFTER; touches only what differs from BEFORE."""
    row = {"unit": after.unit, "title": after.title, "place": after.place, "begins": after.begins}
    upsert(conn, sittings, ["id"], {"id": after.id, "phase": after.phase, "minutes_step": after.minutes.step} | row)
    held = _roles(after)
    if before is None or _roles(before) != held:
        conn.execute(parts.delete().where(parts.c.thing == after.id))
        if held:
            conn.execute(parts.insert(), [{"thing": after.id, "person": p, "role": r} for p, r in sorted(held)])
    if before is None or before.rooms != after.rooms:
        conn.execute(rooms.delete().where(rooms.c.thing == after.id))
        if after.rooms:
            conn.execute(rooms.insert(), [{"thing": after.id, "site": site} for site in sorted(after.rooms)])


def _roles(state: State) -> set[tuple[str, str]]:
    """Lasting roles only. Before release a sitting is listed for those who prepare it, and no one else."""
    preparing = ("chair", "secretary", "clerk")
    held = {(p, s.role) for p, s in state.seats.items() if state.phase != "planned" or s.role in preparing}
    return held | {(person, "recipient") for person in state.minutes.recipients}


def listed(conn: sa.Connection, predicate: Predicate) -> list[sa.Row[Any]]:
    """Sittings a viewer may see, the latest first."""
    where = people.where(predicate, sittings.c.unit, sittings.c.id, parts)
    return list(conn.execute(sa.select(sittings).where(where).order_by(sittings.c.begins.desc()).limit(200)))


def roles_of(conn: sa.Connection, person: str) -> dict[str, tuple[str, ...]]:
    """Sitting -> this person's roles in it."""
    found: dict[str, tuple[str, ...]] = {}
    for row in conn.execute(sa.select(parts.c.thing, parts.c.role).where(parts.c.person == person)):
        found[row.thing] = (*found.get(row.thing, ()), row.role)
    return found


def of_site(conn: sa.Connection, site: str) -> list[sa.Row[Any]]:
    """Sittings that a room is invited to and that are released or open."""
    query = sa.select(sittings).join(rooms, rooms.c.thing == sittings.c.id)
    live = sittings.c.phase.in_(["released", "open"])
    return list(conn.execute(query.where(rooms.c.site == site, live).order_by(sittings.c.begins)))


def thing(conn: sa.Connection, sitting: str) -> Thing:
    """What rights are asked about, from the rows alone."""
    row = conn.execute(sa.select(sittings.c.unit).where(sittings.c.id == sitting)).first()
    held: dict[str, set[str]] = {}
    for person, role in conn.execute(sa.select(parts.c.person, parts.c.role).where(parts.c.thing == sitting)):
        held.setdefault(person, set()).add(role)
    return Thing(row.unit if row else "", {person: frozenset(roles) for person, roles in held.items()})


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
