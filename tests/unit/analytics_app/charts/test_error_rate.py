"""The share of errors counts calls whose outcome is known, and pools the days of a week."""

from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from analytics_app.charts.error_rate import ErrorRate, Rate, rates
from analytics_app.charts.theme import ChartStyle
from db.usage.breakdown_records import CallDay


def called(day: date, success: int, errors: int, unreported: int = 0) -> CallDay:
    return CallDay(
        stat_date=day,
        call_count=success + errors + unreported,
        success_count=success,
        error_count=errors,
        unreported_count=unreported,
    )


def test_calls_without_an_outcome_change_no_rate(today: date) -> None:
    assert rates([called(today, 9, 1, 500)], [today]) == [Rate(1, 10)]


def test_a_day_without_an_outcome_has_no_rate(today: date) -> None:
    assert [rate.share for rate in rates([called(today, 0, 0, 7)], [today])] == [None]


def test_a_week_is_pooled_so_a_quiet_day_weighs_little(today: date) -> None:
    rows = [called(today - timedelta(days=1), 98, 2), called(today, 0, 1)]
    assert rates(rows, [today], window=7)[0].share == pytest.approx(3 / 101)


def test_the_week_of_the_first_day_looks_back_before_it(today: date) -> None:
    rows = [called(today - timedelta(days=6), 0, 1), called(today - timedelta(days=7), 0, 100)]
    assert rates(rows, [today], window=7) == [Rate(1, 1)]


def test_the_hover_says_the_share_and_its_calls(today: date, style: ChartStyle) -> None:
    figure = go.Figure(ErrorRate([called(today, 380, 20)], [today], today).figure(style))
    assert figure.data[0].customdata == ("5% · 20 of 400 calls",)
    assert figure.data[0].x == ("Sun, Nov 22, 2026 so far",)


def test_a_period_without_calls_can_be_drawn(today: date, style: ChartStyle) -> None:
    assert go.Figure(ErrorRate([], [today], today).figure(style)).data[1].y == (None,)


def test_today_is_a_hollow_point(today: date, style: ChartStyle) -> None:
    days = [today - timedelta(days=1), today]
    figure = go.Figure(ErrorRate([called(day, 9, 1) for day in days], days, today).figure(style))
    assert list(figure.data[0].marker.symbol) == ["circle", "circle-open"]
