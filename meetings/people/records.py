"""People, units, offices, accounts, sessions and sites in the database: the only SQL about them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.db import by_code_point, metadata, upsert
from store.errors import Missing

from . import rights
from .model import Membership, Person, PersonId, Site, SiteId, Unit, UnitId, fold, holds_on, name_key

units = sa.Table(
    "units",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("tier", sa.Integer, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("units.id")),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Text, nullable=False),
    sa.Column("valid_to", sa.Text, nullable=False),
)
people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("honorific", sa.Text, nullable=False),
    sa.Column("sort", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
)
memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("unit", sa.Text, sa.ForeignKey("units.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("valid_from", sa.Text, nullable=False),
    sa.Column("valid_to", sa.Text, nullable=False),
)
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("totp_secret", sa.Text, nullable=False),  # "" until the second factor is set up
    sa.Column("totp_step", sa.BigInteger, nullable=False),  # the last one used: a code is good once
    sa.Column("disabled", sa.Boolean, nullable=False),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),  # SHA-256 of what the cookie holds
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("began", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
)
links = sa.Table(
    "links",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),  # first-administrator | password
    sa.Column("person", sa.Text),
    sa.Column("ends", sa.BigInteger, nullable=False),
)
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, sa.ForeignKey("units.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("room", sa.Text, nullable=False),
    sa.Column("credential", sa.Text),  # hash of what the room's browser holds; null until enrolled
    sa.Column("code", sa.Text),  # hash of the one-time join code
    sa.Column("code_ends", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
)


# ── units ──


def put_unit(conn: sa.Connection, unit: Unit) -> None:
    upsert(conn, units, ["id"], {name: getattr(unit, name) for name in Unit.__struct_fields__})


def all_units(conn: sa.Connection) -> list[Unit]:
    """Past ones too."""
    return [Unit(**row._mapping) for row in conn.execute(sa.select(units))]


# ── people ──


def put_person(conn: sa.Connection, person: Person) -> None:
    row = {"id": person.id, "name": person.name, "honorific": person.honorific, "email": person.email}
    upsert(conn, people, ["id"], row | {"sort": name_key(person.name), "folded": fold(person.name)})


def person(conn: sa.Connection, person_id: str) -> Person:
    row = conn.execute(sa.select(people).where(people.c.id == person_id)).first()
    if row is None:
        raise Missing("person")
    return Person(PersonId(row.id), row.name, row.honorific, row.email)


def persons(conn: sa.Connection, people_: list[str]) -> dict[str, Person]:
    """Those of PEOPLE_ that are known here, by id."""
    rows = conn.execute(sa.select(people).where(people.c.id.in_(people_)))
    return {row.id: Person(PersonId(row.id), row.name, row.honorific, row.email) for row in rows}


def offices(conn: sa.Connection, memberships_: list[str]) -> dict[str, str]:
    """The offices held by these memberships, past ones too."""
    query = sa.select(memberships.c.id, memberships.c.office).where(memberships.c.id.in_(memberships_))
    return {row.id: row.office for row in conn.execute(query)}


def put_membership(conn: sa.Connection, membership: Membership) -> None:
    upsert(conn, memberships, ["id"], {name: getattr(membership, name) for name in Membership.__struct_fields__})


def _membership(row: sa.Row[Any]) -> Membership:
    return Membership(**{name: row._mapping[name] for name in Membership.__struct_fields__})


def memberships_on(
    conn: sa.Connection, day: str, *, unit: str | None = None, person: str | None = None
) -> list[tuple[Membership, Person]]:
    """Offices in force on DAY with their holders, in Vietnamese name order."""
    query = sa.select(memberships, people.c.name, people.c.honorific, people.c.email)
    query = query.join(people, people.c.id == memberships.c.person)
    if unit is not None:
        query = query.where(memberships.c.unit == unit)
    if person is not None:
        query = query.where(memberships.c.person == person)
    rows = conn.execute(query.order_by(by_code_point(conn, people.c.sort)))
    found = [(_membership(row), Person(PersonId(row.person), row.name, row.honorific, row.email)) for row in rows]
    return [(m, p) for m, p in found if holds_on(day, m.valid_from, m.valid_to)]


def membership(conn: sa.Connection, membership_id: str) -> Membership:
    row = conn.execute(sa.select(memberships).where(memberships.c.id == membership_id)).first()
    if row is None:
        raise Missing("membership")
    return _membership(row)


# ── accounts, sessions, links ──


def account(conn: sa.Connection, *, login: str | None = None, person: str | None = None) -> sa.Row[Any] | None:
    where = accounts.c.login == login if login is not None else accounts.c.person == person
    return conn.execute(sa.select(accounts).where(where)).first()


def put_account(conn: sa.Connection, **row: Any) -> None:
    upsert(conn, accounts, ["person"], {"totp_secret": "", "totp_step": 0, "disabled": False} | row)


def change_account(conn: sa.Connection, person: str, **values: Any) -> None:
    conn.execute(accounts.update().where(accounts.c.person == person).values(**values))


def take_step(conn: sa.Connection, person: str, totp_step: int, **values: Any) -> bool:
    """Keep the newest code's step; False where it, or a later one, was used already."""
    where = accounts.c.person == person, accounts.c.totp_step < totp_step
    return conn.execute(accounts.update().where(*where).values(totp_step=totp_step, **values)).rowcount == 1


def logins(conn: sa.Connection, people_: list[str] | None) -> dict[str, str]:
    """Person -> login of open accounts; of these people, or of everyone."""
    query = sa.select(accounts.c.person, accounts.c.login).where(accounts.c.disabled.is_(False))
    if people_ is not None:
        query = query.where(accounts.c.person.in_(people_))
    return {row.person: row.login for row in conn.execute(query)}


def names(conn: sa.Connection, people_: list[str]) -> dict[str, str]:
    query = sa.select(people.c.id, people.c.name).where(people.c.id.in_(people_))
    return {row.id: row.name for row in conn.execute(query)}


def count_accounts(conn: sa.Connection) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(accounts)) or 0


def put_session(conn: sa.Connection, **row: Any) -> None:
    conn.execute(sessions.insert().values(**row))


def session(conn: sa.Connection, token: str, now_ms: int) -> sa.Row[Any] | None:
    query = sa.select(sessions, accounts.c.disabled).join(accounts, accounts.c.person == sessions.c.person)
    found = conn.execute(query.where(sessions.c.token == token, sessions.c.ends > now_ms)).first()
    return None if found is None or found.disabled else found


def session_alive(conn: sa.Connection, session_id: str, now_ms: int) -> bool:
    query = sa.select(sessions.c.id).where(sessions.c.id == session_id, sessions.c.ends > now_ms)
    return conn.execute(query).first() is not None


def end_sessions(conn: sa.Connection, *, token: str | None = None, person: str | None = None) -> None:
    where = sessions.c.token == token if token is not None else sessions.c.person == person
    conn.execute(sessions.delete().where(where))


def put_link(conn: sa.Connection, **row: Any) -> None:
    conn.execute(links.insert().values(**row))


def use_link(conn: sa.Connection, token: str, purpose: str, now_ms: int) -> sa.Row[Any] | None:
    """Take a one-time link: it is gone afterwards, used or too old."""
    row = conn.execute(sa.select(links).where(links.c.token == token, links.c.purpose == purpose)).first()
    if row is None:
        return None
    conn.execute(links.delete().where(links.c.token == token))
    return row if row.ends > now_ms else None


def link_good(conn: sa.Connection, token: str, purpose: str, now_ms: int) -> bool:
    query = sa.select(links.c.token).where(links.c.token == token, links.c.purpose == purpose, links.c.ends > now_ms)
    return conn.execute(query).first() is not None


def end_links(conn: sa.Connection, purpose: str, person: str | None) -> None:
    conn.execute(links.delete().where(links.c.purpose == purpose, links.c.person.is_not_distinct_from(person)))


# ── sites ──


def _site(row: sa.Row[Any]) -> Site:
    return Site(SiteId(row.id), UnitId(row.unit), row.name, row.room, row.credential is not None, row.revoked)


def put_site(conn: sa.Connection, site: Site) -> None:
    row = {"id": site.id, "unit": site.unit, "name": site.name, "room": site.room, "revoked": site.revoked}
    upsert(conn, sites, ["id"], row | {"code_ends": 0})


def all_sites(conn: sa.Connection) -> list[Site]:
    return [_site(row) for row in conn.execute(sa.select(sites).order_by(sites.c.name))]


def site(conn: sa.Connection, site_id: str) -> Site:
    row = conn.execute(sa.select(sites).where(sites.c.id == site_id)).first()
    if row is None:
        raise Missing("site")
    return _site(row)


def change_site(conn: sa.Connection, site_id: str, **values: Any) -> None:
    conn.execute(sites.update().where(sites.c.id == site_id).values(**values))


def site_by(conn: sa.Connection, *, code: str | None = None, credential: str | None = None) -> sa.Row[Any] | None:
    where = sites.c.code == code if code is not None else sites.c.credential == credential
    return conn.execute(sa.select(sites).where(where, sites.c.revoked.is_(False))).first()


# ── rights in SQL ──


def where(
    predicate: rights.Predicate, unit: sa.ColumnElement[str], thing: sa.ColumnElement[str], parts: sa.Table
) -> Any:
    """The same predicate as `rights.holds`, for a query: UNIT and THING are columns of the listed things, PARTS a
    table (thing, person, role)."""
    if isinstance(predicate, rights.Everything):
        return sa.true()
    if isinstance(predicate, rights.InUnits):
        return unit.in_(sorted(predicate.units))
    if isinstance(predicate, rights.TakesPart):
        role = parts.c.role.in_(sorted(predicate.roles))
        return sa.exists().where(parts.c.thing == thing, parts.c.person == predicate.person, role)
    return sa.or_(sa.false(), *(where(part, unit, thing, parts) for part in predicate.parts))
