"""What people are told of their sittings, as the desk shows it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ..house import House
from ..people import records as people
from ..people.rights import Principal
from . import records


class NoticeRow(msgspec.Struct, frozen=True):
    """`params`: what its text is filled with; a person among them is already a name."""

    id: str
    sitting: str
    title: str
    kind: str
    params: Mapping[str, str]
    at: int
    read: bool


class NoticeBoard:
    def __init__(self, house: House) -> None:
        self._house = house

    async def listed(self, who: Principal) -> list[NoticeRow]:
        """The latest first."""
        rows = await self._house.read(records.notices_of, who.id)
        given = [msgspec.json.decode(row.params, type=dict[str, str]) for row in rows]
        named = await self._house.read(people.names, [params["person"] for params in given if "person" in params])
        return [
            NoticeRow(row.id, row.sitting, row.title, row.kind, _named(params, named), row.at, bool(row.read_at))
            for row, params in zip(rows, given, strict=True)
        ]

    async def read(self, who: Principal, until: int) -> None:
        """WHO has seen what was told until then (UTC milliseconds)."""
        await self._house.write(records.read_notices, who.id, until, self._house.now_ms())


def _named(params: dict[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return params | ({"person": names.get(params["person"], "")} if "person" in params else {})
