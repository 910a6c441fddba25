"""Annotations as rows: a person's own, read and changed by nobody else."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from store.db import Connection, metadata, upsert

from .annotation import Annotation, Mark

kept = sa.Table(
    "annotations",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("sitting", sa.Text, primary_key=True),
    sa.Column("paper", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("mark", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)
Place = tuple[str, str, str]  # person, sitting, paper


def put(conn: Connection, place: Place, annotation: Annotation, now: int) -> None:
    row = _key(place) | {"id": annotation.id, "sha256": annotation.sha256, "page": annotation.page, "at": now}
    mark = msgspec.json.encode(annotation.mark)
    upsert(conn, kept, ["person", "sitting", "paper", "id"], row | {"mark": mark})


def drop(conn: Connection, place: Place, id_: str) -> None:
    conn.execute(sa.delete(kept).where(_of(place), kept.c.id == id_))


def move(conn: Connection, place: Place, annotation: Annotation) -> None:
    """To its page of another version, unless it was changed or taken away meanwhile."""
    mark = msgspec.json.encode(annotation.mark)
    same = sa.and_(_of(place), kept.c.id == annotation.id, kept.c.mark == mark)
    conn.execute(sa.update(kept).where(same).values(sha256=annotation.sha256, page=annotation.page))


def weight(conn: Connection, place: Place, but: str) -> tuple[int, int]:
    """How many a person has on the paper, besides the one that is called BUT; and bytes of all in the sitting."""
    person, sitting, _ = place
    counting = sa.select(sa.func.count()).select_from(kept).where(_of(place), kept.c.id != but)
    size = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(kept.c.mark)), 0))
    size = size.where(kept.c.person == person, kept.c.sitting == sitting)
    return int(conn.execute(counting).scalar_one()), int(conn.execute(size).scalar_one())


def of_paper(conn: Connection, place: Place) -> list[Annotation]:
    """In the order in which they were last changed."""
    columns = (kept.c.id, kept.c.sha256, kept.c.page, kept.c.mark)
    rows = conn.execute(sa.select(*columns).where(_of(place)).order_by(kept.c.at, kept.c.id))
    return [Annotation(row.id, row.sha256, row.page, msgspec.json.decode(row.mark, type=Mark)) for row in rows]


def _key(place: Place) -> dict[str, str]:
    return dict(zip(("person", "sitting", "paper"), place, strict=True))


def _of(place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(*(kept.c[name] == value for name, value in _key(place).items()))
