"""The month's line, and the band of what is likely."""

from datetime import date, timedelta

import plotly.graph_objects as go

from analytics_app.analysis.projection import project
from analytics_app.charts.month_cost import MonthCost
from analytics_app.charts.theme import ChartStyle


def test_the_line_ends_today_and_the_band_with_the_month(today: date, style: ChartStyle) -> None:
    costs = {today - timedelta(days=age): 4.0 + age % 3 for age in range(40)}
    figure = go.Figure(MonthCost(project(costs, today), today).figure(style))
    assert [line.x[-1] for line in figure.data] == ["Sun, Nov 22, 2026", *["Mon, Nov 30, 2026"] * 3]
    assert figure.data[3].customdata[-1].startswith("$")


def test_without_a_habit_there_is_only_what_is_known(today: date, style: ChartStyle) -> None:
    figure = go.Figure(MonthCost(project({today: 3.0}, today), today).figure(style))
    assert len(figure.data) == 1
    assert figure.data[0].customdata[-1] == "$3.00"
