"""The numbers behind the Models & cost page, as tables and CSV; what names people is for admins only."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from analytics_app.analysis import projection
from analytics_app.auth.guard import require_admin
from analytics_app.charts.stacked_days import layer_name, layers
from analytics_app.charts.theme import LIGHT, ChartStyle
from analytics_app.components.panels import Tables
from analytics_app.components.tables import Cell, Table
from analytics_app.pages.models.models_parts import Sum, by_model, sums
from analytics_app.view import View, note_names
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import Charge, ModelFigures
from db.usage.usage_records import DayTotals


def costs_of(days: Iterable[DayTotals]) -> dict[date, float | None]:
    """What is known of every day's cost; None where tokens were used and none has a price."""
    return {
        day.stat_date: None if day.cost_usd is None and day.unpriced_tokens else float(day.cost_usd or 0)
        for day in days
    }


def cost_days(view: View) -> Table:
    """A row for every day, newest first: its known cost, and that of every model of the chart."""
    lang, days, rows = view.language, view.selection.period.dates(), _rows(view)
    drawn = layers(((row.stat_date, row.model, float(row.cost_usd or 0)) for row in rows), days)
    names = [layer_name(layer.name, lang.text("not reported"), ChartStyle(LIGHT, lang)) for layer in drawn]
    unpriced = {day: sum(row.unpriced_tokens for row in rows if row.stat_date == day) for day in days}
    lines: list[tuple[Cell, ...]] = [
        (
            day,
            dollars(sum(layer.values[index] for layer in drawn)),
            unpriced[day],
            *(dollars(layer.values[index]) for layer in drawn),
        )
        for index, day in enumerate(days)
    ]
    titles = (lang.text("Day"), lang.text("Estimated cost in US dollars"), lang.text("Tokens without price"))
    return Table((*titles, *names), tuple(lines[::-1]))


def dollars(value: float) -> Decimal:
    """An amount to the millionth, as exact as a price list is."""
    return Decimal(f"{value:.6f}")


def month(view: View) -> Table:
    """A row for every day of the running month: the sum so far, then what is likely."""
    lang, today = view.language, view.service.today()
    days = usage_totals.list_team_days(view.service.database, projection.asked(today), view.selection.filters)
    found = projection.project(costs_of(days), today)
    rows: list[tuple[Cell, ...]] = [
        (day, dollars(cost), None, None, None) for day, cost in found.so_far.items()
    ]
    rows += [
        (point.day, None, dollars(point.likely), dollars(point.low), dollars(point.high))
        for point in found.outlook
    ]
    titles = (
        lang.text("Day"),
        lang.text("So far"),
        lang.text("Likely"),
        lang.text("At least"),
        lang.text("At most"),
    )
    return Table(titles, tuple(rows))


def models(view: View) -> Table:
    """Every model with its tokens of all kinds and its cost."""
    lang = view.language
    return _sums_table(lang.text("Model"), by_model(_rows(view)), lang.text("not reported"), view)


def charges(view: View) -> Table:
    """Every person on every project."""
    lang = view.language
    titles = (lang.text("Person"), lang.text("Project"), lang.text("Sessions"), *_titles(view))
    rows = [
        (row.username, row.project_name or lang.text("no project"), row.session_count, *_cells(row))
        for row in _charges(view)
    ]
    return Table(titles, tuple(rows))


def charges_by_person(view: View) -> Table:
    """Every person."""
    found = sums((row.username, row) for row in _charges(view))
    return _sums_table(view.language.text("Person"), found, "", view)


def charges_by_project(view: View) -> Table:
    """Every project."""
    lang = view.language
    found = sums((row.project_name, row) for row in _charges(view))
    return _sums_table(lang.text("Project"), found, lang.text("no project"), view)


def _rows(view: View) -> list[ModelFigures]:
    selection = view.selection
    return breakdowns.model_figures(view.service.database, selection.period, selection.filters)


def _charges(view: View) -> list[Charge]:
    require_admin()
    note_names(view)
    selection = view.selection
    return breakdowns.charges(view.service.database, selection.period, selection.filters)


def _sums_table(title: str, found: Iterable[Sum], nameless: str, view: View) -> Table:
    rows = [(one.name or nameless, *_cells(one)) for one in found]
    return Table((title, *_titles(view)), tuple(rows))


def _titles(view: View) -> tuple[str, ...]:
    lang = view.language
    return (
        lang.text("Tokens in"),
        lang.text("Tokens out"),
        lang.text("Cache read"),
        lang.text("Cache written"),
        lang.text("Estimated cost in US dollars"),
        lang.text("Tokens without price"),
    )


def _cells(row: Sum | Charge) -> tuple[Cell, ...]:
    return (
        row.tokens_in,
        row.tokens_out,
        row.cache_read_tokens,
        row.cache_creation_tokens,
        row.cost_usd,
        row.unpriced_tokens,
    )


TABLES: Tables = {
    "model-costs": cost_days,
    "month": month,
    "model-list": models,
    "charges": charges,
    "charges-people": charges_by_person,
    "charges-projects": charges_by_project,
}
