"""A week of hours, Monday first."""

import plotly.graph_objects as go

from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.working_hours import hour_grid, working_hours
from db.usage.usage_records import HourTotals


def test_sessions_land_in_their_weekday_and_hour() -> None:
    grid = hour_grid(
        [HourTotals(weekday=0, hour=9, session_count=4), HourTotals(weekday=6, hour=23, session_count=1)]
    )
    assert (grid[0][9], grid[6][23]) == (4, 1)
    assert sum(map(sum, grid)) == 5


def test_the_hover_says_day_hour_and_sessions(look: ChartStyle) -> None:
    grid = hour_grid([HourTotals(weekday=2, hour=14, session_count=1)])
    figure = go.Figure(working_hours(grid, look))
    assert figure.data[0].customdata[2][14] == "Wed 14:00–15:00 · <b>1 session</b>"


def test_an_empty_week_is_pale_not_full(look: ChartStyle) -> None:
    assert go.Figure(working_hours(hour_grid([]), look)).data[0].zmax == 1
