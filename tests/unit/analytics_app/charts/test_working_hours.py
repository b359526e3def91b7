"""A week of hours, Monday first."""

import plotly.graph_objects as go

from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.working_hours import WorkingHours
from db.usage.usage_records import HourTotals


def test_sessions_land_in_their_weekday_and_hour() -> None:
    rows = [HourTotals(weekday=0, hour=9, session_count=4), HourTotals(weekday=6, hour=23, session_count=1)]
    grid = WorkingHours(rows).grid
    assert (grid[0][9], grid[6][23]) == (4, 1)
    assert sum(map(sum, grid)) == 5


def test_the_hover_says_day_hour_and_sessions(style: ChartStyle) -> None:
    chart = WorkingHours([HourTotals(weekday=2, hour=14, session_count=1)])
    figure = go.Figure(chart.figure(style))
    assert figure.data[0].customdata[2][14] == "Wed 14:00–15:00 · <b>1 session</b>"


def test_an_empty_week_is_pale_not_full(style: ChartStyle) -> None:
    assert go.Figure(WorkingHours([]).figure(style)).data[0].zmax == 1
