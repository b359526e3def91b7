"""Full days are compared with the corresponding days of the period before."""

from datetime import date

import pytest

from analytics_app.pages.team.page import compared
from db.usage.periods import Period, last_days


def november(first: int, last: int) -> Period:
    return Period(date(2026, 11, first), date(2026, 11, last))


def test_a_week_with_today_is_compared_with_the_same_weekdays(today: date) -> None:
    assert compared(last_days(7, today), today) == (november(16, 21), november(9, 14))


def test_a_period_that_is_over_is_compared_whole(today: date) -> None:
    assert compared(november(8, 14), today) == (november(8, 14), november(1, 7))


@pytest.mark.parametrize("day", [22, 23])
def test_today_alone_is_compared_with_nothing(day: int, today: date) -> None:
    assert compared(november(day, day), today) == (None, None)
