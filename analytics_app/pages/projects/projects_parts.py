"""The tiles and the list of the Projects page, and the numbers behind the list."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from analytics_app.analysis.data_table import DataTable, Quantity
from analytics_app.components import listings, panels
from analytics_app.components.stat_tiles import StatTile
from analytics_app.components.tables import Column, Exact, Row, bar, listing
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_tiles import price_note
from analytics_app.view import View
from db.connection import Statements
from db.usage import breakdowns
from db.usage.breakdown_records import ProjectFigures

SHOWN_PROJECTS = 40


def read(db: Statements, view: View) -> list[ProjectFigures]:
    """Every project of the period with its sums."""
    chosen = view.selection
    return breakdowns.project_figures(db, chosen.period, chosen.filters, limit=panels.MAX_ROWS)


def tiles_of(rows: Sequence[ProjectFigures], lang: Language) -> list[StatTile]:
    """How many, the largest, what they cost, and what belongs to none."""
    named = [row for row in rows if row.project_name]
    tokens = sum(row.tokens for row in rows)
    without = tokens - sum(row.tokens for row in named)
    largest = max(named, key=lambda row: row.tokens, default=None)
    return [
        StatTile(lang.text("Projects"), lang.number(len(named)), lang.text("with a session in the period")),
        StatTile(
            lang.text("Largest"),
            lang.percent(largest.tokens / max(tokens, 1)) if largest else "–",
            lang.text("of tokens: {project}", project=largest.project_name) if largest else "",
        ),
        _cost(rows, lang),
        StatTile(
            lang.text("Without a project"),
            lang.percent(without / max(tokens, 1)),
            lang.text("{tokens} tokens", tokens=lang.compact(without)),
        ),
    ]


def _cost(rows: Sequence[ProjectFigures], lang: Language) -> StatTile:
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    unpriced = sum(row.unpriced_tokens for row in rows)
    value = lang.text("unknown") if unpriced and not known else lang.money(sum(known, Decimal(0)))
    return StatTile(lang.text("Estimated cost"), value, price_note(unpriced, lang, any_priced=bool(known)))


def listed(rows: Sequence[ProjectFigures], view: View) -> list[Any]:
    """Every project with its sums; a click leads to its own team page."""
    lang = view.language
    tokens, most = sum(row.tokens for row in rows), max((row.tokens for row in rows), default=1)
    columns = [
        Column(lang.text("Project"), "name"),
        Column(),
        Column(lang.text("Share"), "number"),
        Column(lang.text("Tokens"), "number"),
        Column(lang.text("Sessions"), "number"),
        Column(lang.text("Developers"), "number"),
        Column(lang.text("Coding time"), "number"),
        Column(lang.text("Estimated cost"), "number"),
        Column(lang.text("Last session"), "number dim"),
    ]
    body = [
        Row(
            [
                listings.project_link(row.project_name, view),
                bar(row.tokens / max(most, 1)),
                lang.percent(row.tokens / max(tokens, 1)),
                listings.tokens(row.tokens, lang),
                lang.number(row.session_count),
                lang.number(row.active_users),
                lang.hours(row.duration_seconds),
                listings.cost(row.cost_usd, row.unpriced_tokens, lang),
                Exact(lang.day(row.last_day), lang.full_day(row.last_day)),
            ]
        )
        for row in rows[:SHOWN_PROJECTS]
    ]
    return listings.with_rest(listing(lang.text("Projects"), columns, body), len(rows) - len(body), lang)


def table(view: View) -> DataTable:
    """Every project with all its sums."""
    lang = view.language
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
    rows = (
        (
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
        for row in read(view.service.database, view)
    )
    return DataTable(titles, tuple(rows))
