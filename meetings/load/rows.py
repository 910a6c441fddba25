"""Rows of a bench: what was measured, beside what, and whether it is enough."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """`required`: what the value may be at most (`more`: at least); `by_ratio`: what the ratio to the peer may be.
    `spread`: the lowest and the highest value."""

    measure: str
    value: float
    unit: str
    peer: float | None = None
    required: float | None = None
    spread: tuple[float, float] | None = None
    more: bool = False
    by_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        return round(self.value / self.peer, 3) if self.peer else None

    @property
    def met(self) -> bool | None:
        """None: nothing is required, or there is no peer to compare with."""
        judged = self.ratio if self.by_ratio else self.value
        if self.required is None or judged is None:
            return None
        return judged >= self.required if self.more else judged <= self.required


def told(rows: list[Row], as_json: bool) -> str:
    """For people, or as JSON."""
    if as_json:
        return json.dumps([asdict(row) | {"ratio": row.ratio, "met": row.met} for row in rows], indent=1)
    lines = [f"{'measure':48} {'value':>10} {'unit':8} {'peer':>10} {'ratio':>7} {'required':>9}  met"]
    for row in rows:
        peer = "" if row.peer is None else f"{row.peer:.4g}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        limit = "" if row.required is None else f"{'>=' if row.more else '<='} {row.required:g}"
        met = {None: "", True: "yes", False: "NO"}[row.met]
        lines.append(f"{row.measure:48} {row.value:>10.4g} {row.unit:8} {peer:>10} {ratio:>7} {limit:>9}  {met}")
    return "\n".join(lines)


def run(about: str | None, measure: Callable[[], Coroutine[Any, Any, list[Row]]]) -> None:
    """All of a bench that takes no word but `--json`; ABOUT is what it says of itself."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    sys.stdout.write(told(asyncio.run(measure()), arguments.json) + "\n")
