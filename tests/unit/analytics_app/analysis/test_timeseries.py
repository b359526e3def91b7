"""Steps of time are whole, in a row, and compared with as many before; averages know no unfinished step."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from analytics_app.analysis import timeseries
from analytics_app.analysis.timeseries import PeriodSeries
from db.usage.breakdown_records import Grain
from db.usage.periods import Period, last_days

GRAINS: list[Grain] = ["day", "week", "month"]


def test_a_week_begins_on_monday(today: date) -> None:
    assert timeseries.step_of(today, "week") == Period(date(2026, 11, 16), today)


@pytest.mark.parametrize(
    ("day", "last"), [(date(2026, 2, 3), 28), (date(2028, 2, 29), 29), (date(2026, 12, 31), 31)]
)
def test_a_month_ends_with_its_last_day(day: date, last: int) -> None:
    assert timeseries.step_of(day, "month") == Period(day.replace(day=1), day.replace(day=last))


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("days", [1, 7, 30, 365, 800])
def test_steps_follow_each_other_without_a_gap(grain: Grain, days: int, today: date) -> None:
    own = timeseries.steps(last_days(days, today), grain)
    run = [*timeseries.steps_before(own[0], grain, len(own)), *own]
    assert len(run) == 2 * len(own)
    assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(run))


def of_values(earlier: list[float | None], own: list[float | None], *, provisional: bool) -> PeriodSeries:
    day = Period(date(2026, 11, 1), date(2026, 11, 1))
    return PeriodSeries("month", [day] * len(own), own, [day] * len(earlier), earlier, provisional)


def test_an_average_reaches_back_into_the_period_before() -> None:
    assert of_values([3, 6], [9, 12], provisional=False).averages == [6, 9]


def test_a_step_that_goes_on_has_no_average() -> None:
    assert of_values([3, 6], [9, 1], provisional=True).averages == [6, None]


def test_an_average_begins_when_its_whole_window_holds_work() -> None:
    assert of_values([0, 0], [0, 3, 6, 9, 12], provisional=False).averages == [None, None, None, 6, 9]


def test_a_team_that_has_not_begun_is_not_idle() -> None:
    assert of_values([0, 0], [0, 0, 6, 0, 9], provisional=True).begun == [6, 0]
    assert of_values([0, 3], [0, 6], provisional=False).begun == [0, 6]


def test_zeros_between_work_are_averaged() -> None:
    assert of_values([6, 0], [0, 3], provisional=False).averages == [2, 1]


def test_what_is_not_known_is_left_out_of_sums_and_never_zero() -> None:
    assert (timeseries.mean([4, None, 8]), timeseries.total([None, 2])) == (6, 2)
    assert [timeseries.total(values) for values in ([None], [], [0, None], [0, 0])] == [None, None, None, 0]


def test_no_day_after_today_is_required(today: date) -> None:
    required = timeseries.required_days(last_days(30, today), "month", today)
    assert required == Period(date(2026, 8, 1), today)
