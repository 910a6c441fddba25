"""Powers to sign in the chair's place (TM., KT., TL., TUQ.): given by who leads the unit, for dated days, by a paper
that says so. What was signed while one held stays signed when it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

from store.chain import Draft
from store.db import Connection
from store.errors import Missing, Refused

from ..house import House, actor_of
from ..people import records as people
from ..people import rights
from ..people.model import clean
from ..people.rights import Principal, Thing
from . import records
from .records import Power

Kind = Literal["TM", "KT", "TL", "TUQ"]
LONGEST_DAYS = 366  # of one giving


class Powers:
    def __init__(self, house: House) -> None:
        self._house = house

    async def of(self, who: Principal, unit: str) -> list[Power]:
        """Of a unit whose leader or clerk one is."""
        if not any(rights.may(who, verb, Thing(unit)) for verb in ("power.give", "seal.keep")):
            rights.demand(who, "power.give", Thing(unit))
        return await self._house.read(records.powers_of, unit)

    async def give(
        self, who: Principal, unit: str, person: str, kind: str, office: str, basis: str, days: tuple[str, str]
    ) -> Power:
        """DAYS: the first and the last, ISO. Raises Denied, Refused."""
        rights.demand(who, "power.give", Thing(unit))
        begins, ends = (_day(one, name) for one, name in zip(days, ("begins", "ends"), strict=True))
        if kind not in get_args(Kind):
            raise Refused("field-wrong", field="kind")
        if not begins <= ends <= begins + timedelta(days=LONGEST_DAYS):
            raise Refused("field-wrong", field="ends")
        tidy = (clean(office, "office").upper(), clean(basis, "basis"))
        first, last = begins.isoformat(), ends.isoformat()
        made = Power(self._house.id(), unit, person, kind, *tidy, first, last, self._house.now_ms())

        def use(conn: Connection) -> None:
            held = people.memberships_on(conn, self._house.today(), unit=unit, person=person)
            if not held:
                raise Refused("field-wrong", field="person")
            records.put_power(conn, made)
            body = {"power": made.id, "unit": unit, "person": person, "words": made.words, "basis": made.basis}
            draft = Draft("power-given", body | {"begins": made.begins, "ends": made.ends})
            self._house.record(conn, actor_of(who), [draft])

        await self._house.write(use)
        return made

    async def end(self, who: Principal, id_: str) -> None:
        """Yesterday was its last day. Raises Denied, Missing."""
        yesterday = (date.fromisoformat(self._house.today()) - timedelta(days=1)).isoformat()

        def use(conn: Connection) -> None:
            found = records.power(conn, id_)
            if found is None:
                raise Missing("no-such-power")
            rights.demand(who, "power.give", Thing(found.unit))
            if found.ends > yesterday:
                records.end_power(conn, id_, yesterday)
                self._house.record(conn, actor_of(who), [Draft("power-ended", {"power": id_})])

        await self._house.write(use)

    async def held_by(self, unit: str, person: str) -> Power:
        """By which PERSON may sign for UNIT's chair today. Raises Refused `power-none`."""
        today = self._house.today()
        for one in reversed(await self._house.read(records.powers_of, unit)):
            if one.person == person and one.holds_on(today):
                return one
        raise Refused("power-none")


def _day(given: str, field: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Refused("field-wrong", field=field) from None
