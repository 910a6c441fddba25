"""Agendas that a unit keeps to begin with: the items of a sitting under a name."""

from __future__ import annotations

import msgspec

from store.db import Connection
from store.errors import Refused

from ..house import House
from ..people import rights
from ..people.rights import Principal, Thing
from . import records
from .actions import PlannedItem, Sittings
from .agenda import text

MOST = 100  # a unit


class Template(msgspec.Struct, frozen=True):
    id: str
    name: str
    items: tuple[PlannedItem, ...]


class Templates:
    def __init__(self, house: House, sittings: Sittings) -> None:
        self._house = house
        self._sittings = sittings

    async def listed(self, who: Principal, unit: str) -> list[Template]:
        rights.demand(who, "sitting.plan", Thing(unit))
        rows = await self._house.read(records.templates_of, unit)
        return [Template(row.id, row.name, msgspec.json.decode(row.body, type=tuple[PlannedItem, ...])) for row in rows]

    async def keep(self, who: Principal, unit: str, name: str, sitting: str) -> str:
        """Keep the agenda of SITTING under NAME; returns its id."""
        rights.demand(who, "sitting.plan", Thing(unit))
        tidy, items, made = text(name, "name"), (await self._sittings.like(who, sitting)).items, self._house.id()

        def use(conn: Connection) -> None:
            if len(records.templates_of(conn, unit)) >= MOST:
                raise Refused("templates-many")
            records.put_template(conn, unit, made, tidy, msgspec.json.encode(items).decode())

        await self._house.write(use)
        return made

    async def drop(self, who: Principal, unit: str, template: str) -> None:
        rights.demand(who, "sitting.plan", Thing(unit))
        await self._house.write(records.drop_template, unit, template)
