"""The Team page: what the whole team did in a period, and how much of it these figures cover."""

from dataclasses import dataclass
from datetime import date, timedelta

from dash import Dash

from analytics_app.analysis.data_table import DataTable
from analytics_app.charts.stacked_days import TokenDays, layers
from analytics_app.charts.tool_calls import outcome_columns
from analytics_app.charts.working_hours import WorkingHours
from analytics_app.components import listings, panels
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest, TileRow
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.components.stat_tiles import PeriodComparison
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import gettext_noop
from analytics_app.pages.team import team_messages, team_tiles
from db.connection import Statements
from db.usage import usage_totals
from db.usage.breakdown_records import ToolTotals
from db.usage.periods import Period
from db.usage.usage_records import Coverage, ProjectTotals, Rank, Totals

ENTRY = Entry("/", "Team", "team")
MAX_RANKS = 1_000
PAGE = FilteredPage(
    ENTRY,
    "team",
    tiles=TileRow(5),
    panels=(
        Panel(
            "tokens",
            gettext_noop("Tokens per day, by model"),
            gettext_noop("fresh in + out · cache not included"),
            gettext_noop("Bar chart of tokens per day; the table holds the same numbers"),
        ),
        Panel("leaderboard", gettext_noop("Leaderboard")),
        Panel(
            "hours",
            gettext_noop("When we work"),
            summary=gettext_noop(
                "Heat map of sessions by weekday and hour; the table holds the same numbers"
            ),
        ),
        Panel("tools", gettext_noop("Tools"), gettext_noop("calls · without error")),
        Panel("projects", gettext_noop("Projects"), gettext_noop("share of tokens")),
    ),
    texts=("leaderboard-note", "tools-note"),
    compares=True,
    has_footer=True,
)
layout = PAGE.layout


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page."""
    PAGE.register(app, service, answer)


@dataclass(frozen=True)
class TeamFigures:
    """The rows of the tiles and lists."""

    series: PeriodComparison[Totals]
    ranks: list[Rank]
    tools: list[ToolTotals]
    projects: list[ProjectTotals]
    coverage: Coverage


def read(db: Statements, view: View) -> TeamFigures:
    """Ask the rollups once for each of them."""
    scope, coverage = view.selection.scope, usage_totals.fetch_coverage(db, view.selection.period)
    return TeamFigures(
        series=_compare(db, view, coverage),
        ranks=usage_totals.list_leaderboard(db, view.selection.period, limit=MAX_RANKS),
        tools=usage_totals.list_tool_totals(db, *scope, limit=listings.SHOWN_TOOLS),
        projects=usage_totals.list_project_totals(db, *scope, limit=listings.SHOWN_PROJECTS),
        coverage=coverage,
    )


def answer(request: PageRequest) -> PageAnswer:
    """Read the figures and the rows of the charts, and make every part of the page."""
    db, view, models = request.db, request.view, request.choices.models
    lang, selection, found = view.language, view.selection, read(db, view)
    series, coverage = found.series, found.coverage
    missing = None if series.now.session_count else team_messages.nothing(view, ever=bool(models))
    no_ranks = lang.text("Those who take part appear with their first session of the period.")
    no_tools = lang.text("They appear as soon as a session reports its tools.")
    no_projects = lang.text("They appear with the first session of the period.")
    return PageAnswer(
        tiles=team_tiles.tiles_of(series, coverage, lang),
        charts={"tokens": (read_tokens(db, view, models), missing), "hours": (read_hours(db, view), missing)},
        parts={
            "team-compared": team_messages.comparison(
                *compared(selection.period, view.service.today()), view
            ),
            "leaderboard-rows": listings.leaderboard(found.ranks, view)
            if found.ranks
            else panels.empty(lang.text("Nobody here yet"), no_ranks),
            "leaderboard-note": lang.plural(
                "{count} of {known} takes part",
                "{count} of {known} take part",
                coverage.leaderboard_members,
                known=lang.number(coverage.people_known),
            ),
            "tools-rows": listings.tools(found.tools, view)
            if found.tools
            else panels.empty(lang.text("No tool calls"), no_tools),
            # A call belongs to a session, not to a model: a filter by model does not change these figures.
            "tools-note": lang.text("calls · without error · all models")
            if selection.model
            else lang.text("calls · without error"),
            "projects-rows": listings.projects(found.projects, series.now.tokens, view)
            if found.projects
            else panels.empty(lang.text("No projects"), no_projects),
            "team-footer": team_messages.coverage_line(coverage, view),
        },
    )


def _compare(db: Statements, view: View, coverage: Coverage) -> PeriodComparison[Totals]:
    """The days of this period and the one before, in one statement."""
    now, narrowed = view.selection.period, view.selection.filters
    days = usage_totals.list_team_days(db, Period(now.before().first, now.last), narrowed)

    def people(period: Period) -> int:
        if period == now and narrowed == usage_totals.EVERYTHING:
            return coverage.people_reporting
        return usage_totals.count_active_users(db, period, narrowed)

    def total(period: Period | None) -> Totals:
        own = [day for day in days if period and period.first <= day.stat_date <= period.last]
        return usage_totals.sum_days(own, people(period) if period else 0)

    full, before = compared(now, view.service.today())
    return PeriodComparison(
        days=days[now.days :],
        now=total(now),
        full=total(full),
        before=total(before),
        full_days=full.days if full else 0,
    )


def compared(period: Period, today: date) -> tuple[Period | None, Period | None]:
    """The full days of a period, and the days of the period before that correspond to them."""
    full, before = period.over(today), period.before()
    return full, full and Period(before.first, before.first + timedelta(days=full.days - 1))


def read_tokens(db: Statements, view: View, by_use: list[str] | None = None) -> TokenDays:
    """Tokens per day, by model; `by_use` are the models of a long period, most used first."""
    days, lang = view.selection.period.dates(), view.language
    rows = usage_totals.list_model_days(db, *view.selection.scope)
    found = layers(((row.stat_date, row.model, row.tokens_in + row.tokens_out) for row in rows), days)
    return TokenDays(found, days, view.service.today(), lang.text("not reported"), by_use or [])


def read_hours(db: Statements, view: View) -> WorkingHours:
    """Sessions by weekday and hour."""
    return WorkingHours(usage_totals.list_hour_totals(db, *view.selection.scope))


def _leaderboard_table(view: View) -> DataTable:
    """Those who take part, all of them."""
    lang, period = view.language, view.selection.period
    ranks = usage_totals.list_leaderboard(view.service.database, period, limit=panels.MAX_ROWS)
    return DataTable.of(
        ranks,
        (lang.text("Rank"), lambda rank: rank.rank),
        (lang.text("Name"), lambda rank: rank.username),
        (lang.text("Sessions"), lambda rank: rank.session_count),
        (lang.text("Tokens"), lambda rank: rank.total_tokens),
    )


def tools_table(view: View) -> DataTable:
    """Every tool with its outcomes; calls without a reported one have a column of their own."""
    lang, db = view.language, view.service.database
    return DataTable.of(
        usage_totals.list_tool_totals(db, *view.selection.scope, limit=panels.MAX_ROWS),
        (lang.text("Tool"), lambda tool: tool.tool_name),
        *outcome_columns(lang),
        (lang.text("Without error"), lambda tool: tool.success_rate),
    )


def _projects_table(view: View) -> DataTable:
    """Every project with its sessions and tokens."""
    lang, db = view.language, view.service.database
    return DataTable.of(
        usage_totals.list_project_totals(db, *view.selection.scope, limit=panels.MAX_ROWS),
        (lang.text("Project"), lambda project: project.project_name or lang.text("no project")),
        (lang.text("Sessions"), lambda project: project.session_count),
        (lang.text("Tokens"), lambda project: project.tokens),
    )


TABLES: Tables = {
    **panels.chart_tables({"tokens": read_tokens, "hours": read_hours}),
    "leaderboard": _leaderboard_table,
    "tools": tools_table,
    "projects": _projects_table,
}
