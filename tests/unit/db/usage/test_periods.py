"""Team days: where a day begins, and which days a period has."""

from datetime import UTC, date, datetime

import pytest

from db.usage.periods import Period, last_days, team_today


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 21), ("Europe/Berlin", 22), ("America/Los_Angeles", 21), ("Pacific/Kiritimati", 22)],
)
def test_today_is_the_team_zones_day(zone: str, day: int) -> None:
    assert team_today(zone, datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == date(2026, 11, day)


@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_the_last_n_days_are_today_and_the_days_before_it(days: int) -> None:
    period = last_days(days, date(2026, 11, 22))

    assert period.days == days
    assert period.last == date(2026, 11, 22)


def test_one_day_is_today_alone() -> None:
    assert last_days(1, date(2026, 11, 22)).dates() == [date(2026, 11, 22)]


def test_the_period_before_is_as_long_and_touches() -> None:
    assert Period(date(2026, 11, 16), date(2026, 11, 22)).before() == Period(
        date(2026, 11, 9), date(2026, 11, 15)
    )


@pytest.mark.parametrize(("last", "over"), [(21, 21), (22, 21), (23, 21)])
def test_the_part_of_a_period_that_is_over_ends_yesterday(last: int, over: int) -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, last))

    assert period.over(date(2026, 11, 22)) == Period(date(2026, 11, 1), date(2026, 11, over))
