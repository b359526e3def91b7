"""The numbers behind the charts of the Team page, as tables and CSV."""

from analytics_app.charts.theme import LIGHT, ChartStyle
from analytics_app.charts.tokens_per_day import model_name, stacks
from analytics_app.charts.working_hours import HOURS, WEEKDAYS, hour_grid
from analytics_app.components.panels import Tables
from analytics_app.components.tables import Cell, Table
from analytics_app.view import View
from db.usage import usage_totals

MAX_ROWS = 10_000


def tokens(view: View) -> Table:
    """A row for every day, a column for every model of the chart."""
    selection, lang = view.selection, view.language
    days = selection.period.dates()
    layers = stacks(usage_totals.model_days(view.service.database, selection.period, selection.filters), days)
    names = [model_name(layer.name, ChartStyle(LIGHT, lang)) for layer in layers]
    rows: list[tuple[Cell, ...]] = [
        (day, sum(layer.values[index] for layer in layers), *(layer.values[index] for layer in layers))
        for index, day in enumerate(days)
    ]
    # Newest first: that is what people look for.
    return Table((lang.text("Day"), lang.text("Tokens"), *names), tuple(reversed(rows)))


def hours(view: View) -> Table:
    """A row for every weekday, a column for every hour."""
    selection, lang = view.selection, view.language
    grid = hour_grid(usage_totals.hour_totals(view.service.database, selection.period, selection.filters))
    rows: list[tuple[Cell, ...]] = [(lang.weekday(weekday), *grid[weekday]) for weekday in WEEKDAYS]
    return Table((lang.text("Weekday"), *(f"{hour:02d}" for hour in HOURS)), tuple(rows))


def leaderboard(view: View) -> Table:
    """Those who take part, all of them."""
    lang = view.language
    ranks = usage_totals.leaderboard(view.service.database, view.selection.period, limit=MAX_ROWS)
    titles = (lang.text("Rank"), lang.text("Name"), lang.text("Sessions"), lang.text("Tokens"))
    return Table(titles, tuple((r.rank, r.username, r.session_count, r.total_tokens) for r in ranks))


def tools(view: View) -> Table:
    """Every tool with its outcomes; calls without a reported one stand apart."""
    selection, lang = view.selection, view.language
    totals = usage_totals.tool_totals(
        view.service.database, selection.period, selection.filters, limit=MAX_ROWS
    )
    titles = (
        lang.text("Tool"),
        lang.text("Calls"),
        lang.text("Successes"),
        lang.text("Errors"),
        lang.text("Not reported"),
        lang.text("Without error"),
    )
    return Table(
        titles,
        tuple(
            (t.tool_name, t.call_count, t.success_count, t.error_count, t.unreported_count, t.success_rate)
            for t in totals
        ),
    )


def projects(view: View) -> Table:
    """Every project with its sessions and tokens."""
    selection, lang = view.selection, view.language
    totals = usage_totals.project_totals(
        view.service.database, selection.period, selection.filters, limit=MAX_ROWS
    )
    titles = (lang.text("Project"), lang.text("Sessions"), lang.text("Tokens"))
    return Table(
        titles, tuple((t.project_name or lang.text("no project"), t.session_count, t.tokens) for t in totals)
    )


TABLES: Tables = {
    "tokens": tokens,
    "hours": hours,
    "leaderboard": leaderboard,
    "tools": tools,
    "projects": projects,
}
