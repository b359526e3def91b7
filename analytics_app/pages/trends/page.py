"""The Trends page: one measure at a time, by day, week or month, beside the period before."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dash import Dash, html

from analytics_app.analysis import timeseries
from analytics_app.analysis.measures import Measure, measure_format
from analytics_app.charts.trend import Trend
from analytics_app.components import panels, stat_tiles
from analytics_app.components.controls import segment, segments
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest
from analytics_app.components.filters import GRAINS, MEASURES, Selection, query_of
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.pages.team import team_messages
from analytics_app.pages.team.team_tiles import known_cost
from analytics_app.pages.trends import trends_parts
from analytics_app.view import View
from db.connection import Statements
from db.records import Totals
from db.usage import breakdowns, usage_totals
from db.usage.periods import Period

ENTRY = Entry("/trends", "Trends", "trends")
TILES = 4
PAGE = FilteredPage(
    ENTRY,
    "trends",
    charts=("trend",),
    parts=("trends-choice", "trend-title", "trend-note", "trends-footer"),
)
#: The value of some days in each measure but people, who do not add up.
VALUES: Mapping[Measure, Callable[[Totals], float | None]] = {
    "sessions": lambda sums: sums.session_count,
    "tokens": lambda sums: sums.tokens,
    "cost": lambda sums: None if (cost := known_cost(sums)) is None else float(cost),
    "time": lambda sums: sums.duration_seconds / 3600,
}


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    summary = lang.text("Bars of one measure over time; the table holds the same numbers")
    content = [
        html.Div(id="trends-choice", className="filter-bar choice-bar"),
        stat_tiles.skeleton(PAGE.name, TILES, columns="four", kind="fact"),
        panels.grid([Panel("trend", lang.text("Trend"), summary=summary)], lang),
        html.Footer(id="trends-footer", className="coverage"),
    ]
    return PAGE.layout(view, lang.text("Trends"), content, "trends")


def register(app: Dash, service: Service) -> None:
    """One callback, one chart."""
    PAGE.register(app, service, answer)


def answer(request: PageRequest) -> PageAnswer:
    """Read the measure, and make every part of the page."""
    view, chart = request.view, read_trend(request.db, request.view)
    lang, series, measure = view.language, chart.series, measure_format(chart.measure, view.language)
    ever = bool(request.choices.models)
    empty = team_messages.nothing(view, ever=ever, path=ENTRY.path) if chart.is_empty else None
    return PageAnswer(
        tiles=trends_parts.tiles_of(series, measure, lang),
        charts={"trend": (chart, empty)},
        parts={
            "trends-choice": _choice(view),
            "trend-title": measure.title,
            "trend-note": lang.span(series.steps[0].first, series.steps[-1].last),
            "trends-footer": trends_parts.footer(series, measure, view),
        },
    )


def read_trend(db: Statements, view: View) -> Trend:
    """The measure of every step, from one statement."""
    selection, today = view.selection, view.service.today()
    grain = selection.steps
    days = timeseries.required_days(selection.period, grain, today)
    read = _people if selection.measure == "people" else _sums
    values = read(db, days, selection)
    return Trend(timeseries.series(selection.period, grain, today, values.get), selection.measure)


def _sums(db: Statements, days: Period, selection: Selection) -> dict[Period, float | None]:
    grain, value_of = selection.steps, VALUES[selection.measure]
    found = timeseries.by_step(usage_totals.team_days(db, days, selection.filters), grain)
    return {
        timeseries.step_of(first, grain): value_of(usage_totals.total(own, 0)) for first, own in found.items()
    }


def _people(db: Statements, days: Period, selection: Selection) -> dict[Period, float | None]:
    """Distinct people of every step; zero for steps without any."""
    grain = selection.steps
    found = breakdowns.people_steps(db, days, selection.filters, grain=grain)
    counted: dict[Period, float | None] = dict.fromkeys(timeseries.steps(days, grain), 0)
    return counted | {timeseries.step_of(step.first_day, grain): step.active_users for step in found}


def _choice(view: View) -> list[html.Div]:
    """Measures and steps as plain links, so each view has an address."""
    lang, chosen = view.language, view.selection
    steps = {"day": lang.text("Days"), "week": lang.text("Weeks"), "month": lang.text("Months")}
    measures = [
        segment(
            measure_format(measure, lang).title,
            ENTRY.path + query_of(replace(chosen, measure=measure)),
            active=measure == chosen.measure,
        )
        for measure in MEASURES
    ]
    grains = [
        segment(
            steps[grain],
            ENTRY.path + query_of(replace(chosen, grain=grain)),
            active=grain == chosen.steps,
        )
        for grain in GRAINS
    ]
    return [segments(lang.text("Measure"), measures, "measures"), segments(lang.text("Steps"), grains)]


TABLES: Tables = panels.chart_tables({"trend": read_trend})
