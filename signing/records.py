"""Certificates, sealed keys and signatures under way in the database: the only SQL about them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.db import metadata

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("serial", sa.Text, primary_key=True),
    sa.Column("use", sa.Text, nullable=False),  # person | seal
    sa.Column("holder", sa.Text, nullable=False, index=True),  # person or unit
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("sealed_key", sa.LargeBinary),  # null where the key is on a token
    sa.Column("begins", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger, nullable=False),  # 0: good
    sa.Column("reason", sa.Text, nullable=False),
)
steps = sa.Table(  # prepared, waiting for a key: complete or abandoned, never half in the file
    "signing_steps",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),  # SHA-256 of what was shown
    sa.Column("certificate", sa.Text, sa.ForeignKey("certificates.serial"), nullable=False),
    sa.Column("prepared", sa.Text, nullable=False),  # SHA-256 of the file with its place reserved
    sa.Column("pending", sa.LargeBinary, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
)


def put_certificate(conn: sa.Connection, /, **row: Any) -> None:
    conn.execute(certificates.insert().values(revoked_at=0, reason="", **row))


def certificate_of(conn: sa.Connection, use: str, holder: str, now: int) -> sa.Row[Any] | None:
    """The holder's newest good certificate whose key we have."""
    c = certificates.c
    good = (
        c.sealed_key.is_not(None)
        & (c.use == use)
        & (c.holder == holder)
        & (c.revoked_at == 0)
        & (c.begins <= now)
        & (c.ends > now)
    )
    return conn.execute(sa.select(certificates).where(good).order_by(c.ends.desc()).limit(1)).first()


def certificate(conn: sa.Connection, serial: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(certificates).where(certificates.c.serial == serial)).first()


def issued(conn: sa.Connection) -> list[sa.Row[Any]]:
    return list(conn.execute(sa.select(certificates).order_by(certificates.c.begins.desc(), certificates.c.serial)))


def revoked(conn: sa.Connection) -> list[sa.Row[Any]]:
    c = certificates.c
    return list(conn.execute(sa.select(c.serial, c.revoked_at, c.reason).where(c.revoked_at > 0)))


def revoke(conn: sa.Connection, serial: str, at: int, reason: str) -> None:
    where = (certificates.c.serial == serial) & (certificates.c.revoked_at == 0)
    conn.execute(certificates.update().where(where).values(revoked_at=at, reason=reason))


def destroy_keys(conn: sa.Connection, use: str, holder: str) -> list[str]:
    """The sealed keys of HOLDER are gone for good; what they signed stays as valid as it was. Returns the serials."""
    c = certificates.c
    held = (c.use == use) & (c.holder == holder) & c.sealed_key.is_not(None)
    serials = list(conn.scalars(sa.select(c.serial).where(held)))
    conn.execute(certificates.update().where(held).values(sealed_key=None))
    return serials


def put_step(conn: sa.Connection, /, **row: Any) -> None:
    conn.execute(steps.insert().values(**row))


def step(conn: sa.Connection, step_id: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(steps).where(steps.c.id == step_id)).first()


def drop_step(conn: sa.Connection, step_id: str) -> None:
    conn.execute(steps.delete().where(steps.c.id == step_id))
