"""Devices that people want to be told things on: a browser's address at its push service, and its keys (RFC 8291)."""

from __future__ import annotations

import hashlib

import msgspec
import sqlalchemy as sa

from store.db import metadata, upsert
from store.errors import Refused

MOST = 8  # devices of one person; the oldest makes room

subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # SHA-256 of the endpoint
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)


class Subscription(msgspec.Struct, frozen=True):
    """`p256dh`, `auth`: the browser's public key and secret, base64url; `locale`: its language; `key`: our public key
    that it subscribed with."""

    endpoint: str
    p256dh: str
    auth: str
    locale: str = "vi"
    key: str = ""


def _id(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def put(conn: sa.Connection, person: str, given: Subscription, now: int) -> None:
    """From now on this browser tells PERSON; whoever it told before is not told on it any more. Raises Refused for
    somebody who knows a browser's address but not its secret."""
    before = conn.scalar(sa.select(subscriptions.c.auth).where(subscriptions.c.id == _id(given.endpoint)))
    if before not in (None, given.auth):
        raise Refused("field-wrong", field="device")
    row = msgspec.structs.asdict(given) | {"id": _id(given.endpoint), "person": person, "made_at": now}
    upsert(conn, subscriptions, ["id"], row)
    order = subscriptions.c.made_at.desc()
    mine = sa.select(subscriptions.c.id).where(subscriptions.c.person == person).order_by(order).offset(MOST)
    surplus = list(conn.scalars(mine.limit(MOST)))
    conn.execute(subscriptions.delete().where(subscriptions.c.id.in_(surplus)))


def drop(conn: sa.Connection, endpoint: str, person: str = "") -> None:
    """Of PERSON, if given."""
    where = subscriptions.c.id == _id(endpoint)
    conn.execute(subscriptions.delete().where(where & (subscriptions.c.person == person) if person else where))


def drop_all(conn: sa.Connection, person: str) -> None:
    conn.execute(subscriptions.delete().where(subscriptions.c.person == person))


def is_of(conn: sa.Connection, endpoint: str, person: str) -> bool:
    where = (subscriptions.c.id == _id(endpoint)) & (subscriptions.c.person == person)
    return conn.scalar(sa.select(subscriptions.c.id).where(where)) is not None


def of(conn: sa.Connection, person: str) -> list[Subscription]:
    query = sa.select(subscriptions).where(subscriptions.c.person == person).order_by(subscriptions.c.made_at)
    return [Subscription(row.endpoint, row.p256dh, row.auth, row.locale, row.key) for row in conn.execute(query)]
