"""Event streams in the database: created, leased to a home, appended to, read, verified.

A stream has one home node at a time, and a lease with an epoch: every append checks the epoch in its own
transaction, so a node that lost its lease cannot write. One transaction may append to several streams, and
brings the tables that serve queries along. A command is accepted once per stream and actor; its answer can be
rebuilt from the events it made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from . import chain
from .chain import Actor, Circumstance, Draft, Event, Flaw, Head
from .db import metadata
from .errors import Missing, Refused, Stale

streams = sa.Table(
    "streams",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("home", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("parent_seq", sa.Integer),
    sa.Column("head_seq", sa.Integer, nullable=False),
    sa.Column("head_hash", sa.Text, nullable=False),
    sa.Column("head_at", sa.BigInteger, nullable=False),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("stream", sa.Text, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("mandate", sa.Text, nullable=False),
    sa.Column("acting_for", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("v", sa.Integer, nullable=False),
    sa.Column("salt", sa.Text),
    sa.Column("body", sa.Text),
    sa.Column("body_digest", sa.Text, nullable=False),
    sa.Column("prev", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
commands = sa.Table(
    "commands",
    metadata,
    sa.Column("stream", sa.Text, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("first_seq", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
)
checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("stream", sa.Text, sa.ForeignKey("streams.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)

PAGE = 500  # events read at once when a whole stream is walked


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one node to append to one stream, as of one epoch."""

    stream: str
    node: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Command:
    """Why events are appended: who asked, through which session, by which command."""

    actor: Actor
    id: str = ""
    session: str = ""
    digest: str = ""  # of kind and body: the same id with another content is an error


def command_digest(kind: str, body: bytes) -> str:
    return hashlib.sha256(kind.encode() + b"\n" + body).hexdigest()


def create(conn: sa.Connection, stream: str, kind: str, unit: str, node: str) -> Lease:
    """Make a stream whose home is NODE. Raises Refused `stream-exists`."""
    if conn.execute(sa.select(streams.c.id).where(streams.c.id == stream)).first():
        raise Refused("stream-exists")
    row = {"id": stream, "kind": kind, "unit": unit, "home": node, "epoch": 1}
    conn.execute(streams.insert().values(**row, head_seq=0, head_hash=chain.START, head_at=0))
    return Lease(stream, node, 1)


def exists(conn: sa.Connection, stream: str, kind: str | None = None) -> bool:
    """Is there such a stream (of this kind)?"""
    row = conn.execute(sa.select(streams.c.kind).where(streams.c.id == stream)).first()
    return row is not None and kind in (None, row.kind)


def hold(conn: sa.Connection, stream: str, node: str) -> Lease:
    """The lease as it stands, for a single transaction. Raises Missing, or Refused `not-home`."""
    row = _locked(conn, stream)
    if row.home != node:
        raise Refused("not-home")
    return Lease(stream, node, row.epoch)


def take(conn: sa.Connection, stream: str, node: str) -> Lease:
    """A new epoch: whoever held the stream before (a room that was killed, say) can no longer append."""
    row = _locked(conn, stream)
    if row.home != node:
        raise Refused("not-home")
    conn.execute(streams.update().where(streams.c.id == stream).values(epoch=row.epoch + 1))
    return Lease(stream, node, row.epoch + 1)


def _locked(conn: sa.Connection, stream: str) -> sa.Row[Any]:
    row = conn.execute(sa.select(streams).where(streams.c.id == stream).with_for_update()).first()
    if row is None:
        raise Missing("stream")
    return row


def append(
    conn: sa.Connection,
    lease: Lease,
    drafts: Sequence[Draft],
    command: Command,
    at: int,
    random: Callable[[int], bytes],
    *,
    recalled: bool = False,
) -> list[Event]:
    """Append DRAFTS in order, in the caller's transaction. AT: UTC milliseconds. RANDOM(n) gives salt. RECALLED: the
    caller has asked `recall` in this transaction and found nothing.

    Raises Stale `lease-lost` when the epoch has moved on, Refused `command-reused` for an id that stood for
    something else. A command that was accepted before appends nothing and returns its events again.
    """
    row = _locked(conn, lease.stream)
    if (row.home, row.epoch) != (lease.node, lease.epoch):
        raise Stale("lease-lost")
    known = None if recalled else recall(conn, lease.stream, command)
    if known is not None:
        return known
    head = Head(row.head_seq, row.head_hash, row.head_at)
    given = Circumstance(lease.stream, at, lease.node, command.actor, command.session, command.id)
    made = []
    for draft in drafts:
        event = chain.link(head, draft, given, random(16))
        made.append(event)
        head = chain.head_of(event)
    if made:
        conn.execute(events.insert(), [_row(event) for event in made])
        moved = {"head_seq": head.seq, "head_hash": head.hash, "head_at": head.at}
        conn.execute(streams.update().where(streams.c.id == lease.stream).values(**moved))
    if command.id and made:
        accepted = {"stream": lease.stream, "actor": command.actor.id, "id": command.id, "digest": command.digest}
        conn.execute(commands.insert().values(**accepted, first_seq=made[0].seq, last_seq=head.seq))
    return made


def note(
    conn: sa.Connection, stream: str, kind: str, node: str, drafts: Sequence[Draft], command: Command, at: int,
    random: Callable[[int], bytes], *, unit: str = "",
) -> list[Event]:  # fmt: skip
    """Append to a stream that no room keeps, made here (as UNIT's) if it is not there yet."""
    if not exists(conn, stream):
        create(conn, stream, kind, unit, node)
    return append(conn, hold(conn, stream, node), drafts, command, at, random)


def recall(conn: sa.Connection, stream: str, command: Command) -> list[Event] | None:
    """The events an accepted command made, or None if it is new. Raises Refused `command-reused`."""
    if not command.id:
        return None
    c = commands.c
    key = (c.stream == stream) & (c.actor == command.actor.id) & (c.id == command.id)
    row = conn.execute(sa.select(commands).where(key)).first()
    if row is None:
        return None
    if row.digest != command.digest:
        raise Refused("command-reused")
    return read(conn, stream, row.first_seq - 1, row.last_seq - row.first_seq + 1)


def _row(event: Event) -> dict[str, Any]:
    names = ("stream", "seq", "at", "origin", "session", "command", "kind", "v", "salt", "body_digest", "prev", "hash")
    row = {name: getattr(event, name) for name in names}
    actor = event.actor
    row |= {"actor_kind": actor.kind, "actor_id": actor.id, "mandate": actor.mandate, "acting_for": actor.acting_for}
    row["body"] = None if event.body is None else chain.canonical(dict(event.body)).decode()
    return row


def _event(row: sa.Row[Any]) -> Event:
    actor = Actor(row.actor_kind, row.actor_id, row.mandate, row.acting_for)
    body = None if row.body is None else json.loads(row.body)
    return Event(
        row.stream, row.seq, row.at, row.origin, actor, row.session, row.command, row.kind, row.v,
        row.salt, body, row.body_digest, row.prev, row.hash,
    )  # fmt: skip


def read(conn: sa.Connection, stream: str, after: int = 0, limit: int = PAGE) -> list[Event]:
    """Events with seq greater than AFTER, in order, at most LIMIT."""
    query = sa.select(events).where(events.c.stream == stream, events.c.seq > after)
    return [_event(row) for row in conn.execute(query.order_by(events.c.seq).limit(limit))]


def walk(conn: sa.Connection, stream: str, after: int = 0) -> Iterator[Event]:
    """Every event behind AFTER, a page at a time."""
    while page := read(conn, stream, after):
        yield from page
        after = page[-1].seq


def head(conn: sa.Connection, stream: str) -> Head:
    row = conn.execute(sa.select(streams).where(streams.c.id == stream)).first()
    if row is None:
        raise Missing("stream")
    return Head(row.head_seq, row.head_hash, row.head_at)


def listed(conn: sa.Connection, kind: str | None = None) -> list[str]:
    query = sa.select(streams.c.id).order_by(streams.c.id)
    return list(conn.scalars(query if kind is None else query.where(streams.c.kind == kind)))


def verify(conn: sa.Connection, stream: str, known: Mapping[int, str] | None = None) -> Head | Flaw:
    """Walk a whole stream as stored. KNOWN: seq -> hash from checkpoints, kept here or outside."""
    reached = chain.verify(walk(conn, stream), known)
    if isinstance(reached, Head) and reached != head(conn, stream):
        return Flaw(reached.seq + 1, "short")
    return reached


def erase(conn: sa.Connection, stream: str, seq: int) -> None:
    """Remove a body by law. The chain still verifies: it holds the body's salted digest, not the body."""
    where = (events.c.stream == stream) & (events.c.seq == seq)
    conn.execute(events.update().where(where).values(body=None, salt=None))


def count_erased(conn: sa.Connection, stream: str) -> int:
    """How many bodies are no longer there: told at every verification, because the chain alone does not mind."""
    where = (events.c.stream == stream) & events.c.body.is_(None)
    return conn.scalar(sa.select(sa.func.count()).select_from(events).where(where)) or 0


def keep_checkpoint(conn: sa.Connection, stream: str, at_head: Head, key_id: str, signature: str, at: int) -> None:
    """AT: when it was signed, which the signature covers."""
    row = {"stream": stream, "seq": at_head.seq, "hash": at_head.hash, "at": at}
    found = conn.execute(
        sa.select(checkpoints.c.seq).where(checkpoints.c.stream == stream, checkpoints.c.seq == at_head.seq)
    ).first()
    if found is None:
        conn.execute(checkpoints.insert().values(**row, key_id=key_id, signature=signature))


def read_checkpoints(conn: sa.Connection, stream: str) -> list[sa.Row[Any]]:
    query = sa.select(checkpoints).where(checkpoints.c.stream == stream).order_by(checkpoints.c.seq)
    return list(conn.execute(query))


def head_at(made: Sequence[Event], seq: int) -> Head:
    """The head that EVENTS, a whole stream from 1 on, had at SEQ."""
    return chain.head_of(made[seq - 1])


def restore(conn: sa.Connection, stream: str, kind: str, unit: str, node: str, made: Sequence[Event]) -> None:
    """Put a whole stream in as it is, from elsewhere. Raises Refused `stream-exists`, or `journal-flawed`."""
    reached = chain.verify(made)
    if isinstance(reached, Flaw) or not made:
        raise Refused("journal-flawed")
    create(conn, stream, kind, unit, node)
    conn.execute(events.insert(), [_row(event) for event in made])
    moved = {"head_seq": reached.seq, "head_hash": reached.hash, "head_at": reached.at}
    conn.execute(streams.update().where(streams.c.id == stream).values(**moved))
