"""The numbers behind the Tools page, as tables and CSV."""

from collections.abc import Sequence

from analytics_app.analysis import mcp
from analytics_app.auth.guard import require_admin
from analytics_app.charts.error_rate import WINDOW, rates
from analytics_app.charts.tool_calls import filled
from analytics_app.components.page_header import with_days_before
from analytics_app.components.panels import Tables
from analytics_app.components.tables import Cell, Table
from analytics_app.pages.team.team_tables import MAX_ROWS, tools
from analytics_app.view import View, note_names
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import CallPart, Calls


def error_rate(view: View) -> Table:
    """A row for every day, newest first; the share of seven days beside that of the day."""
    selection, lang, days = view.selection, view.language, view.selection.period.dates()
    rows = breakdowns.tool_days(
        view.service.database, with_days_before(selection.period, WINDOW - 1), selection.filters
    )
    lines = zip(days, filled(rows, days), rates(rows, days, WINDOW), strict=True)
    titles = (
        lang.text("Day"),
        *_outcome_titles(view),
        lang.text("Share with an error"),
        lang.text("Over seven days"),
    )
    return Table(
        titles, tuple((day, *_outcomes(one), one.error_rate, week.share) for day, one, week in lines)[::-1]
    )


def servers(view: View) -> Table:
    """Every MCP server with the sums of its tools."""
    selection, lang = view.selection, view.language
    rows = usage_totals.tool_totals(
        view.service.database, selection.period, selection.filters, limit=MAX_ROWS
    )
    titles = (lang.text("Server"), lang.text("Tools"), *_outcome_titles(view), lang.text("Without error"))
    return Table(
        titles,
        tuple((one.name, one.tool_count, *_outcomes(one), one.success_rate) for one in mcp.servers(rows)),
    )


def tool_days(view: View) -> Table:
    """The days of the tool in the address, newest first."""
    selection, days = view.selection, view.selection.period.dates()
    rows = breakdowns.tool_days(
        view.service.database, selection.period, selection.filters, tool=selection.tool or ""
    )
    titles = (view.language.text("Day"), *_outcome_titles(view))
    lines = zip(days, filled(rows, days), strict=True)
    return Table(titles, tuple((day, *_outcomes(one)) for day, one in lines)[::-1])


def tool_projects(view: View) -> Table:
    """The projects of the tool in the address."""
    selection, lang = view.selection, view.language
    rows = breakdowns.tool_projects(
        view.service.database,
        selection.period,
        selection.filters,
        tool=selection.tool or "",
        limit=MAX_ROWS,
    )
    return _parts(rows, lang.text("Project"), lang.text("no project"), view)


def tool_people(view: View) -> Table:
    """The people of the tool in the address; for admins only."""
    require_admin()
    note_names(view)
    selection, lang = view.selection, view.language
    rows = breakdowns.tool_people(
        view.service.database,
        selection.period,
        selection.filters,
        tool=selection.tool or "",
        limit=MAX_ROWS,
    )
    return _parts(rows, lang.text("Person"), "", view)


def _parts(rows: Sequence[CallPart], title: str, unnamed: str, view: View) -> Table:
    titles = (title, *_outcome_titles(view), view.language.text("Without error"))
    return Table(titles, tuple((row.name or unnamed, *_outcomes(row), row.success_rate) for row in rows))


def _outcome_titles(view: View) -> tuple[str, ...]:
    lang = view.language
    return lang.text("Calls"), lang.text("Successes"), lang.text("Errors"), lang.text("Not reported")


def _outcomes(calls: Calls) -> tuple[Cell, ...]:
    return calls.call_count, calls.success_count, calls.error_count, calls.unreported_count


TABLES: Tables = {
    "tool-list": tools,
    "error-rate": error_rate,
    "servers": servers,
    "tool-days": tool_days,
    "tool-projects": tool_projects,
    "tool-people": tool_people,
}
