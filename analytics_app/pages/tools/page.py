"""The Tools page: which tools the team's agents call, how often they fail, and one tool through and through."""

from dataclasses import replace
from typing import Any

from dash import Dash, Output, State, dcc, html, no_update

from analytics_app.analysis import mcp
from analytics_app.auth.guard import require_admin
from analytics_app.charts import theme
from analytics_app.charts.error_rate import WINDOW, error_rate
from analytics_app.charts.theme import ChartStyle
from analytics_app.charts.tool_calls import tool_calls
from analytics_app.components import legends, listings, live, page_header, panels, stat_tiles
from analytics_app.components.filters import query_of
from analytics_app.components.page_header import with_days_before
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.team import team_words
from analytics_app.pages.team.page import compared
from analytics_app.pages.tools import tools_cards, tools_lists, tools_tables
from analytics_app.view import View, current_view, note_names
from db.connection import Statements
from db.usage import breakdowns, usage_totals
from db.usage.breakdown_records import ToolTotals

ENTRY = Entry("/tools", "Tools", "tools")
PAGE = "tools"
MAX_TOOLS = 10_000
SHOWN_PARTS = 8
TABLES = tools_tables.TABLES
OVERVIEW = ("cards", "compared", "rate", "rate_empty", "rate_legend", "list_note", "servers", "shown")


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    return html.Div(
        [
            *page_header.components(PAGE, lang.text("Tools"), lang),
            html.Div(stat_tiles.skeleton(tools_cards.COUNT), id="tools-cards", className="tiles four"),
            html.P(id="tools-compared", className="compared"),
            html.Div(_detail(view), id="tool-detail", className=_detail_look(view)),
            html.Div(_panels(lang), className="panels"),
            dcc.Store(id="tools-shown"),
        ],
        className="page",
    )


def _panels(lang: Language) -> list[html.Section]:
    return [
        panels.chart(
            "error-rate",
            lang.text("Calls that end in an error"),
            note=lang.text("of those whose outcome is known"),
            summary=lang.text("Line of the share of calls with an error; the table holds the same numbers"),
            language=lang,
        ),
        panels.listing(
            "servers", lang.text("MCP servers"), note=lang.text("calls · without error"), language=lang
        ),
        panels.listing("tool-list", lang.text("All tools"), note="", language=lang),
    ]


def _detail_look(view: View) -> str:
    return "panels detail open" if view.selection.tool else "panels detail"


def _detail(view: View) -> list[Any]:
    """One tool: its days and projects, and for admins its people; unseen until one is chosen."""
    lang = view.language
    note = lang.text("calls · without error")
    shown = [
        panels.chart(
            "tool-days",
            lang.text("Calls per day"),
            note="",
            summary=lang.text("Bar chart of calls per day by outcome; the table holds the same numbers"),
            language=lang,
        ),
        panels.listing("tool-projects", lang.text("By project"), note=note, language=lang),
    ]
    if view.account.is_admin:
        shown.append(panels.listing("tool-people", lang.text("By person"), note=note, language=lang))
    head = html.Div(id="tool-head", className="detail-head")
    return [head, *shown]


def register(app: Dash, service: Service) -> None:
    """One callback for the page, so all of it is of one moment; it remembers what it shows."""

    @app.callback(
        output={
            **page_header.outputs(PAGE),
            "cards": Output("tools-cards", "children"),
            "compared": Output("tools-compared", "children"),
            "rate": Output("error-rate-figure", "figure"),
            "rate_empty": Output("error-rate-empty", "children"),
            "rate_legend": Output("error-rate-legend", "children"),
            "list": Output("tool-list-rows", "children"),
            "list_note": Output("tool-list-note", "children"),
            "servers": Output("servers-rows", "children"),
            "shown": Output("tools-shown", "data"),
            "detail": Output("tool-detail", "className"),
            "detail_head": Output("tool-head", "children"),
            "days": Output("tool-days-figure", "figure"),
            "days_empty": Output("tool-days-empty", "children"),
            "days_legend": Output("tool-days-legend", "children"),
            "projects": Output("tool-projects-rows", "children"),
        },
        inputs=[*page_header.inputs(), State("tools-shown", "data")],
    )
    def show_tools(search: object, theme_name: object, _news: object, shown: object) -> dict[str, Any]:
        view = current_view(service, search)
        marker = live.marker(service)
        with service.database.snapshot() as snapshot:
            choices = page_header.choices(snapshot, view)
            return {
                **page_header.parts(view, choices, marker, path=ENTRY.path),
                **overview(snapshot, view, theme.palette(theme_name), shown=shown, marker=marker),
                **detail(snapshot, view, theme.palette(theme_name)),
            }

    _register_people(app, service)


def _register_people(app: Dash, service: Service) -> None:
    @app.callback(output=Output("tool-people-rows", "children"), inputs=page_header.inputs())
    def show_people(search: object, _theme: object, _news: object) -> Any:
        require_admin()
        view = current_view(service, search)
        selection, lang = view.selection, view.language
        if selection.tool is None:
            return []
        note_names(view)
        people = breakdowns.tool_people(
            service.database, selection.period, selection.filters, tool=selection.tool, limit=SHOWN_PARTS
        )
        return tools_lists.parts(people, lang.text("Person"), "", view)


def overview(
    db: Statements, view: View, palette: theme.Palette, *, shown: object, marker: str
) -> dict[str, Any]:
    """All tools together; nothing is asked again where only the tool that is looked at has changed."""
    selection = view.selection
    query = query_of(replace(selection, tool=None))
    # The list marks the chosen tool and leads to the others, so it alone is drawn with each.
    wanted = [query, palette.name, view.language.code, marker]
    tools = usage_totals.tool_totals(db, selection.period, selection.filters, limit=MAX_TOOLS)
    listed = {"list": tools_lists.tools(tools, view)}
    if shown == wanted:
        return dict.fromkeys(OVERVIEW, no_update) | listed
    return {
        **_trend(db, view, ChartStyle(palette, view.language)),
        **_lists(tools, view),
        "shown": wanted,
        **listed,
    }


def _trend(db: Statements, view: View, look: ChartStyle) -> dict[str, Any]:
    """The cards and the line, from one statement over this period and the one before."""
    selection, today = view.selection, view.service.today()
    # The line's first point looks back on days of the period before.
    days = max(selection.period.days, WINDOW)
    rows = breakdowns.tool_days(db, with_days_before(selection.period, days), selection.filters)
    spans = compared(selection.period, today)
    series = tools_cards.series(rows, selection.period, *spans)
    known = series.now.reported > 0
    return {
        "cards": [
            stat_tiles.shown(card, look.language) for card in tools_cards.cards_of(series, look.language)
        ],
        "compared": team_words.comparison(*spans, view),
        "rate": error_rate(rows, selection.period.dates(), today, look),
        "rate_empty": [] if known else _no_outcomes(view, any_call=series.now.call_count > 0),
        "rate_legend": _rate_key(view) if known else [],
    }


def _rate_key(view: View) -> list[html.Span]:
    lang = view.language
    names = {"accent": lang.text("seven days together"), "others": lang.text("single days")}
    return legends.of(names, _today_note(view))


def _today_note(view: View) -> str:
    return legends.provisional(view.selection.period.dates(), view.service.today(), view.language)


def _no_outcomes(view: View, *, any_call: bool) -> html.Div:
    if not any_call:
        return tools_lists.nothing(view)
    lang = view.language
    advice = lang.text("Not every client tells how its tool calls end; newer ones do.")
    return panels.empty(lang.text("No outcome was reported in this period"), advice)


def _lists(tools: list[ToolTotals], view: View) -> dict[str, Any]:
    all_models = view.language.text("all models") if view.selection.model else ""
    return {
        "list_note": tools_lists.key(view, all_models),
        "servers": tools_lists.servers(mcp.servers(tools)[:SHOWN_PARTS], view),
    }


def detail(db: Statements, view: View, palette: theme.Palette) -> dict[str, Any]:
    """The days and projects of the tool in the address; nothing where there is none."""
    tool, selection = view.selection.tool, view.selection
    if tool is None:
        closed: dict[str, Any] = dict.fromkeys(
            ("detail_head", "days", "days_empty", "days_legend", "projects"), no_update
        )
        return closed | {"detail": _detail_look(view)}
    days = breakdowns.tool_days(db, selection.period, selection.filters, tool=tool)
    projects = breakdowns.tool_projects(db, selection.period, selection.filters, tool=tool, limit=SHOWN_PARTS)
    lang = view.language
    drawn = tool_calls(days, selection.period.dates(), view.service.today(), ChartStyle(palette, lang))
    return {
        "detail": _detail_look(view),
        "detail_head": _detail_head(tool, view),
        "days": drawn,
        "days_empty": [] if days else tools_lists.nothing(view),
        "days_legend": tools_lists.key(view, _today_note(view)) if days else [],
        "projects": tools_lists.parts(projects, lang.text("Project"), lang.text("no project"), view),
    }


def _detail_head(tool: str, view: View) -> list[Any]:
    lang = view.language
    return [
        html.H2(listings.tool_name(tool), title=tool),
        dcc.Link(
            [html.Span(className="icon icon-close"), lang.text("All tools")],
            href=ENTRY.path + query_of(replace(view.selection, tool=None)),
            className="quiet",
        ),
    ]
