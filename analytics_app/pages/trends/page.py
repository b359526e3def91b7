"""The Trends page: one measure at a time, by day, week or month, beside the period before."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dash import Dash, Output, html

from analytics_app.analysis import measures, timeseries
from analytics_app.analysis.measures import Measure
from analytics_app.analysis.timeseries import PeriodSeries
from analytics_app.charts import theme
from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.trend import average_name, trend
from analytics_app.components import fact_tiles, live, page_header, panels
from analytics_app.components.filters import Selection
from analytics_app.components.panels import Tables
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Cell, Quantity, Table
from analytics_app.context import Service
from analytics_app.pages.team import team_words
from analytics_app.pages.team.team_cards import known_cost
from analytics_app.pages.trends import trends_parts
from analytics_app.view import View, current_view
from db.connection import Statements
from db.usage import breakdowns, usage_totals
from db.usage.periods import Period
from db.usage.usage_records import Totals

ENTRY = Entry("/trends", "Trends", "trends")
PAGE = "trends"
FACTS = 4
#: What a sum of days comes to in each measure but people, who can't be added.
SUMS: Mapping[Measure, Callable[[Totals], float | None]] = {
    "sessions": lambda sums: sums.session_count,
    "tokens": lambda sums: sums.tokens,
    "cost": lambda sums: None if (cost := known_cost(sums)) is None else float(cost),
    "time": lambda sums: sums.duration_seconds / 3600,
}


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    chart = panels.chart(
        "trend",
        lang.text("Trend"),
        note="",
        summary=lang.text("Bars of one measure over time; the table holds the same numbers"),
        language=lang,
    )
    return html.Div(
        [
            *page_header.components(PAGE, lang.text("Trends"), lang),
            html.Div(id="trends-choice", className="filter-bar choice-bar"),
            html.Div(fact_tiles.skeleton(FACTS), id="trends-facts", className="tiles four"),
            html.Div(chart, className="panels"),
            html.Footer(id="trends-words", className="coverage"),
        ],
        className="page trends",
    )


def register(app: Dash, service: Service) -> None:
    """One callback, one chart."""

    @app.callback(
        output={
            **page_header.outputs(PAGE),
            "choice": Output("trends-choice", "children"),
            "facts": Output("trends-facts", "children"),
            "figure": Output("trend-figure", "figure"),
            "empty": Output("trend-empty", "children"),
            "legend": Output("trend-legend", "children"),
            "title": Output("trend-title", "children"),
            "note": Output("trend-note", "children"),
            "words": Output("trends-words", "children"),
        },
        inputs=page_header.inputs(),
    )
    def show_trends(search: object, theme_name: object, _news: object) -> dict[str, Any]:
        view = current_view(service, search)
        marker = live.marker(service)
        with service.database.snapshot() as snapshot:
            choices = page_header.choices(snapshot, view)
            series = read(snapshot, view)
        head = page_header.parts(view, choices, marker, path=ENTRY.path)
        return {**head, **answer(view, series, theme.palette(theme_name), ever=bool(choices.models))}


def read(db: Statements, view: View) -> PeriodSeries:
    """The measure of every step, from one statement."""
    selection, today = view.selection, view.service.today()
    grain = selection.steps
    whole = timeseries.asked(selection.period, grain, today)
    values = _people(db, whole, selection) if selection.measure == "people" else _sums(db, whole, selection)
    return timeseries.series(selection.period, grain, today, values.get)


def _sums(db: Statements, whole: Period, selection: Selection) -> dict[Period, float | None]:
    grain, value = selection.steps, SUMS[selection.measure]
    found = timeseries.by_step(usage_totals.list_team_days(db, whole, selection.filters), grain)
    return {
        timeseries.step_of(first, grain): value(usage_totals.sum_days(days, 0))
        for first, days in found.items()
    }


def _people(db: Statements, whole: Period, selection: Selection) -> dict[Period, float | None]:
    """Distinct people of every step; steps without any count nought."""
    grain = selection.steps
    found = breakdowns.people_steps(db, whole, selection.filters, grain=grain)
    counted: dict[Period, float | None] = dict.fromkeys(timeseries.steps(whole, grain), 0)
    return counted | {timeseries.step_of(step.first_day, grain): step.active_users for step in found}


def answer(view: View, series: PeriodSeries, palette: theme.Palette, *, ever: bool) -> dict[str, Any]:
    """Every part of the page."""
    lang, measure = view.language, measures.lang(view.selection.measure, view.language)
    nothing = not any((*series.values, *series.earlier_values))
    return {
        "choice": trends_parts.choice(view),
        "facts": fact_tiles.shown(trends_parts.facts_of(series, measure, lang)),
        "figure": trend(series, measure, ChartStyle(palette, lang)),
        "empty": team_words.nothing(view, ever=ever, path=ENTRY.path) if nothing else [],
        "legend": [] if nothing else trends_parts.key(series, measure, lang),
        "title": measure.title,
        "note": lang.span(series.steps[0].first, series.steps[-1].last),
        "words": trends_parts.words_of(series, measure, view),
    }


def table(view: View) -> Table:
    """A row for every step, newest first, with the step of the period before and the average."""
    lang, chosen = view.language, view.selection.measure
    measure, series = measures.lang(chosen, lang), read(view.service.database, view)
    titles = (
        lang.text("From"),
        lang.text("To"),
        measure.title,
        lang.text("Period before, from"),
        lang.text("Period before"),
        average_name(series, lang),
    )
    lines = zip(
        series.steps, series.values, series.earlier_steps, series.earlier_values, series.averages, strict=True
    )
    rows = [
        (
            step.first,
            step.last,
            _cell(value, chosen),
            early.first,
            _cell(before, chosen),
            _cell(average, chosen),
        )
        for step, value, early, before, average in lines
    ]
    return Table(titles, tuple(rows[::-1]))


def _cell(value: float | None, measure: Measure) -> Cell:
    """Money as money; whole numbers whole, unless they are hours."""
    if value is None:
        return None
    if measure == "cost":
        return Decimal(f"{value:.6f}")
    return Quantity(value) if measure == "time" or value % 1 else int(value)


TABLES: Tables = {"trend": table}
