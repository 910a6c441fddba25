"""Pictures of signatures and seals, agents and the codes that pair them, as rows."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata, upsert

pictures = sa.Table(
    "signature_pictures",
    metadata,
    sa.Column("use", sa.Text, primary_key=True),  # person | seal
    sa.Column("holder", sa.Text, primary_key=True),  # person or unit
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("millimetres", sa.Integer, nullable=False),  # across, of a seal
    sa.Column("made", sa.BigInteger, nullable=False),
)
agents = sa.Table(
    "signing_agents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),  # SHA-256
    sa.Column("made", sa.BigInteger, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
)
codes = sa.Table(
    "signing_agent_codes",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),  # SHA-256
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
)


powers = sa.Table(
    "signing_powers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("office", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("begins", sa.Text, nullable=False),  # ISO days, both of them included
    sa.Column("ends", sa.Text, nullable=False),
    sa.Column("made", sa.BigInteger, nullable=False),
)


class Power(msgspec.Struct, frozen=True):
    """`kind`: TM, KT, TL or TUQ (Decree 30/2020/NĐ-CP, article 13); `office`: in whose place (CHỦ TỊCH); `basis`: the
    paper that says so. `begins`, `ends`: ISO days, both of them included."""

    id: str
    unit: str
    person: str
    kind: str
    office: str
    basis: str
    begins: str
    ends: str
    made: int

    @property
    def words(self) -> str:
        """As it stands over the signature."""
        return f"{self.kind}. {self.office}"

    def holds_on(self, day: str) -> bool:
        return self.begins <= day <= self.ends


class Picture(msgspec.Struct, frozen=True):
    """`millimetres`: how wide a seal is; 0 for a signature, whose place is always the same."""

    sha256: str
    millimetres: int


class Agent(msgspec.Struct, frozen=True):
    """A program on a person's machine, beside their token. `seen`: when it last asked, UTC milliseconds."""

    id: str
    person: str
    name: str
    made: int
    seen: int


def picture(conn: Connection, use: str, holder: str) -> Picture | None:
    where = (pictures.c.use == use) & (pictures.c.holder == holder)
    row = conn.execute(sa.select(pictures.c.sha256, pictures.c.millimetres).where(where)).first()
    return None if row is None else Picture(*tuple(row))


def put_picture(conn: Connection, use: str, holder: str, made: Picture, now: int) -> None:
    row = msgspec.structs.asdict(made) | {"use": use, "holder": holder, "made": now}
    upsert(conn, pictures, ["use", "holder"], row)


def drop_picture(conn: Connection, use: str, holder: str) -> None:
    conn.execute(pictures.delete().where((pictures.c.use == use) & (pictures.c.holder == holder)))


def put_code(conn: Connection, code: str, person: str, ends: int) -> None:
    """In the place of one that the person was given before."""
    conn.execute(codes.delete().where(codes.c.person == person))
    conn.execute(codes.insert().values(code=code, person=person, ends=ends))


def use_code(conn: Connection, code: str, now: int) -> str | None:
    """Whose it is; it is good once."""
    person: str | None = conn.scalar(sa.select(codes.c.person).where((codes.c.code == code) & (codes.c.ends > now)))
    if person is not None and not conn.execute(codes.delete().where(codes.c.code == code)).rowcount:
        return None
    return person


def put_agent(conn: Connection, made: Agent, token: str) -> None:
    conn.execute(agents.insert().values(**msgspec.structs.asdict(made), token=token))


def agent_by(conn: Connection, token: str) -> Agent | None:
    row = conn.execute(sa.select(*_COLUMNS).where(agents.c.token == token)).first()
    return None if row is None else Agent(*tuple(row))


def agents_of(conn: Connection, person: str) -> list[Agent]:
    rows = conn.execute(sa.select(*_COLUMNS).where(agents.c.person == person).order_by(agents.c.made))
    return [Agent(*tuple(row)) for row in rows]


def saw_agent(conn: Connection, id_: str, now: int) -> None:
    conn.execute(agents.update().where(agents.c.id == id_).values(seen=now))


def drop_agent(conn: Connection, id_: str, person: str) -> bool:
    return bool(conn.execute(agents.delete().where((agents.c.id == id_) & (agents.c.person == person))).rowcount)


def drop_agents(conn: Connection, person: str) -> None:
    """All of PERSON's, and a code that waits."""
    conn.execute(agents.delete().where(agents.c.person == person))
    conn.execute(codes.delete().where(codes.c.person == person))


_COLUMNS = [agents.c[name] for name in Agent.__struct_fields__]


def put_power(conn: Connection, made: Power) -> None:
    conn.execute(powers.insert().values(**msgspec.structs.asdict(made)))


def powers_of(conn: Connection, unit: str) -> list[Power]:
    columns = [powers.c[name] for name in Power.__struct_fields__]
    rows = conn.execute(sa.select(*columns).where(powers.c.unit == unit).order_by(powers.c.begins, powers.c.id))
    return [Power(*tuple(row)) for row in rows]


def power(conn: Connection, id_: str) -> Power | None:
    columns = [powers.c[name] for name in Power.__struct_fields__]
    row = conn.execute(sa.select(*columns).where(powers.c.id == id_)).first()
    return None if row is None else Power(*tuple(row))


def end_power(conn: Connection, id_: str, day: str) -> None:
    """DAY is its last."""
    conn.execute(powers.update().where(powers.c.id == id_).values(ends=day))
