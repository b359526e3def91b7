"""The month's end: known days added up, means of weekdays for those to come, and a range that holds."""

import random
from datetime import date, timedelta

import pytest

from analytics_app.analysis.projection import Costs, Projection, project, required_days

TODAY = date(2026, 11, 22)


def steady(today: date, *, weekday: float = 10.0, weekend: float = 2.0, days: int = 60) -> dict[date, float]:
    """The same cost on all working days, and another on weekends; today is at half of its own."""
    past = [today - timedelta(days=age) for age in range(days)]
    costs = {day: weekday if day.weekday() < 5 else weekend for day in past}
    return costs | {today: costs[today] / 2}


def test_a_steady_team_ends_where_it_is_heading_without_any_doubt() -> None:
    found = project(steady(TODAY), TODAY)
    # November 2026: 21 working days and 9 of weekends.
    assert found.outlook[-1].likely == pytest.approx(21 * 10 + 9 * 2)
    assert found.outlook[-1].low == found.outlook[-1].high == found.outlook[-1].likely


def test_what_is_known_is_added_up_day_by_day() -> None:
    found = project(steady(TODAY), TODAY)
    assert next(iter(found.so_far)) == date(2026, 11, 1)
    assert found.to_date == pytest.approx(15 * 10 + 6 * 2 + 1)


def test_a_day_dearer_than_usual_is_not_taken_back() -> None:
    costs = steady(TODAY) | {TODAY: 50.0}
    found = project(costs, TODAY)
    assert found.outlook[0].likely == found.to_date


def test_the_last_day_of_a_month_has_nothing_left_but_itself() -> None:
    last = date(2026, 11, 30)
    assert [point.day for point in project(steady(last), last).outlook] == [last]


@pytest.mark.parametrize(("days", "known"), [(7, 0), (8, 9), (28, 9), (29, 9)])
def test_a_young_team_has_a_projection_after_seven_full_days(days: int, known: int) -> None:
    assert len(project(steady(TODAY, days=days), TODAY).outlook) == known


def test_a_young_teams_days_share_one_mean() -> None:
    costs = {TODAY - timedelta(days=age): 4.0 for age in range(1, 11)}
    found = project(costs, TODAY)
    assert found.outlook[-1].likely == pytest.approx(40 + 9 * 4)


def test_a_day_of_unknown_cost_is_no_day_without_cost() -> None:
    costs: Costs = {**steady(TODAY), TODAY - timedelta(days=3): None}
    found = project(costs, TODAY)
    assert found.outlook[-1].likely == pytest.approx(found.to_date + 1 + 8 * fmean_of(costs))


def fmean_of(costs: Costs) -> float:
    """With a day missing, all days share the mean of those that are known."""
    past = [costs[TODAY - timedelta(days=age)] for age in range(1, 29)]
    known = [cost for cost in past if cost is not None]
    mean = sum(known) / len(known)
    # Today still lacks the rest of that mean, of which it has 1.
    return (mean - 1 - 1 + 8 * mean) / 8


def test_a_month_of_unknown_costs_is_unknown_and_not_zero() -> None:
    costs: Costs = {TODAY - timedelta(days=age): None for age in range(60)}
    assert project(costs, TODAY) == Projection(dict.fromkeys(month_so_far(), 0.0), [], None)


def month_so_far() -> list[date]:
    return [date(2026, 11, number) for number in range(1, 23)]


def test_the_required_days_hold_the_month_and_its_history() -> None:
    assert required_days(date(2026, 11, 30)).first == date(2026, 11, 1)
    assert required_days(date(2026, 11, 3)).first == date(2026, 10, 6)


def test_the_range_holds_four_months_of_five() -> None:
    chance, today, held = random.Random(5), date(2026, 11, 12), 0
    days = [date(2026, 10, 1) + timedelta(days=count) for count in range(61)]
    for _ in range(400):
        costs = {day: chance.gauss(40 if day.weekday() < 5 else 30, 6) for day in days}
        truth = sum(cost for day, cost in costs.items() if day.month == 11)
        known = {day: cost for day, cost in costs.items() if day < today}
        end = project(known, today).outlook[-1]
        held += end.low <= truth <= end.high
    assert 0.75 <= held / 400 <= 0.85
