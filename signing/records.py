"""Certificates, sealed keys and signatures under way in the database: the only SQL about them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from store.db import metadata, upsert

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("serial", sa.Text, primary_key=True),
    sa.Column("use", sa.Text, nullable=False),  # person | seal
    sa.Column("holder", sa.Text, nullable=False, index=True),  # person or unit
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("sealed_key", sa.LargeBinary),  # null where the key is in a token
    sa.Column("begins", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger, nullable=False),  # 0: good
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("kept", sa.Text, nullable=False, server_default="file"),  # where its key is, of model.Kept
    sa.Column("outside", sa.Boolean, nullable=False, server_default=sa.false()),  # of another's authority
)
requests = sa.Table(  # to another's authority, not answered yet
    "certificate_requests",
    metadata,
    sa.Column("use", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("kept", sa.Text, nullable=False),
    sa.Column("sealed_key", sa.LargeBinary),
    sa.Column("request", sa.LargeBinary, nullable=False),  # PKCS#10, DER
    sa.Column("created", sa.BigInteger, nullable=False),
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
    sa.Column("about", sa.Text, nullable=False, server_default="", index=True),  # of which sitting
    sa.Column("field", sa.Text, nullable=False, server_default=""),
    sa.Column("person", sa.Text, nullable=False, server_default="", index=True),  # who is to sign
    sa.Column("ends", sa.BigInteger, nullable=False, server_default="0"),  # a key elsewhere has to answer by then
    sa.Column("signature", sa.LargeBinary),  # made; the timestamp and all behind it are still to come
)


def put_certificate(conn: sa.Connection, /, **row: Any) -> None:
    conn.execute(certificates.insert().values(revoked_at=0, reason="", **row))


def certificate_of(conn: sa.Connection, use: str, holder: str, now: int) -> sa.Row[Any] | None:
    """The holder's newest good certificate whose key we have."""
    c = certificates.c
    good = (
        (c.kept != "nowhere")
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
    """Those of our own authority: another's list is another's business."""
    c = certificates.c
    query = sa.select(c.serial, c.revoked_at, c.reason).where(c.revoked_at > 0, c.outside.is_(False))
    return list(conn.execute(query))


def revoke(conn: sa.Connection, serial: str, at: int, reason: str) -> None:
    where = (certificates.c.serial == serial) & (certificates.c.revoked_at == 0)
    conn.execute(certificates.update().where(where).values(revoked_at=at, reason=reason))


def destroy_keys(conn: sa.Connection, use: str, holder: str) -> list[str]:
    """The keys of HOLDER are gone for good, as far as this node knows any; what they signed stays as valid as it was.
    Returns the serials."""
    c = certificates.c
    held = (c.use == use) & (c.holder == holder) & (c.kept != "nowhere")
    serials = list(conn.scalars(sa.select(c.serial).where(held)))
    conn.execute(certificates.update().where(held).values(sealed_key=None, kept="nowhere"))
    drop_request(conn, use, holder)
    return serials


def put_request(conn: sa.Connection, /, **row: Any) -> None:
    upsert(conn, requests, ["use", "holder"], row)


def request_of(conn: sa.Connection, use: str, holder: str) -> sa.Row[Any] | None:
    where = (requests.c.use == use) & (requests.c.holder == holder)
    return conn.execute(sa.select(requests).where(where)).first()


def drop_request(conn: sa.Connection, use: str, holder: str) -> None:
    conn.execute(requests.delete().where((requests.c.use == use) & (requests.c.holder == holder)))


def put_step(conn: sa.Connection, /, **row: Any) -> None:
    """In the place of any that waits for the same: of two begun at once, one goes on."""
    if row.get("about"):
        conn.execute(steps.delete().where((steps.c.about == row["about"]) & steps.c.signature.is_(None)))
    conn.execute(steps.insert().values(**row))


def step(conn: sa.Connection, step_id: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(steps).where(steps.c.id == step_id)).first()


def step_about(conn: sa.Connection, about: str) -> sa.Row[Any] | None:
    """What is under way ABOUT it: a signature that is made before one that is awaited."""
    order = (steps.c.signature.is_(None), steps.c.created.desc())
    return conn.execute(sa.select(steps).where(steps.c.about == about).order_by(*order).limit(1)).first()


def steps_for(conn: sa.Connection, person: str, now: int) -> list[sa.Row[Any]]:
    """What waits for a key of PERSON elsewhere, the oldest first."""
    where = (steps.c.person == person) & steps.c.signature.is_(None) & (steps.c.ends > now)
    return list(conn.execute(sa.select(steps).where(where).order_by(steps.c.created)))


def sign_step(conn: sa.Connection, step_id: str, signature: bytes) -> bool:
    """Once: False where there is a signature already, or no such step."""
    where = (steps.c.id == step_id) & steps.c.signature.is_(None)
    return bool(conn.execute(steps.update().where(where).values(signature=signature)).rowcount)


def signed_steps(conn: sa.Connection) -> list[sa.Row[Any]]:
    """Signatures that are made, of which the file does not know yet."""
    where = steps.c.signature.is_not(None) & (steps.c.about != "")
    return list(conn.execute(sa.select(steps).where(where).order_by(steps.c.created)))


def drop_step(conn: sa.Connection, step_id: str) -> None:
    conn.execute(steps.delete().where(steps.c.id == step_id))


def drop_steps_about(conn: sa.Connection, about: str) -> None:
    conn.execute(steps.delete().where(steps.c.about == about))


def drop_stale(conn: sa.Connection, now: int) -> None:
    """Those that nobody answered in time."""
    where = steps.c.signature.is_(None) & (steps.c.ends > 0) & (steps.c.ends <= now)
    conn.execute(steps.delete().where(where))
