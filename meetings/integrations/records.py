"""Integrations as rows; of a token only its hash."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata, upsert

integrations = sa.Table(
    "integrations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("verbs", sa.Text, nullable=False),  # with blanks between
    sa.Column("token", sa.Text, nullable=False, unique=True),  # SHA-256
    sa.Column("made", sa.BigInteger, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("ended", sa.BigInteger, nullable=False),  # 0: it is good
)


webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("integration", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),  # what is told is signed with it, so it lies here as it is
)


class Integration(msgspec.Struct, frozen=True):
    """`verbs`: what it may do at its unit (meetings/people/rights.py, INTEGRATES). `webhook`: where it is told what
    happens there; "" for nowhere."""

    id: str
    unit: str
    name: str
    verbs: tuple[str, ...]
    made: int
    seen: int
    ended: int
    webhook: str = ""


class Webhook(msgspec.Struct, frozen=True):
    integration: str
    unit: str
    url: str
    secret: str


def put(conn: Connection, made: Integration, token: str) -> None:
    row = msgspec.structs.asdict(made) | {"verbs": " ".join(made.verbs), "token": token}
    del row["webhook"]
    conn.execute(integrations.insert().values(**row))


def by_token(conn: Connection, token: str) -> Integration | None:
    row = conn.execute(sa.select(integrations).where(integrations.c.token == token, integrations.c.ended == 0)).first()
    return None if row is None else _made(row._mapping)


def find(conn: Connection, id_: str) -> Integration | None:
    row = conn.execute(sa.select(integrations).where(integrations.c.id == id_)).first()
    return None if row is None else _made(row._mapping)


def change(conn: Connection, id_: str, **values: int) -> None:
    conn.execute(sa.update(integrations).where(integrations.c.id == id_).values(**values))


def everything(conn: Connection) -> list[Integration]:
    """Those that are good first, then by name."""
    rows = conn.execute(sa.select(integrations).order_by(integrations.c.ended > 0, integrations.c.name))
    told = {row.integration: row.url for row in conn.execute(sa.select(webhooks.c.integration, webhooks.c.url))}
    return [msgspec.structs.replace(made, webhook=told.get(made.id, "")) for made in map(_made, rows.mappings())]


def put_webhook(conn: Connection, made: Webhook) -> None:
    upsert(conn, webhooks, ["integration"], msgspec.structs.asdict(made))


def drop_webhook(conn: Connection, integration: str) -> None:
    conn.execute(sa.delete(webhooks).where(webhooks.c.integration == integration))


def webhook(conn: Connection, integration: str) -> Webhook | None:
    row = conn.execute(sa.select(webhooks).where(webhooks.c.integration == integration)).first()
    return None if row is None else Webhook(*tuple(row))


def webhooks_of(conn: Connection, unit: str) -> list[str]:
    """The integrations that are told what happens at a unit."""
    return list(conn.scalars(sa.select(webhooks.c.integration).where(webhooks.c.unit == unit)))


def _made(row: sa.RowMapping) -> Integration:
    facts = (row["id"], row["unit"], row["name"], tuple(row["verbs"].split()))
    return Integration(*facts, row["made"], row["seen"], row["ended"])
