"""The facts and the list of the Projects page, and the numbers behind them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dash import dcc, html

from analytics_app.charts.stacked_days import SHOWN_LAYERS, layer_name, layers
from analytics_app.charts.theme import LIGHT, ChartStyle
from analytics_app.components import listings
from analytics_app.components.fact_tiles import Fact
from analytics_app.components.filters import query_of
from analytics_app.components.panels import Tables
from analytics_app.components.tables import Cell, Quantity, Table
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tables import MAX_ROWS
from analytics_app.view import View
from db.usage import breakdowns
from db.usage.breakdown_records import ProjectFigures

SHOWN_PROJECTS = 40


def facts_of(rows: Sequence[ProjectFigures], lang: Language) -> list[Fact]:
    """How many, the largest, what they cost, and what belongs to none."""
    named = [row for row in rows if row.project_name]
    tokens = sum(row.tokens for row in rows)
    homeless = tokens - sum(row.tokens for row in named)
    largest = max(named, key=lambda row: row.tokens, default=None)
    return [
        Fact(lang.text("Projects"), lang.number(len(named)), lang.text("with a session in the period")),
        Fact(
            lang.text("Largest"),
            lang.percent(largest.tokens / max(tokens, 1)) if largest else "–",
            lang.text("of tokens: {project}", project=largest.project_name) if largest else "",
        ),
        _cost(rows, lang),
        Fact(
            lang.text("Without a project"),
            lang.percent(homeless / max(tokens, 1)),
            lang.text("{tokens} tokens", tokens=lang.compact(homeless)),
        ),
    ]


def _cost(rows: Sequence[ProjectFigures], lang: Language) -> Fact:
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    unpriced = sum(row.unpriced_tokens for row in rows)
    note = lang.text("every token has a price") if known else ""
    if unpriced:
        note = lang.text("{tokens} tokens without price", tokens=lang.compact(unpriced))
    value = lang.text("unknown") if unpriced and not known else lang.money(sum(known, Decimal(0)))
    return Fact(lang.text("Estimated cost"), value, note)


def listing(rows: Sequence[ProjectFigures], view: View) -> Any:
    """Every project with its sums; a click leads to its own team page."""
    lang = view.language
    tokens, most = sum(row.tokens for row in rows), max((row.tokens for row in rows), default=1)
    titles = [
        lang.text("Project"),
        "",
        lang.text("Share"),
        lang.text("Tokens"),
        lang.text("Sessions"),
        lang.text("Developers"),
        lang.text("Coding time"),
        lang.text("Estimated cost"),
        lang.text("Last session"),
    ]
    body = [_row(row, max(tokens, 1), max(most, 1), view) for row in rows[:SHOWN_PROJECTS]]
    shown = listings.table(lang.text("Projects"), titles, body, shown=True)
    hidden = len(rows) - len(body)
    if hidden <= 0:
        return shown
    more = lang.plural("{count} more is in the CSV", "{count} more are in the CSV", hidden)
    return [shown, html.P(more, className="more")]


def _row(row: ProjectFigures, tokens: int, most: int, view: View) -> html.Tr:
    lang = view.language
    return html.Tr(
        [
            html.Td(_name(row, view), className="name"),
            html.Td(listings.bar(row.tokens / most)),
            html.Td(lang.percent(row.tokens / tokens), className="number"),
            html.Td(lang.compact(row.tokens), className="number", title=lang.number(row.tokens)),
            html.Td(lang.number(row.session_count), className="number"),
            html.Td(lang.number(row.active_users), className="number"),
            html.Td(lang.hours(row.duration_seconds), className="number"),
            html.Td(cost(row.cost_usd, row.unpriced_tokens, lang), className="number"),
            html.Td(lang.day(row.last_day), className="number dim", title=lang.full_day(row.last_day)),
        ]
    )


def _name(row: ProjectFigures, view: View) -> Any:
    if not row.project_name:
        return html.Span(view.language.text("no project"), className="dim")
    target = query_of(replace(view.selection, project=row.project_name))
    return dcc.Link(row.project_name, href=f"/{target}", title=row.project_name)


def cost(known: Decimal | None, unpriced: int, lang: Language) -> html.Span:
    """Money, or that it is not known; a part of the tokens without a price is said with it."""
    missing = lang.text("{tokens} tokens without price", tokens=lang.number(unpriced))
    if known is None and unpriced:
        return html.Span(lang.text("unknown"), className="unknown", title=missing)
    money = lang.money(known or Decimal(0))
    return (
        html.Span([money, html.Span("+", className="plus")], title=missing) if unpriced else html.Span(money)
    )


def list_table(view: View) -> Table:
    """Every project with all its sums."""
    selection, lang = view.selection, view.language
    rows = breakdowns.project_figures(
        view.service.database, selection.period, selection.filters, limit=MAX_ROWS
    )
    titles = (
        lang.text("Project"),
        lang.text("Sessions"),
        lang.text("Developers"),
        lang.text("Tokens in"),
        lang.text("Tokens out"),
        lang.text("Coding time in hours"),
        lang.text("Estimated cost in US dollars"),
        lang.text("Tokens without price"),
        lang.text("Last session"),
    )
    return Table(titles, tuple(_cells(row, lang) for row in rows))


def _cells(row: ProjectFigures, lang: Language) -> tuple[Cell, ...]:
    return (
        row.project_name or lang.text("no project"),
        row.session_count,
        row.active_users,
        row.tokens_in,
        row.tokens_out,
        Quantity(row.duration_seconds / 3600),
        row.cost_usd,
        row.unpriced_tokens,
        row.last_day,
    )


def days_table(view: View) -> Table:
    """A row for every day, a column for every project of the chart, newest first."""
    selection, lang, days = view.selection, view.language, view.selection.period.dates()
    rows = breakdowns.project_days(
        view.service.database, selection.period, selection.filters, apart=SHOWN_LAYERS
    )
    drawn = layers(((row.stat_date, row.project_name, row.tokens) for row in rows), days)
    names = [layer_name(layer.name, lang.text("no project"), ChartStyle(LIGHT, lang)) for layer in drawn]
    lines: list[tuple[Cell, ...]] = [
        (day, sum(layer.values[index] for layer in drawn), *(layer.values[index] for layer in drawn))
        for index, day in enumerate(days)
    ]
    return Table((lang.text("Day"), lang.text("Tokens"), *names), tuple(lines[::-1]))


TABLES: Tables = {"project-list": list_table, "project-days": days_table}
