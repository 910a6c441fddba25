"""Pages that were open, as rows: no events, for they are many and nobody's decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from store.db import Connection, metadata, upsert

from .receipt import Look, PageView

page_views = sa.Table(
    "page_views",
    metadata,
    sa.Column("sitting", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("paper", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("first_at", sa.BigInteger, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("ms", sa.BigInteger, nullable=False),
)
_COLUMNS = [page_views.c[name] for name in PageView.__struct_fields__]


def told_at(conn: Connection, sitting: str, person: str, paper: tuple[str, str]) -> int | None:
    """When PERSON last told of pages of a version of a paper: its id, and its SHA-256."""
    last = sa.select(sa.func.max(page_views.c.last_at)).where(_of(sitting, paper[0], person, paper[1]))
    found: int | None = conn.execute(last).scalar()
    return found


def add(conn: Connection, sitting: str, person: str, paper: tuple[str, str], looks: Iterable[Look], now: int) -> None:
    """PERSON had pages open, so long each; PAPER: its id and the SHA-256 of its version."""
    asked = sa.select(page_views.c.page, page_views.c.first_at, page_views.c.ms)
    rows = conn.execute(asked.where(_of(sitting, paper[0], person, paper[1])))
    known = {page: (first_at, ms) for page, first_at, ms in rows}
    for page, ms in looks:
        key = {"sitting": sitting, "person": person, "paper": paper[0], "sha256": paper[1], "page": page}
        first_at, before = known.get(page, (now, 0))
        upsert(conn, page_views, list(key), {**key, "first_at": first_at, "last_at": now, "ms": before + ms})


def of_paper(conn: Connection, sitting: str, paper: str, person: str = "") -> Sequence[PageView]:
    """Everybody's, or one PERSON's, of all versions."""
    rows = conn.execute(sa.select(*_COLUMNS).where(_of(sitting, paper, person)).order_by(*_COLUMNS))
    return [PageView(*row) for row in rows]


def _of(sitting: str, paper: str, person: str = "", sha256: str = "") -> sa.ColumnElement[bool]:
    """Of everybody, or of one PERSON; of all versions, or of one."""
    wanted = {"sitting": sitting, "paper": paper, "person": person, "sha256": sha256}
    return sa.and_(*(page_views.c[name] == value for name, value in wanted.items() if value))
