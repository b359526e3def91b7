"""The lists of the Tools page and their numbers: all tools, MCP servers, and the projects and people of one tool."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dash import html

from analytics_app.analysis import mcp
from analytics_app.analysis.data_table import DataTable
from analytics_app.analysis.mcp import Server
from analytics_app.charts.tool_calls import outcome_columns
from analytics_app.components import listings, panels
from analytics_app.components.attributes import attributes
from analytics_app.components.tables import Field, item_list
from analytics_app.context.current_user import require_admin
from analytics_app.context.view import View, note_names
from analytics_app.i18n.languages import Language
from analytics_app.pages.team.team_messages import nothing_with_filters
from db.connection import Statements
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import CallPart, Calls, ToolTotals

Named = TypeVar("Named", bound=Calls)
PATH = "/tools"
#: The CSV file of the panel holds them all.
SHOWN_TOOLS = 40


def tools(rows: Sequence[ToolTotals], view: View) -> Any:
    """Every tool with its outcomes; a click opens its days, projects and people."""
    lang = view.language
    if not rows:
        return nothing(view)

    def errors(row: ToolTotals) -> Any:
        return listings.unreported(lang) if row.success_rate is None else lang.number(row.error_count)

    shown = item_list(
        lang.text("All tools"),
        rows[:SHOWN_TOOLS],
        Field(lang.text("Tool"), lambda row: listings.tool_link(row.tool_name, view), "name"),
        Field("", lambda row: split_bar(row, rows[0].call_count), ""),
        Field(lang.text("Calls"), lambda row: lang.number(row.call_count)),
        Field(lang.text("Errors"), errors, "number dim"),
        Field(lang.text("Not reported"), lambda row: lang.number(row.unreported_count), "number dim"),
        Field(lang.text("Without error"), lambda row: listings.success(row, lang), "number rate"),
        marked=lambda row: row.tool_name == view.selection.tool,
    )
    return listings.with_rest(shown, len(rows) - SHOWN_TOOLS, lang)


def split_bar(calls: Calls, most: int) -> html.Div:
    """One bar in three parts: without error, with one, not reported."""
    counts = {"went": calls.success_count, "failed": calls.error_count, "unknown": calls.unreported_count}
    parts = [
        html.Div(className=kind, style={"width": f"{count / max(most, 1) * 100:.2f}%"})
        for kind, count in counts.items()
        if count
    ]
    return html.Div(parts, className="bar split", **attributes(aria_hidden="true"))


def servers(rows: Sequence[Server], view: View) -> Any:
    """MCP servers, each with all its tools."""
    lang = view.language
    if not rows:
        advice = lang.text("Their tools appear here once a session calls one.")
        return panels.empty(lang.text("No MCP server was called"), advice)

    def name(server: Server) -> list[Any]:
        count = lang.plural("{count} tool", "{count} tools", server.tool_count)
        return [server.name, " ", html.Span(count, className="dim")]

    return _outcome_list(lang.text("MCP servers"), rows, lang.text("Server"), name, lang)


def parts(rows: Sequence[CallPart], title: str, unnamed: str, view: View) -> Any:
    """The projects or people of one tool."""
    if not rows:
        return nothing(view)

    def name(row: CallPart) -> Any:
        return row.name or html.Span(unnamed, className="dim")

    return _outcome_list(title, rows, title, name, view.language)


def _outcome_list(
    caption: str, rows: Sequence[Named], title: str, name: Callable[[Named], Any], lang: Language
) -> html.Table:
    """Names with their calls, most calls first."""
    return item_list(
        caption,
        rows,
        Field(title, lambda row: listings.whole_name(name(row)), "name"),
        Field("", lambda row: split_bar(row, rows[0].call_count), ""),
        Field(lang.text("Calls"), lambda row: lang.number(row.call_count)),
        Field(lang.text("Without error"), lambda row: listings.success(row, lang), "number rate"),
        hide_titles=True,
    )


def nothing(view: View) -> html.Div:
    """Why there is no tool, and what to do."""
    lang = view.language
    if view.selection.narrowed:
        return nothing_with_filters(view, PATH)
    if view.selection.tool:
        return panels.empty(lang.text("No calls"), lang.text("Choose a longer period above."))
    advice = lang.text("They appear as soon as a session reports its tools.")
    return panels.empty(lang.text("No tool calls"), advice)


def read_projects(db: Statements, view: View, tool: str, limit: int) -> list[CallPart]:
    """The projects in which the tool was called, most calls first."""
    return breakdowns.list_tool_projects(db, *view.selection.scope, tool=tool, limit=limit)


def read_people(view: View, tool: str, limit: int) -> list[CallPart]:
    """The people whose sessions called the tool; for admins only, and noted, since it names people."""
    require_admin()
    note_names(view)
    return breakdowns.list_tool_people(view.service.database, *view.selection.scope, tool=tool, limit=limit)


def servers_table(view: View) -> DataTable:
    """Every MCP server with the sums of its tools."""
    lang, db = view.language, view.service.database
    rows = usage_totals.list_tool_totals(db, *view.selection.scope, limit=panels.MAX_ROWS)
    return DataTable.of(
        mcp.servers(rows),
        (lang.text("Server"), lambda server: server.name),
        (lang.text("Tools"), lambda server: server.tool_count),
        *outcome_columns(lang),
        (lang.text("Without error"), lambda server: server.success_rate),
    )


def projects_table(view: View) -> DataTable:
    """The projects of the tool in the address."""
    lang = view.language
    rows = read_projects(view.service.database, view, view.selection.tool or "", panels.MAX_ROWS)
    return _parts_table(rows, lang.text("Project"), lang.text("no project"), lang)


def people_table(view: View) -> DataTable:
    """The people of the tool in the address; for admins only."""
    rows = read_people(view, view.selection.tool or "", panels.MAX_ROWS)
    return _parts_table(rows, view.language.text("Person"), "", view.language)


def _parts_table(rows: Sequence[CallPart], title: str, unnamed: str, lang: Language) -> DataTable:
    return DataTable.of(
        rows,
        (title, lambda row: row.name or unnamed),
        *outcome_columns(lang),
        (lang.text("Without error"), lambda row: row.success_rate),
    )
