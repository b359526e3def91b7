"""The facts and the list of the Projects page, and the numbers behind them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dash import dcc, html

from analytics_app.charts.stacked_days import SHOWN_LAYERS, layer_name, layers
from analytics_app.charts.theme import LIGHT, Look
from analytics_app.components import listings
from analytics_app.components.fact_tiles import Fact
from analytics_app.components.filters import query_of
from analytics_app.components.panels import Tables
from analytics_app.components.tables import Cell, Quantity, Table
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tables import MOST_ROWS
from analytics_app.view import View
from db.usage import breakdowns
from db.usage.breakdown_records import ProjectFigures

SHOWN_PROJECTS = 40


def facts_of(rows: Sequence[ProjectFigures], said: Language) -> list[Fact]:
    """How many, the largest, what they cost, and what belongs to none."""
    named = [row for row in rows if row.project_name]
    tokens = sum(row.tokens for row in rows)
    homeless = tokens - sum(row.tokens for row in named)
    largest = max(named, key=lambda row: row.tokens, default=None)
    return [
        Fact(said.text("Projects"), said.number(len(named)), said.text("with a session in the period")),
        Fact(
            said.text("Largest"),
            said.percent(largest.tokens / max(tokens, 1)) if largest else "–",
            said.text("of tokens: {project}", project=largest.project_name) if largest else "",
        ),
        _cost(rows, said),
        Fact(
            said.text("Without a project"),
            said.percent(homeless / max(tokens, 1)),
            said.text("{tokens} tokens", tokens=said.compact(homeless)),
        ),
    ]


def _cost(rows: Sequence[ProjectFigures], said: Language) -> Fact:
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    unpriced = sum(row.unpriced_tokens for row in rows)
    note = said.text("every token has a price") if known else ""
    if unpriced:
        note = said.text("{tokens} tokens without price", tokens=said.compact(unpriced))
    value = said.text("unknown") if unpriced and not known else said.money(sum(known, Decimal(0)))
    return Fact(said.text("Estimated cost"), value, note)


def listing(rows: Sequence[ProjectFigures], view: View) -> Any:
    """Every project with its sums; a click leads to its own team page."""
    said = view.language
    tokens, most = sum(row.tokens for row in rows), max((row.tokens for row in rows), default=1)
    titles = [
        said.text("Project"),
        "",
        said.text("Share"),
        said.text("Tokens"),
        said.text("Sessions"),
        said.text("Developers"),
        said.text("Coding time"),
        said.text("Estimated cost"),
        said.text("Last session"),
    ]
    body = [_row(row, max(tokens, 1), max(most, 1), view) for row in rows[:SHOWN_PROJECTS]]
    shown = listings.table(said.text("Projects"), titles, body, shown=True)
    hidden = len(rows) - len(body)
    if hidden <= 0:
        return shown
    more = said.plural("{count} more is in the CSV", "{count} more are in the CSV", hidden)
    return [shown, html.P(more, className="more")]


def _row(row: ProjectFigures, tokens: int, most: int, view: View) -> html.Tr:
    said = view.language
    return html.Tr(
        [
            html.Td(_name(row, view), className="name"),
            html.Td(listings.bar(row.tokens / most)),
            html.Td(said.percent(row.tokens / tokens), className="number"),
            html.Td(said.compact(row.tokens), className="number", title=said.number(row.tokens)),
            html.Td(said.number(row.session_count), className="number"),
            html.Td(said.number(row.active_users), className="number"),
            html.Td(said.hours(row.duration_seconds), className="number"),
            html.Td(cost(row.cost_usd, row.unpriced_tokens, said), className="number"),
            html.Td(said.day(row.last_day), className="number dim", title=said.full_day(row.last_day)),
        ]
    )


def _name(row: ProjectFigures, view: View) -> Any:
    if not row.project_name:
        return html.Span(view.language.text("no project"), className="dim")
    target = query_of(replace(view.selection, project=row.project_name))
    return dcc.Link(row.project_name, href=f"/{target}", title=row.project_name)


def cost(known: Decimal | None, unpriced: int, said: Language) -> html.Span:
    """Money, or that it is not known; a part of the tokens without a price is said with it."""
    missing = said.text("{tokens} tokens without price", tokens=said.number(unpriced))
    if known is None and unpriced:
        return html.Span(said.text("unknown"), className="unknown", title=missing)
    money = said.money(known or Decimal(0))
    return (
        html.Span([money, html.Span("+", className="plus")], title=missing) if unpriced else html.Span(money)
    )


def list_table(view: View) -> Table:
    """Every project with all its sums."""
    selection, said = view.selection, view.language
    rows = breakdowns.project_figures(
        view.service.database, selection.period, selection.filters, limit=MOST_ROWS
    )
    titles = (
        said.text("Project"),
        said.text("Sessions"),
        said.text("Developers"),
        said.text("Tokens in"),
        said.text("Tokens out"),
        said.text("Coding time in hours"),
        said.text("Estimated cost in US dollars"),
        said.text("Tokens without price"),
        said.text("Last session"),
    )
    return Table(titles, tuple(_cells(row, said) for row in rows))


def _cells(row: ProjectFigures, said: Language) -> tuple[Cell, ...]:
    return (
        row.project_name or said.text("no project"),
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
    selection, said, days = view.selection, view.language, view.selection.period.dates()
    rows = breakdowns.project_days(
        view.service.database, selection.period, selection.filters, apart=SHOWN_LAYERS
    )
    drawn = layers(((row.stat_date, row.project_name, row.tokens) for row in rows), days)
    names = [layer_name(layer.name, said.text("no project"), Look(LIGHT, said)) for layer in drawn]
    lines: list[tuple[Cell, ...]] = [
        (day, sum(layer.values[index] for layer in drawn), *(layer.values[index] for layer in drawn))
        for index, day in enumerate(days)
    ]
    return Table((said.text("Day"), said.text("Tokens"), *names), tuple(lines[::-1]))


TABLES: Tables = {"project-list": list_table, "project-days": days_table}
