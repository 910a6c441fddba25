"""Working days with Vietnamese holidays: meetings.sitting.calendar, and the days that are known."""

from __future__ import annotations

from datetime import date

import pytest

from meetings.sitting.calendar import Calendar, official

OFFICIAL = official()


@pytest.mark.parametrize(
    ("given", "begins", "days"),
    [
        ("2026-11-23", "2026-11-26", 3),  # Monday for Thursday
        ("2026-11-24", "2026-11-26", 2),
        ("2026-11-20", "2026-11-25", 3),  # over a weekend
        ("2026-11-21", "2026-11-25", 2),  # from a Saturday
        ("2026-02-13", "2026-02-23", 1),  # over Tết
        ("2026-08-20", "2026-08-24", 3),  # a Saturday is worked for the bridging day
        ("2026-08-28", "2026-09-03", 1),
        ("2026-11-26", "2026-11-26", 0),
        ("2026-11-27", "2026-11-26", 0),
    ],
)
def test_notice_is_counted_in_working_days(given: str, begins: str, days: int) -> None:
    assert OFFICIAL.days_before(date.fromisoformat(given), date.fromisoformat(begins)) == days


def test_a_term_ends_on_a_working_day() -> None:
    assert OFFICIAL.after(date(2026, 11, 26), 5) == date(2026, 12, 3)
    assert OFFICIAL.after(date(2026, 2, 12), 5) == date(2026, 2, 26)  # five working days with Tết between
    assert OFFICIAL.after(date(2026, 11, 26), 0) == date(2026, 11, 26)


def test_what_is_not_decided_yet_is_not_sure() -> None:
    assert not OFFICIAL.is_sure(date(2027, 3, 1)) and OFFICIAL.is_sure(date(2025, 3, 3))
    assert not OFFICIAL.is_sure(date(2040, 3, 1))
    assert Calendar(()).is_working(date(2026, 9, 2)) and not Calendar(()).is_working(date(2026, 9, 5))


def test_every_day_off_falls_on_a_weekday_and_every_made_up_one_on_a_weekend() -> None:
    for year in OFFICIAL.years:
        assert {day.year for day in (*year.off, *year.made_up)} == {year.year}
        assert all(day.weekday() < 5 for day in year.off), [day for day in year.off if day.weekday() > 4]
        assert all(day.weekday() > 4 for day in year.made_up)
