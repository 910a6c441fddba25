"""Working days in Viet Nam: weekends, public holidays, and the Saturdays that make up for a bridging day. Pure.

The days are data (holidays.toml): the lunar ones and the bridging days are decided each year, and what is not decided
yet is marked unsure.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from store.world import vietnam_day


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`off`: days off that would be working days; `made_up`: Saturdays or Sundays worked instead."""

    year: int
    source: str
    off: tuple[date, ...]
    made_up: tuple[date, ...] = ()
    sure: bool = True


class Calendar(msgspec.Struct, frozen=True):
    years: tuple[Year, ...]

    def is_working(self, day: date) -> bool:
        """Weekdays but the days off; in a year that is not known, every weekday."""
        known = next((year for year in self.years if year.year == day.year), None)
        if known is not None and day in known.made_up:
            return True
        return day.weekday() < 5 and (known is None or day not in known.off)

    def is_sure(self, day: date) -> bool:
        return any(year.year == day.year and year.sure for year in self.years)

    def days_before(self, given: date, begins: date) -> int:
        """Working days from GIVEN on, with it, to the day before BEGINS: three for Monday before a Thursday."""
        return sum(self.is_working(given + timedelta(n)) for n in range(max(0, (begins - given).days)))

    def after(self, day: date, working_days: int) -> date:
        """The day on which a term of so many working days, begun the day after DAY, ends."""
        while working_days > 0:
            day += timedelta(1)
            working_days -= self.is_working(day)
        return day


@cache
def official() -> Calendar:
    """The days off that are known (holidays.toml)."""
    text = (resources.files(__package__) / "holidays.toml").read_text("utf-8")
    return Calendar(msgspec.convert(msgspec.toml.decode(text)["years"], tuple[Year, ...]))


def notice_given(now_ms: int, begins: int) -> int:
    """Working days from today to the day before the sitting."""
    days = [date.fromisoformat(vietnam_day(at)) for at in (now_ms, begins)]
    return official().days_before(*days)
