"""The head of a unit's official paper: who issues it, under whom, with which number, where and when (Decree 30)."""

from __future__ import annotations

from documents.model import Head
from store.db import Connection

from ..people import records as people
from ..people.model import Unit, UnitId, agency_of
from ..people.orgtree import Tree


def units_of(conn: Connection, unit: str, day: str) -> tuple[Unit, Unit | None]:
    """A unit and the one above it, by their names on DAY."""
    tree = Tree(people.all_units(conn), day)
    own = tree.get(UnitId(unit))
    return own, tree.get(own.parent) if own.parent and own.parent in tree else None


def letterhead(units: tuple[Unit, Unit | None], symbol: str, day: str) -> Head:
    """Of a paper of UNITS' first, under its second; SYMBOL "" before it has its number."""
    unit, above = units
    return Head(f"UBND {above.name}" if above else "", agency_of(unit), symbol, unit.place, day)
