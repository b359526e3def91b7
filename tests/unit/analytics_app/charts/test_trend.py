"""Bars of one measure, the period before and the average on one scale."""

from datetime import date, timedelta

import plotly.graph_objects as go

from analytics_app.analysis import timeseries
from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.trend import Trend
from db.usage.periods import Period, last_days


def test_the_last_bar_is_hatched_while_it_goes_on(today: date, style: ChartStyle) -> None:
    series = timeseries.series(last_days(3, today), "day", today, lambda _step: 5)
    figure = go.Figure(Trend(series, "sessions").figure(style))
    assert list(figure.data[0].marker.pattern.shape) == ["", "", "/"]
    assert figure.data[0].x[2] == "Sun, Nov 22, 2026 so far"


def test_a_step_without_a_known_value_is_a_gap_that_says_so(today: date, style: ChartStyle) -> None:
    series = timeseries.series(last_days(2, today), "day", today, lambda _step: None)
    figure = go.Figure(Trend(series, "cost").figure(style))
    assert figure.data[0].y == (None, None)
    assert figure.data[0].customdata == ("unknown", "unknown")


def test_the_pale_line_says_which_day_it_was(today: date, style: ChartStyle) -> None:
    series = timeseries.series(last_days(1, today), "day", today, lambda step: float(step.first.day))
    figure = go.Figure(Trend(series, "sessions").figure(style))
    assert figure.data[1].customdata == ("21 · Sat, Nov 21, 2026",)


def test_months_are_named(today: date, style: ChartStyle) -> None:
    period = Period(today - timedelta(days=300), today)
    series = timeseries.series(period, "month", today, lambda _step: 1)
    figure = go.Figure(Trend(series, "time").figure(style))
    assert figure.data[0].x[0] == "January 2026"
    assert figure.data[0].customdata[0] == "1 h"


def test_an_average_that_stands_alone_is_a_point(today: date, style: ChartStyle) -> None:
    begun = today - timedelta(days=7)
    series = timeseries.series(last_days(8, today), "day", today, lambda step: float(step.first >= begun))
    line = go.Figure(Trend(series, "sessions").figure(style)).data[2]
    assert [value for value in line.y if value is not None] == [1.0]
    assert [size for size in line.marker.size if size] == [8]


def test_points_take_no_room_from_the_bars(today: date, style: ChartStyle) -> None:
    series = timeseries.series(last_days(3, today), "day", today, lambda _step: 5)
    figure = go.Figure(Trend(series, "sessions").figure(style))
    assert figure.layout.xaxis.range == (-0.5, 2.5)
