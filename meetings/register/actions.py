"""The register of numbers that a unit gives its documents: one row a number, from 1 each year, for each kind.

A number is taken for one thing (the minutes of a sitting, its invitation) before that is typeset, in a transaction of
its own: a crash behind it finds the same number again. None is given twice and none is missing: one that will not be
used is void, with a reason that everyone reads.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from store.chain import Draft
from store.db import Connection
from store.errors import Refused

from ..house import House, actor_of
from ..people import rights
from ..people.model import Unit
from ..people.rights import Principal, Thing
from . import records
from .records import RegisterNumber, Urgency

LETTER = "CV"  # an official letter bears no letters of its kind


class Register:
    def __init__(self, house: House) -> None:
        self._house = house

    async def take(
        self, by: Principal, unit: Unit, kind: str, thing: str, about: str, recipients: Sequence[str] = (),
        urgency: Urgency = "",
    ) -> RegisterNumber:  # fmt: skip
        """The number of THING's document of this KIND: the one it has, or the next of the year."""
        day = self._house.today()

        def use(conn: Connection) -> RegisterNumber:
            known = records.of_thing(conn, thing, kind)
            if known is not None:
                return known
            year = int(day[:4])
            number = records.next_number(conn, unit.id, year, kind)
            letters = unit.symbol if kind == LETTER else f"{kind}-{unit.symbol}"
            symbol = f"{number:02d}/{letters}"
            made = RegisterNumber(
                unit.id, year, kind, number, symbol, day, thing, about, "", urgency, "\n".join(recipients)
            )
            records.put(conn, made)
            body = {"kind": kind, "number": number, "year": year, "symbol": symbol, "thing": thing}
            self._house.record(conn, actor_of(by), [Draft("number-issued", body)], unit=unit.id)
            return made

        return await self._house.write(use)

    async def enclose(self, by: Principal, number: RegisterNumber, file: str, cleared: str = "") -> RegisterNumber:
        """The document of a NUMBER is FILE (SHA-256); on record, with the stamp of secrecy for which BY answered.
        Raises Refused `number-void`."""

        def use(conn: Connection) -> None:
            if not records.enclose_in(conn, number, file):
                raise Refused("number-void")
            body = {"symbol": number.symbol, "file": file, "cleared": cleared}
            self._house.record(conn, actor_of(by), [Draft("document-enclosed", body)], unit=number.unit)

        await self._house.write(use)
        return msgspec.structs.replace(number, file=file)

    async def void(self, by: Principal, thing: str, kind: str, reason: str) -> None:
        """The number of THING will not be used: it stays in the register, with why. Nothing if there is none."""
        await self._house.write(self.void_in, by, thing, kind, reason)

    def void_in(self, conn: Connection, by: Principal, thing: str, kind: str, reason: str) -> None:
        """`void`, in the caller's transaction."""
        found = records.of_thing(conn, thing, kind)
        if found is None:
            return
        records.void(conn, thing, kind, reason)
        body = {"kind": kind, "number": found.number, "year": found.year, "reason": reason}
        self._house.record(conn, actor_of(by), [Draft("number-voided", body)], unit=found.unit)

    async def listed(self, who: Principal, unit: str, year: int) -> list[RegisterNumber]:
        """The numbers of a year, kind by kind, the newest first."""
        rights.demand(who, "register.see", Thing(unit))
        return await self._house.read(records.of_year, unit, year)
