"""Every chart is valid for Plotly, with rows and without, in both themes and languages; its parts agree."""

from datetime import date, timedelta
from inspect import getmembers, isclass
from pathlib import Path

import plotly.graph_objects as go
import pytest

import analytics_app.charts
from analytics_app.analysis import timeseries
from analytics_app.analysis.projection import project
from analytics_app.charts.chart import Chart
from analytics_app.charts.error_rate import ErrorRate
from analytics_app.charts.month_cost import MonthCost
from analytics_app.charts.session_timeline import session_timeline
from analytics_app.charts.stacked_days import CostDays, Layer, TokenDays
from analytics_app.charts.theme import DARK, LIGHT, ChartStyle, blank
from analytics_app.charts.tool_calls import ToolCalls
from analytics_app.charts.trend import Trend
from analytics_app.charts.working_hours import WorkingHours
from analytics_app.i18n.languages import language
from db.usage.breakdown_records import CallDay
from db.usage.periods import last_days
from db.usage.usage_records import HourTotals

TODAY = date(2026, 11, 22)
DAYS = [TODAY - timedelta(days=1), TODAY]
LAYERS = [Layer("claude-opus-4-8", (3, 4)), Layer("", (1, 0)), Layer(None, (0, 1))]
CALLS = [
    CallDay(stat_date=day, call_count=12, success_count=7, error_count=2, unreported_count=3) for day in DAYS
]
COSTS = {TODAY - timedelta(days=age): 4.0 + age % 3 for age in range(40)}
HOURS = [HourTotals(weekday=2, hour=14, session_count=3)]
CHARTS: dict[str, Chart] = {
    "tokens": TokenDays(LAYERS, DAYS, TODAY, "not reported"),
    "no tokens": TokenDays([], DAYS, TODAY, "not reported"),
    "costs": CostDays(LAYERS, DAYS, TODAY, "not reported", unpriced={TODAY: 5}),
    "no costs": CostDays([], DAYS, TODAY, "not reported"),
    "error rate": ErrorRate(CALLS, DAYS, TODAY),
    "no calls": ErrorRate([], DAYS, TODAY),
    "tool calls": ToolCalls(CALLS, DAYS, TODAY),
    "no tool calls": ToolCalls([], DAYS, TODAY),
    "month": MonthCost(project(COSTS, TODAY), TODAY),
    "month without a projection": MonthCost(project({}, TODAY), TODAY),
    "hours": WorkingHours(HOURS),
    "no hours": WorkingHours([]),
    **{
        f"trend of {measure} by {grain}": Trend(
            timeseries.series(last_days(40, TODAY), grain, TODAY, lambda step: step.first.day), measure
        )
        for measure in ("sessions", "tokens", "cost", "time", "people")
        for grain in ("day", "week", "month")
    },
    "unknown trend": Trend(timeseries.series(last_days(7, TODAY), "day", TODAY, lambda _step: None), "cost"),
}
STYLES = [ChartStyle(palette, language(code)) for palette in (LIGHT, DARK) for code in ("en", "de")]


def test_every_chart_is_tried() -> None:
    modules = [path.stem for path in Path(analytics_app.charts.__file__).parent.glob("*.py")]
    defined = {
        name
        for module in modules
        for name, found in getmembers(
            __import__(f"analytics_app.charts.{module}", fromlist=["charts"]), isclass
        )
        if {"figure", "legend", "table"} <= set(dir(found))
        and not getattr(found, "__abstractmethods__", None)
    }
    assert defined - {"Chart"} == {type(chart).__name__ for chart in CHARTS.values()}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.palette.name}-{style.language.code}")
@pytest.mark.parametrize("name", CHARTS)
def test_plotly_accepts_the_figure(name: str, style: ChartStyle) -> None:
    assert go.Figure(CHARTS[name].figure(style))


@pytest.mark.parametrize("steps", [[], [(None, 1, 2, 3)], [(0, 1, None, 3), (4000, 5, 6, 7)]])
def test_plotly_accepts_the_timeline_of_a_session(
    steps: list[tuple[int | None, ...]], style: ChartStyle
) -> None:
    assert go.Figure(session_timeline(steps, style))


def test_plotly_accepts_the_blank_figure() -> None:
    assert go.Figure(blank())


@pytest.mark.parametrize("name", CHARTS)
def test_every_row_of_the_table_has_every_column(name: str, style: ChartStyle) -> None:
    table = CHARTS[name].table(style.language)
    assert {len(row) for row in table.rows} == {len(table.columns)}


@pytest.mark.parametrize("name", [name for name in CHARTS if "hours" not in name])
def test_the_legend_names_no_more_than_the_figure_draws(name: str, style: ChartStyle) -> None:
    traces = CHARTS[name].figure(style)["data"]
    assert len(CHARTS[name].legend(style).swatches) <= len(traces)
