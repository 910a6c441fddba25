"""The life of a version of a paper, as a table: what may be done to it in each step, and what it is then. Pure.

A paper is as its newest version is. What was replaced or recalled stays on record, and is never shown again but to
whoever keeps the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from store.errors import Refused

Step = Literal["draft", "released", "replaced", "recalled", "archived"]
Act = Literal["release", "replace", "recall", "archive"]

TABLE: Mapping[Step, Mapping[Act, Step]] = {
    "draft": {"release": "released", "replace": "replaced"},
    "released": {"replace": "replaced", "recall": "recalled", "archive": "archived"},
    "replaced": {},
    "recalled": {"replace": "recalled"},  # another version may follow; this one stays recalled
    "archived": {},
}
READABLE: frozenset[Step] = frozenset({"draft", "released", "archived"})


def after(step: Step, act: Act) -> Step:
    """The step that ACT leads to. Raises Refused `paper-not-now`."""
    try:
        return TABLE[step][act]
    except KeyError:
        raise Refused("paper-not-now", step=step) from None


def printed() -> str:
    """The table as docs/papers.md shows it."""
    acts = get_args(Act)
    rows = ["| step | " + " | ".join(acts) + " |", "|---" * (len(acts) + 1) + "|"]
    for step, ways in TABLE.items():
        rows.append(f"| {step} | " + " | ".join(ways.get(act, "·") for act in acts) + " |")
    return "\n".join(rows) + "\n"
