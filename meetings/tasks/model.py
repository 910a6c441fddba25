"""A task as a value: who gave it to whom, until when, and how far it is. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Step = Literal["given", "acknowledged", "done"]


class Task(msgspec.Struct, frozen=True):
    """`unit` gave it, `lead` has it, `supporting` help. `parent`: the task of the level above that it was handed down
    from; `sitting` and `item`: the conclusion that it follows from. Days are ISO days, times UTC milliseconds."""

    id: str
    unit: str
    lead: str
    supporting: tuple[str, ...]
    text: str
    deadline: str
    sitting: str
    item: str
    parent: str
    step: Step
    given_at: int
    acknowledged_at: int = 0
    done_at: int = 0
    report: str = ""


def is_overdue(task: Task, today: str) -> bool:
    return task.step != "done" and task.deadline < today


class Tier(msgspec.Struct, frozen=True):
    """How one unit of a tree stands with its tasks."""

    unit: str
    name: str
    tier: int
    open: int
    overdue: int
    unacknowledged: int
