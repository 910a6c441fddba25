"""Numbers of documents: from one each year, none twice, none missing.

meetings.register.actions, meetings.register.records
"""

from __future__ import annotations

import asyncio

import pytest

from meetings.register import records
from meetings.register.actions import Register
from store import journal
from store.errors import Denied
from tests.kit.committee import DISTRICT, UNITS, Committee
from tests.kit.world import Fixed

UNIT = UNITS[1]
YEAR_MS = 370 * 86_400_000


async def test_numbers_follow_each_other_and_begin_anew_each_year(committee: Committee, world: Fixed) -> None:
    register, clerk = Register(committee.house), committee.who["clerk"]
    made = [await register.take(clerk, UNIT, kind, thing, "Họp") for kind, thing in
            (("BB", "a"), ("BB", "b"), ("GM", "a"), ("BB", "a"))]  # fmt: skip
    assert [number.symbol for number in made] == ["01/BB-UBND", "02/BB-UBND", "01/GM-UBND", "01/BB-UBND"]
    assert made[0] == made[3], "a thing keeps the number it has"
    world.step(YEAR_MS)
    assert (await register.take(clerk, UNIT, "BB", "c", "Họp")).symbol == "01/BB-UBND"
    assert [one.year for one in await register.listed(clerk, DISTRICT, 2027)] == [2027]


async def test_many_at_once_get_numbers_without_doubles_or_gaps(committee: Committee) -> None:
    register, clerk = Register(committee.house), committee.who["clerk"]
    things = [f"t{n}" for n in range(12)] * 2
    made = await asyncio.gather(*(register.take(clerk, UNIT, "TB", thing, "Kết luận") for thing in things))
    assert sorted({one.number for one in made}) == list(range(1, 13))
    assert {one.thing: one.number for one in made} == {one.thing: one.number for one in reversed(made)}


async def test_a_number_that_is_not_used_stays_and_says_why(committee: Committee) -> None:
    register, clerk = Register(committee.house), committee.who["clerk"]
    await register.take(clerk, UNIT, "BB", "a", "Họp")
    await register.void(clerk, "a", "BB", "Ghi nhầm")
    await register.void(clerk, "a", "BB", "Lần nữa")  # there is none any more
    assert (await register.take(clerk, UNIT, "BB", "a", "Họp")).number == 2
    assert [(one.number, one.void) for one in await register.listed(clerk, DISTRICT, 2026)] == [
        (2, ""),
        (1, "Ghi nhầm"),
    ]
    events = await committee.house.read(journal.read, f"unit:{DISTRICT}")
    assert [event.kind for event in events] == ["number-issued", "number-voided", "number-issued"]
    assert await committee.house.read(records.of_thing, "nothing", "BB") is None
    with pytest.raises(Denied):
        await register.listed(committee.who["member1"], DISTRICT, 2026)
