"""The Projects page: what the team works on, day by day and in sum."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import Dash

from analytics_app.analysis.data_table import DataTable, Quantity
from analytics_app.charts.stacked_days import SHOWN_LAYERS, TokenDays, layers
from analytics_app.components import listings, panels
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest, TileRow
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.components.stat_tiles import StatTile
from analytics_app.components.tables import Exact, Field, bar, item_list
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language, gettext_noop
from analytics_app.pages.team import team_messages
from analytics_app.pages.team.team_tiles import price_note
from db.connection import Statements
from db.usage import breakdowns
from db.usage.breakdown_records import ProjectFigures

ENTRY = Entry("/projects", "Projects", "projects")
PAGE = FilteredPage(
    ENTRY,
    "projects",
    tiles=TileRow(4, "four", "fact"),
    panels=(
        Panel(
            "project-days",
            gettext_noop("Tokens per day, by project"),
            gettext_noop("fresh in + out · cache not included"),
            gettext_noop("Bar chart of tokens per day by project; the table holds the same numbers"),
        ),
        Panel("project-list", gettext_noop("All projects"), gettext_noop("+ and tokens without a price")),
    ),
)
layout = PAGE.layout


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page."""
    PAGE.register(app, service, answer)


def answer(request: PageRequest) -> PageAnswer:
    """Read the projects, and make every part of the page."""
    db, view, choices = request.db, request.view, request.choices
    rows = _read_projects(db, view)
    empty = None if rows else team_messages.nothing(view, ever=bool(choices.models), path=ENTRY.path)
    return PageAnswer(
        tiles=_tiles(rows, view.language),
        charts={"project-days": (read_days(db, view, choices.projects), empty)},
        parts={"project-list-rows": empty or _list(rows, view)},
    )


def read_days(db: Statements, view: View, by_use: list[str] | None = None) -> TokenDays:
    """Tokens per day, by project; `by_use` are the projects of a long period, most used first."""
    days = view.selection.period.dates()
    rows = breakdowns.list_project_days(db, *view.selection.scope, separate=SHOWN_LAYERS)
    found = layers(((row.stat_date, row.project_name, row.tokens) for row in rows), days)
    return TokenDays(found, days, view.service.today(), view.language.text("no project"), by_use or [])


SHOWN_PROJECTS = 40


def _read_projects(db: Statements, view: View) -> list[ProjectFigures]:
    """Every project of the period with its sums."""
    return breakdowns.list_project_figures(db, *view.selection.scope, limit=panels.MAX_ROWS)


def _tiles(rows: Sequence[ProjectFigures], lang: Language) -> list[StatTile]:
    """How many, the largest, what they cost, and what belongs to none."""
    named = [row for row in rows if row.project_name]
    tokens = sum(row.tokens for row in rows)
    without = tokens - sum(row.tokens for row in named)
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    unpriced = sum(row.unpriced_tokens for row in rows)
    largest = max(named, key=lambda row: row.tokens, default=None)
    return [
        StatTile(lang.text("Projects"), lang.number(len(named)), lang.text("with a session in the period")),
        StatTile(
            lang.text("Largest"),
            lang.percent(largest.tokens / max(tokens, 1)) if largest else "–",
            lang.text("of tokens: {project}", project=largest.project_name) if largest else "",
        ),
        StatTile(
            lang.text("Estimated cost"),
            lang.text("unknown") if unpriced and not known else lang.money(sum(known, Decimal(0))),
            price_note(unpriced, lang, any_priced=bool(known)),
        ),
        StatTile(
            lang.text("Without a project"),
            lang.percent(without / max(tokens, 1)),
            lang.text("{tokens} tokens", tokens=lang.compact(without)),
        ),
    ]


def _list(rows: Sequence[ProjectFigures], view: View) -> list[Any]:
    """Every project with its sums; a click leads to its own team page."""
    lang = view.language
    tokens, most = sum(row.tokens for row in rows), max((row.tokens for row in rows), default=1)
    tokens, most = max(tokens, 1), max(most, 1)
    shown = item_list(
        lang.text("Projects"),
        rows[:SHOWN_PROJECTS],
        Field(lang.text("Project"), lambda row: listings.project_link(row.project_name, view), "name"),
        Field("", lambda row: bar(row.tokens / most), ""),
        Field(lang.text("Share"), lambda row: lang.percent(row.tokens / tokens)),
        Field(lang.text("Tokens"), lambda row: listings.tokens(row.tokens, lang)),
        Field(lang.text("Sessions"), lambda row: lang.number(row.session_count)),
        Field(lang.text("Developers"), lambda row: lang.number(row.active_users)),
        Field(lang.text("Coding time"), lambda row: lang.hours(row.duration_seconds)),
        Field(
            lang.text("Estimated cost"), lambda row: listings.cost(row.cost_usd, row.unpriced_tokens, lang)
        ),
        Field(
            lang.text("Last session"),
            lambda row: Exact(lang.day(row.last_day), lang.full_day(row.last_day)),
            "number dim",
        ),
    )
    return listings.with_rest(shown, len(rows) - SHOWN_PROJECTS, lang)


def _list_table(view: View) -> DataTable:
    """Every project with all its sums."""
    lang = view.language
    return DataTable.of(
        _read_projects(view.service.database, view),
        (lang.text("Project"), lambda row: row.project_name or lang.text("no project")),
        (lang.text("Sessions"), lambda row: row.session_count),
        (lang.text("Developers"), lambda row: row.active_users),
        (lang.text("Tokens in"), lambda row: row.tokens_in),
        (lang.text("Tokens out"), lambda row: row.tokens_out),
        (lang.text("Coding time in hours"), lambda row: Quantity(row.duration_seconds / 3600)),
        (lang.text("Estimated cost in US dollars"), lambda row: row.cost_usd),
        (lang.text("Tokens without price"), lambda row: row.unpriced_tokens),
        (lang.text("Last session"), lambda row: row.last_day),
    )


TABLES: Tables = {**panels.chart_tables({"project-days": read_days}), "project-list": _list_table}
