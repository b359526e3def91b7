"""The Tools page: which tools the team's agents call, how often they fail, and the details of one tool."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dash import Dash, dcc, html

from analytics_app.analysis import mcp
from analytics_app.charts.error_rate import WINDOW, ErrorRate
from analytics_app.charts.tool_calls import ToolCalls, outcome_legend
from analytics_app.components import listings, panels
from analytics_app.components.filtered_page import FilteredPage, PageAnswer, PageRequest, TileRow
from analytics_app.components.panels import Panel, Tables
from analytics_app.components.shell import Entry
from analytics_app.context.selection import query_of
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import gettext_noop
from analytics_app.pages.team import team_messages
from analytics_app.pages.team.page import compared, tools_table
from analytics_app.pages.tools import tools_lists, tools_tiles
from db.connection import Statements
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import CallDay
from db.usage.periods import Period

ENTRY = Entry(tools_lists.PATH, "Tools", "tools")
SHOWN_PARTS = 8
OUTCOME = gettext_noop("calls · without error")
PAGE = FilteredPage(
    ENTRY,
    "tools",
    tiles=TileRow(4, "four"),
    panels=(
        Panel(
            "error-rate",
            gettext_noop("Calls that end in an error"),
            gettext_noop("of those whose outcome is known"),
            gettext_noop("Line of the share of calls with an error; the table holds the same numbers"),
        ),
        Panel("servers", gettext_noop("MCP servers"), OUTCOME),
        Panel("tool-list", gettext_noop("All tools")),
    ),
    details=(
        Panel(
            "tool-days",
            gettext_noop("Calls per day"),
            summary=gettext_noop("Bar chart of calls per day by outcome; the table holds the same numbers"),
        ),
        Panel("tool-projects", gettext_noop("By project"), OUTCOME),
        Panel("tool-people", gettext_noop("By person"), OUTCOME, for_admins=True),
    ),
    texts=("tool-list-note", "tool-head"),
    properties={"tools-shown": "data", "tool-detail": "className"},
    state="tools-shown",
    compares=True,
)


def layout(view: View) -> html.Div:
    """The page before its figures have come; the details of one tool are hidden until one is chosen."""
    head = html.Div(id="tool-head", className="detail-head")
    details = [head, *panels.sections(PAGE.details, view)]
    return PAGE.layout(view, below=[html.Div(details, id="tool-detail", className=_detail_kind(view))])


def _detail_kind(view: View) -> str:
    return "panels detail open" if view.selection.tool else "panels detail"


def register(app: Dash, service: Service) -> None:
    """One callback for the page, which remembers what it shows, and one for the admin's list."""
    PAGE.register(app, service, answer)
    PAGE.register_admin_list(app, service, "tool-people", _people)


def _people(view: View) -> Any:
    """Who uses the tool in the address; nothing where there is none."""
    if view.selection.tool is None:
        return []
    people = tools_lists.read_people(view, view.selection.tool, SHOWN_PARTS)
    return tools_lists.parts(people, view.language.text("Person"), "", view)


def answer(request: PageRequest) -> PageAnswer:
    """All tools together, and one of them; nothing is read again where only the chosen tool has changed."""
    db, view, style = request.db, request.view, request.style
    chosen, lang = view.selection, view.language
    tools = usage_totals.list_tool_totals(db, *chosen.scope, limit=panels.MAX_ROWS)
    detail = _detail(db, view)
    # The list marks the chosen tool and links to the others, so it is made anew with each.
    parts = {"tool-list-rows": tools_lists.tools(tools, view), **detail.parts}
    shown = [query_of(replace(chosen, tool=None)), style.palette.name, lang.code, request.marker]
    if request.state == shown:
        return replace(detail, parts=parts)
    trend = _trend(db, view)
    all_models = lang.text("all models") if chosen.model else ""
    parts |= {
        "tool-list-note": panels.legend(outcome_legend(lang, all_models)),
        "servers-rows": tools_lists.servers(mcp.servers(tools)[:SHOWN_PARTS], view),
        "tools-shown": shown,
    }
    return PageAnswer(trend.tiles, {**trend.charts, **detail.charts}, {**trend.parts, **parts})


def _trend(db: Statements, view: View) -> PageAnswer:
    """The tiles and the line, from one statement over this period and the one before."""
    period, today = view.selection.period, view.service.today()
    # The tiles compare with the period before; the first point of the line looks back on some of its days.
    rows = _read_calls(db, view, max(period.days, WINDOW))
    spans = compared(period, today)
    series = tools_tiles.compare(rows, period, *spans)
    empty = None if series.now.reported else _no_outcomes(view, any_call=series.now.call_count > 0)
    return PageAnswer(
        tiles=tools_tiles.tiles_of(series, view.language),
        charts={"error-rate": (ErrorRate(rows, period.dates(), today), empty)},
        parts={"tools-compared": team_messages.comparison(*spans, view)},
    )


def _no_outcomes(view: View, *, any_call: bool) -> html.Div:
    if not any_call:
        return tools_lists.nothing(view)
    lang = view.language
    advice = lang.text("Not every client tells how its tool calls end; newer ones do.")
    return panels.empty(lang.text("No outcome was reported in this period"), advice)


def _detail(db: Statements, view: View) -> PageAnswer:
    """The days and projects of the tool in the address; nothing where there is none."""
    tool, lang = view.selection.tool, view.language
    if tool is None:
        return PageAnswer(parts={"tool-detail": _detail_kind(view)})
    days = read_days(db, view)
    projects = tools_lists.read_projects(db, view, tool, SHOWN_PARTS)
    close = dcc.Link(
        [html.Span(className="icon icon-close"), lang.text("All tools")],
        href=ENTRY.path + query_of(replace(view.selection, tool=None)),
        className="quiet",
    )
    return PageAnswer(
        charts={"tool-days": (days, None if days.rows else tools_lists.nothing(view))},
        parts={
            "tool-detail": _detail_kind(view),
            "tool-head": [html.H2(listings.tool_name(tool), title=tool), close],
            "tool-projects-rows": tools_lists.parts(
                projects, lang.text("Project"), lang.text("no project"), view
            ),
        },
    )


def _read_calls(db: Statements, view: View, days_before: int) -> list[CallDay]:
    """The calls of each day of the period and of so many days before it."""
    first, last = view.selection.period.first, view.selection.period.last
    return breakdowns.list_tool_days(
        db, Period(first - timedelta(days=days_before), last), view.selection.filters
    )


def read_rate(db: Statements, view: View) -> ErrorRate:
    """The calls of the period, and of the days before that its first seven days look back on."""
    rows = _read_calls(db, view, WINDOW - 1)
    return ErrorRate(rows, view.selection.period.dates(), view.service.today())


def read_days(db: Statements, view: View) -> ToolCalls:
    """The calls of the tool in the address, by day."""
    chosen = view.selection
    rows = breakdowns.list_tool_days(db, *chosen.scope, tool=chosen.tool or "")
    return ToolCalls(rows, chosen.period.dates(), view.service.today())


TABLES: Tables = {
    **panels.chart_tables({"error-rate": read_rate, "tool-days": read_days}),
    "tool-list": tools_table,
    "servers": tools_lists.servers_table,
    "tool-projects": tools_lists.projects_table,
    "tool-people": tools_lists.people_table,
}
