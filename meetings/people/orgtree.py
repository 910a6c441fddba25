"""The tree of units as of a day, and the acts that change it. Pure.

Units form a tree of any depth. An act of law (a number, a day of effect) merges, splits, renames, moves or
dissolves units: it ends facts and begins others, it never erases one, so what was signed under an old name
stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from store.errors import Refused

from .model import Unit, UnitId, holds_on, sort_key


class Act(msgspec.Struct, frozen=True):
    """One change by law. `from_` units end on the day of effect; `into` units begin on it."""

    number: str  # 1680/NQ-UBTVQH15
    signed: str
    effect: str  # day
    kind: Literal["merge", "split", "rename", "dissolve", "move", "found"]
    ended: tuple[UnitId, ...] = ()
    into: tuple[Unit, ...] = ()


class Tree:
    """The units that exist on one day."""

    def __init__(self, units: Iterable[Unit], day: str) -> None:
        self.day = day
        self._units: dict[UnitId, Unit] = {u.id: u for u in units if holds_on(day, u.valid_from, u.valid_to)}
        self._children: dict[UnitId | None, list[UnitId]] = {}
        for unit in self._units.values():
            parent = unit.parent if unit.parent in self._units else None
            self._children.setdefault(parent, []).append(unit.id)
        for ids in self._children.values():
            ids.sort(key=lambda i: sort_key(self._units[i].name))

    def __contains__(self, unit: str) -> bool:
        return unit in self._units

    def __iter__(self) -> Iterator[Unit]:
        """Every unit, parents before children, siblings in Vietnamese order."""
        stack = list(reversed(self._children.get(None, [])))
        while stack:
            unit = stack.pop()
            yield self._units[unit]
            stack.extend(reversed(self._children.get(unit, [])))

    def get(self, unit: UnitId) -> Unit:
        try:
            return self._units[unit]
        except KeyError:
            raise Refused("no-such-unit") from None

    def children(self, unit: UnitId | None) -> list[Unit]:
        return [self._units[child] for child in self._children.get(unit, [])]

    def below(self, unit: UnitId) -> list[UnitId]:
        """The unit itself and everything under it."""
        found, stack = [], [unit]
        while stack:
            at = stack.pop()
            found.append(at)
            stack.extend(self._children.get(at, []))
        return found


def check(units: Iterable[Unit]) -> None:
    """Refuse a set of units with an unknown parent or a loop."""
    by_id = {unit.id: unit for unit in units}
    for unit in by_id.values():
        seen: set[UnitId] = set()
        at: Unit | None = unit
        while at is not None:
            if at.id in seen:
                raise Refused("tree-loop", unit=unit.name)
            seen.add(at.id)
            if at.parent is not None and at.parent not in by_id:
                raise Refused("tree-parent", unit=unit.name)
            at = by_id[at.parent] if at.parent is not None else None


def apply(units: Mapping[UnitId, Unit], act: Act) -> dict[UnitId, Unit]:
    """All units, past ones included, after ACT. Raises Refused when the act does not fit the tree."""
    after = dict(units)
    for gone in act.ended:
        unit = after.get(gone)
        if unit is None or not holds_on(act.effect, unit.valid_from, unit.valid_to):
            raise Refused("act-unit-not-there", unit=str(gone))
        after[gone] = msgspec.structs.replace(unit, valid_to=act.effect)
    for new in act.into:
        if new.id in after:
            raise Refused("act-unit-exists", unit=new.name)
        after[new.id] = msgspec.structs.replace(new, valid_from=act.effect)
    alive = [u for u in after.values() if holds_on(act.effect, u.valid_from, u.valid_to)]
    check(alive)
    return after
