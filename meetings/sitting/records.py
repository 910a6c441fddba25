"""Sittings in the database, for lists and rights: rows that each transaction keeps in step with the stream."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from store import jobs, journal
from store.db import metadata, upsert

from ..integrations import records as integrations
from ..people import records as people
from ..people.rights import Predicate
from . import events as e
from . import notices as telling
from . import rehearsal, replies
from . import waiting as waits
from .state import State

LIVE = ("released", "open", "suspended")
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
    sa.Column("remind_at", sa.BigInteger, nullable=False, server_default="0"),  # who has not replied; 0: nobody
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
proofs = sa.Table(  # signed minutes, and how long what they hold proves them: what is to be renewed
    "minutes_proofs",
    metadata,
    sa.Column("sitting", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
)
waiting = sa.Table(  # what a sitting waits for, and from whom: the desk's second list
    "sitting_waiting",
    metadata,
    sa.Column("thing", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Index("sitting_waiting_person", "person"),
)
convened = sa.Table(  # units that a sitting waits for: to forward the call, or to name their people
    "sitting_convened",
    metadata,
    sa.Column("thing", sa.Text, sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),  # a unit between may have people to name too
    sa.Index("sitting_convened_unit", "unit"),
)
notices = sa.Table(  # what people were told of sittings
    "notices",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("sitting", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("read_at", sa.BigInteger, nullable=False),  # 0: not yet
    sa.Index("notices_person", "person", "at"),
)
templates = sa.Table(  # agendas that a unit keeps to begin with
    "agenda_templates",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
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
    sa.Column("digest", sa.Text, nullable=False, server_default=""),  # SHA-256 of the text that was printed (sheet.py)
    sa.Column("void", sa.Boolean, nullable=False, server_default=sa.false()),
)


def mirror(conn: sa.Connection, before: State | None, after: State) -> None:
    """Bring the rows in step with AFTER; touches only what differs from BEFORE."""
    if before is None or _row(before) != _row(after):
        upsert(conn, sittings, ["id"], _row(after))
    for table, of in ((parts, _roles), (rooms, _rooms), (waiting, waits.due), (convened, waits.convened)):
        held, known = of(after), of(before) if before is not None else None
        if known is None:
            conn.execute(table.delete().where(table.c.thing == after.id))
        if gone := (known or set()) - held:
            names = [column.name for column in table.c]
            same = sa.and_(*(column == sa.bindparam(f"old_{column.name}") for column in table.c))
            old = [{f"old_{name}": value for name, value in zip(names, (after.id, *row), strict=True)} for row in gone]
            conn.execute(table.delete().where(same), old)
        if new := held - (known or set()):
            conn.execute(table.insert().values([(after.id, *row) for row in sorted(new)]))


def _row(state: State) -> dict[str, Any]:
    row = {"id": state.id, "unit": state.unit, "title": state.title, "place": state.place, "begins": state.begins}
    return row | {
        "phase": state.phase, "minutes_step": state.minutes.step, "remind_at": replies.remind_at(state),
    }  # fmt: skip


def _rooms(state: State) -> set[tuple[str | bool, ...]]:
    return {(site, rehearsal.waits(state, site)) for site in state.rooms}


def _roles(state: State) -> set[tuple[str | bool, ...]]:
    """Lasting roles only. Before release a sitting is listed for those who prepare it, and no one else."""
    preparing = ("chair", "secretary", "clerk", "approver")
    held = {(p, s.role) for p, s in state.seats.items() if state.released_at or s.role in preparing}
    return held | {(person, "recipient") for person in state.minutes.recipients}


def listed(conn: sa.Connection, predicate: Predicate) -> list[sa.Row[Any]]:
    """Sittings a viewer may see, the latest first."""
    where = people.where(predicate, sittings.c.unit, sittings.c.id, parts)
    return list(conn.execute(sa.select(sittings).where(where).order_by(sittings.c.begins.desc()).limit(200)))


def last_closed(conn: sa.Connection, unit: str, before: int, but: str) -> str | None:
    """The last sitting of UNIT that is over and has signed or circulated minutes."""
    steps = sittings.c.minutes_step.in_(["signed", "circulated"])
    where = (sittings.c.unit == unit) & (sittings.c.begins < before) & (sittings.c.id != but) & steps
    return conn.scalar(sa.select(sittings.c.id).where(where).order_by(sittings.c.begins.desc()).limit(1))


def coming(conn: sa.Connection, predicate: Predicate) -> list[sa.Row[Any]]:
    """Sittings that are released, open or suspended, the next first."""
    where = people.where(predicate, sittings.c.unit, sittings.c.id, parts) & sittings.c.phase.in_(LIVE)
    return list(conn.execute(sa.select(sittings).where(where).order_by(sittings.c.begins).limit(200)))


def to_remind(conn: sa.Connection, now: int) -> list[str]:
    """Sittings whose people are to be reminded now; what is over by a day is past reminding."""
    where = (sittings.c.remind_at > max(0, now - replies.REMIND_MS)) & (sittings.c.remind_at <= now)
    return list(conn.scalars(sa.select(sittings.c.id).where(where).order_by(sittings.c.remind_at)))


def roles_of(conn: sa.Connection, person: str) -> dict[str, tuple[str, ...]]:
    """Sitting -> this person's roles in it."""
    found: dict[str, tuple[str, ...]] = {}
    for row in conn.execute(sa.select(parts.c.thing, parts.c.role).where(parts.c.person == person)):
        found[row.thing] = (*found.get(row.thing, ()), row.role)
    return found


def of_site(conn: sa.Connection, site: str) -> list[sa.Row[Any]]:
    """Live sittings that a room is invited to; `waited`: it is rung for this one."""
    query = sa.select(sittings, rooms.c.waited).join(rooms, rooms.c.thing == sittings.c.id)
    live = sittings.c.phase.in_(LIVE)
    return list(conn.execute(query.where(rooms.c.site == site, live).order_by(sittings.c.begins)))


def waiting_for(conn: sa.Connection, person: str) -> list[sa.Row[Any]]:
    """(id, title, what) of the sittings whose minutes wait for PERSON, the latest first."""
    query = sa.select(sittings.c.id, sittings.c.title, waiting.c.what).join(waiting, waiting.c.thing == sittings.c.id)
    order = sittings.c.begins.desc(), waiting.c.what
    return list(conn.execute(query.where(waiting.c.person == person).order_by(*order)))


def put_code(conn: sa.Connection, code: str, sitting: str, digest: str) -> None:
    conn.execute(codes.insert().values(code=code, sitting=sitting, digest=digest, void=False))


def void_code(conn: sa.Connection, code: str) -> None:
    """The file that bore CODE was never signed by all: that is all that is to be found under it."""
    conn.execute(codes.update().where(codes.c.code == code).values(void=True))


def put_proof(conn: sa.Connection, sitting: str, until: int) -> None:
    """The signed minutes of SITTING are proved UNTIL then (0: by nothing yet)."""
    upsert(conn, proofs, ["sitting"], {"sitting": sitting, "until": until})


def proofs_due(conn: sa.Connection, until: int) -> list[str]:
    """Sittings whose minutes are proved no longer than UNTIL, the most urgent first."""
    query = sa.select(proofs.c.sitting).where(proofs.c.until < until)
    return list(conn.scalars(query.order_by(proofs.c.until, proofs.c.sitting)))


def story(conn: sa.Connection, sitting: str) -> list[tuple[int, int, e.AnyHappening]]:
    """Number, time (UTC ms) and what, from the sitting's journal; without what was withheld or erased."""
    return [(event.seq, event.at, e.read(event)) for event in journal.walk(conn, sitting) if event.body is not None]


def code(conn: sa.Connection, code: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(codes).where(codes.c.code == code)).first()


def rule_sets_of(conn: sa.Connection, unit: str) -> list[str]:
    """The documents a unit has taken in, by their first day."""
    query = sa.select(rule_sets.c.document).where(rule_sets.c.unit == unit)
    return list(conn.scalars(query.order_by(rule_sets.c.valid_from)))


def put_rule_set(conn: sa.Connection, unit: str, rule: str, valid_from: str, document: str) -> None:
    conn.execute(rule_sets.insert().values(unit=unit, id=rule, valid_from=valid_from, document=document))


WEBHOOK = "webhook"  # how programs of others are told: a kind of job
TOLD_PROGRAMS = (e.Released, e.Cancelled, e.Opened, e.Closed, e.NoticeIssued, e.Circulated, e.Archived)


def tell(
    conn: sa.Connection, steps: Iterable[tuple[int, int, e.AnyHappening, State]], deliveries: Iterable[str],
    *, programs: bool = False,
) -> None:  # fmt: skip
    """Put down who is told what of STEPS (seq, at, event, the state it led to), PROGRAMS of others too; what goes out
    does so behind the commit."""
    rows: list[dict[str, Any]] = []
    for seq, at, happening, state in steps:
        if programs and isinstance(happening, TOLD_PROGRAMS):
            _tell_programs(conn, seq, at, happening, state)
        for notice in telling.of(state, happening):
            key = f"{state.id}:{seq}:{notice.kind}:{notice.person}"
            row = {"person": notice.person, "sitting": state.id, "kind": notice.kind, "at": at, "read_at": 0}
            rows.append(row | {"id": key, "params": json.dumps(notice.params)})
    if rows:
        conn.execute(notices.insert(), rows)
        for kind in deliveries:
            jobs.enqueue(conn, [(f"{kind}:{row['id']}", {"notice": row["id"]}) for row in rows], kind, rows[0]["at"])


def _tell_programs(conn: sa.Connection, seq: int, at: int, happening: e.AnyHappening, state: State) -> None:
    """Programs of others that are told what happens at the unit: that it did, and nothing of what was said."""
    kind = f"sitting.{happening.__struct_config__.tag}"
    told = {"kind": kind, "sitting": state.id, "unit": state.unit, "title": state.title, "seq": seq, "at": at}
    given = [
        (f"{WEBHOOK}:{state.id}:{seq}:{integration}", told | {"integration": integration})
        for integration in integrations.webhooks_of(conn, state.unit)
    ]
    if given:
        jobs.enqueue(conn, given, WEBHOOK, at)


def notices_of(conn: sa.Connection, person: str, limit: int = 50) -> list[sa.Row[Any]]:
    """What PERSON was told, the latest first, with the sitting's title."""
    query = sa.select(notices, sittings.c.title).join(sittings, sittings.c.id == notices.c.sitting)
    return list(conn.execute(query.where(notices.c.person == person).order_by(notices.c.at.desc()).limit(limit)))


def notice(conn: sa.Connection, key: str) -> sa.Row[Any] | None:
    return conn.execute(sa.select(notices).where(notices.c.id == key)).first()


def read_notices(conn: sa.Connection, person: str, until: int, now: int) -> None:
    """PERSON has seen everything told until then."""
    where = (notices.c.person == person) & (notices.c.at <= until) & (notices.c.read_at == 0)
    conn.execute(notices.update().where(where).values(read_at=now))


def convened_of(conn: sa.Connection, units: Iterable[str]) -> list[sa.Row[Any]]:
    """Sittings that wait for these units to forward a call or to name their people, the next first."""
    query = sa.select(sittings, convened.c.unit.label("called"), convened.c.step)
    query = query.join(convened, convened.c.thing == sittings.c.id)
    return list(conn.execute(query.where(convened.c.unit.in_(list(units))).order_by(sittings.c.begins)))


def put_template(conn: sa.Connection, unit: str, template: str, name: str, body: str) -> None:
    upsert(conn, templates, ["unit", "id"], {"unit": unit, "id": template, "name": name, "body": body})


def drop_template(conn: sa.Connection, unit: str, template: str) -> None:
    conn.execute(templates.delete().where((templates.c.unit == unit) & (templates.c.id == template)))


def templates_of(conn: sa.Connection, unit: str) -> list[sa.Row[Any]]:
    query = sa.select(templates).where(templates.c.unit == unit)
    return list(conn.execute(query.order_by(templates.c.name)))
