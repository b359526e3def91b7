"""The Trends page: one measure at a time, by day, week or month, beside the period before."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dash import Dash, dcc, html

from analytics_app.analysis import timeseries
from analytics_app.analysis.measures import Measure, MeasureFormat, measure_format
from analytics_app.analysis.timeseries import PeriodSeries
from analytics_app.charts.trend import Trend, step_name
from analytics_app.components import panels, stat_tiles
from analytics_app.components.controls import segment, segments
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest, TileRow
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.components.stat_tiles import StatTile
from analytics_app.context.selection import GRAINS, MEASURES, Selection, query_of
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language, gettext_noop
from analytics_app.pages.team import team_messages
from analytics_app.pages.team.team_tiles import known_cost
from db.connection import Statements
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import Grain
from db.usage.periods import Period
from db.usage.usage_records import Totals

ENTRY = Entry("/trends", "Trends", "trends")
PAGE = FilteredPage(
    ENTRY,
    "trends",
    texts=("trends-choice", "trend-title", "trend-note"),
    has_footer=True,
    tiles=TileRow(4, "four", "fact"),
    panels=(
        Panel(
            "trend",
            gettext_noop("Trend"),
            summary=gettext_noop("Bars of one measure over time; the table holds the same numbers"),
        ),
    ),
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
    choice = html.Div(id="trends-choice", className="filter-bar choice-bar")
    return PAGE.layout(view, above=[choice], kind="trends")


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page."""
    PAGE.register(app, service, answer)


def answer(request: PageRequest) -> PageAnswer:
    """Read the measure, and make every part of the page."""
    view, chart = request.view, read_trend(request.db, request.view)
    lang, series, measure = view.language, chart.series, measure_format(chart.measure, view.language)
    ever = bool(request.choices.models)
    empty = team_messages.nothing(view, ever=ever, path=ENTRY.path) if chart.is_empty else None
    return PageAnswer(
        tiles=_tiles(series, measure, lang),
        charts={"trend": (chart, empty)},
        parts={
            "trends-choice": _choice(view),
            "trend-title": measure.title,
            "trend-note": lang.span(series.steps[0].first, series.steps[-1].last),
            "trends-footer": _footer(series, measure, view),
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
    found = timeseries.by_step(usage_totals.list_team_days(db, days, selection.filters), grain)
    return {
        timeseries.step_of(first, grain): value_of(usage_totals.sum_days(own, 0))
        for first, own in found.items()
    }


def _people(db: Statements, days: Period, selection: Selection) -> dict[Period, float | None]:
    """Distinct people of every step; zero for steps without any."""
    grain = selection.steps
    found = breakdowns.list_active_users(db, days, selection.filters, grain=grain)
    counted: dict[Period, float | None] = dict.fromkeys(timeseries.steps(days, grain), 0)
    return counted | {timeseries.step_of(step.first_day, grain): step.active_users for step in found}


def _choice(view: View) -> list[html.Div]:
    """Measures and steps as plain links, so each view has an address."""
    lang, chosen = view.language, view.selection
    steps = {"day": lang.text("Days"), "week": lang.text("Weeks"), "month": lang.text("Months")}

    def link(name: str, target: Selection, active: bool) -> dcc.Link:
        return segment(name, ENTRY.path + query_of(target), active=active)

    measures = [
        link(measure_format(one, lang).title, replace(chosen, measure=one), one == chosen.measure)
        for one in MEASURES
    ]
    grains = [link(steps[one], replace(chosen, grain=one), one == chosen.steps) for one in GRAINS]
    return [segments(lang.text("Measure"), measures, "measures"), segments(lang.text("Steps"), grains)]


def _tiles(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> list[StatTile]:
    """The total, a step on average, the highest step, and the change of the steps that are over."""
    note = lang.text("with what is not over yet") if series.provisional else ""
    total = StatTile(lang.text("Total"), lang.known(timeseries.total(series.values), measure.exact), note)
    return [
        total if measure.adds_up else _latest(series, measure, lang),
        _average(series, measure, lang),
        _highest(series, measure, lang),
        _change(series, measure, lang),
    ]


def _titles(grain: Grain, lang: Language) -> tuple[str, str]:
    """The titles of the last full step, and of a step on average."""
    return {
        "day": (lang.text("Last full day"), lang.text("A day on average")),
        "week": (lang.text("Last full week"), lang.text("A week on average")),
        "month": (lang.text("Last full month"), lang.text("A month on average")),
    }[grain]


def _latest(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    """People who come back do not add up to a total."""
    title, _ = _titles(series.grain, lang)
    if not series.over:
        return StatTile(title, "–")
    last = series.over - 1
    name = step_name(series.steps[last], series, lang)
    return StatTile(title, lang.known(series.values[last], measure.exact), name)


def _average(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    _, title = _titles(series.grain, lang)
    whole = len(series.begun) == series.over
    note = lang.text("only what is over") if whole else lang.text("since the first, only what is over")
    return StatTile(title, lang.known(timeseries.mean(series.begun), measure.exact), note)


def _highest(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    known = [(value, step) for value, step in zip(series.values, series.steps, strict=True) if value]
    if not known:
        return StatTile(lang.text("Highest"), "–")
    value, step = max(known, key=lambda found: found[0])
    return StatTile(lang.text("Highest"), measure.exact(value), step_name(step, series, lang))


def _change(series: PeriodSeries, measure: MeasureFormat, lang: Language) -> StatTile:
    whole = timeseries.total if measure.adds_up else timeseries.mean
    now, before = whole(series.values[: series.over]), whole(series.earlier_values[: series.over])
    title = lang.text("Change")
    if now is None or before is None:
        return StatTile(title, "–", lang.text("not comparable"))
    change = stat_tiles.change(now, before)
    text = stat_tiles.change_text(change, lang)
    if not before and now:
        return StatTile(title, "–", text)
    values = f"{measure.exact(before)} → {measure.exact(now)}"
    return StatTile(title, f"{stat_tiles.arrow(change)} {text}", values)


def _footer(series: PeriodSeries, measure: MeasureFormat, view: View) -> list[html.Span]:
    """What one must know to read the chart correctly."""
    lang = view.language
    before = lang.span(series.earlier_steps[0].first, series.earlier_steps[-1].last)
    notes = [lang.text("period before: {span}", span=before)]
    if series.grain != "day":
        notes.append(lang.text("weeks and months are shown whole, so the first may begin before the period"))
    if not measure.adds_up:
        notes.append(lang.text("a person who works on several days counts once a step"))
    if view.selection.measure == "cost":
        notes.append(lang.text("costs are estimates at list price; tokens without a price are left out"))
    return [html.Span(note) for note in notes]


TABLES: Tables = panels.chart_tables({"trend": read_trend})
