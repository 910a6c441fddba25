"""Tasks in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from store.db import metadata
from store.errors import Missing

from .model import Task

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False, index=True),
    sa.Column("lead", sa.Text, nullable=False, index=True),
    sa.Column("supporting", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("deadline", sa.Text, nullable=False),
    sa.Column("sitting", sa.Text, nullable=False, index=True),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("given_at", sa.BigInteger, nullable=False),
    sa.Column("acknowledged_at", sa.BigInteger, nullable=False),
    sa.Column("done_at", sa.BigInteger, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
)
supports = sa.Table(  # the supporting units of a task, for lists
    "task_supports",
    metadata,
    sa.Column("task", sa.Text, sa.ForeignKey("tasks.id"), primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Index("task_supports_unit", "unit"),
)


def put(conn: sa.Connection, task: Task) -> None:
    row = {name: getattr(task, name) for name in Task.__struct_fields__} | {"supporting": json.dumps(task.supporting)}
    conn.execute(tasks.insert().values(**row))
    for unit in task.supporting:
        conn.execute(supports.insert().values(task=task.id, unit=unit))


def change(conn: sa.Connection, task: str, **values: Any) -> None:
    conn.execute(tasks.update().where(tasks.c.id == task).values(**values))


def get(conn: sa.Connection, task: str) -> Task:
    row = conn.execute(sa.select(tasks).where(tasks.c.id == task)).first()
    if row is None:
        raise Missing("no-such-task")
    return _task(row)


def exists(conn: sa.Connection, task: str) -> bool:
    return conn.scalar(sa.select(tasks.c.id).where(tasks.c.id == task)) is not None


def of_units(conn: sa.Connection, units: Iterable[str]) -> list[Task]:
    """Tasks that these units have, help with or gave, the nearest deadline first."""
    known = list(units)
    helped = sa.select(supports.c.task).where(supports.c.unit.in_(known))
    where = tasks.c.lead.in_(known) | tasks.c.unit.in_(known) | tasks.c.id.in_(helped)
    return [_task(row) for row in conn.execute(sa.select(tasks).where(where).order_by(tasks.c.deadline, tasks.c.id))]


def of_sitting(conn: sa.Connection, sitting: str) -> list[Task]:
    query = sa.select(tasks).where(tasks.c.sitting == sitting).order_by(tasks.c.given_at, tasks.c.id)
    return [_task(row) for row in conn.execute(query)]


def open_of(conn: sa.Connection, units: Iterable[str]) -> list[Task]:
    """What these units have and have not done."""
    where = tasks.c.lead.in_(list(units)) & (tasks.c.step != "done")
    return [_task(row) for row in conn.execute(sa.select(tasks).where(where))]


def _task(row: sa.Row[Any]) -> Task:
    return Task(**(dict(row._mapping) | {"supporting": tuple(json.loads(row.supporting))}))
