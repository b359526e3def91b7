"""The lists of the Tools page: all tools, MCP servers, and the projects and people of one tool."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html

from analytics_app.analysis.mcp import Server
from analytics_app.components import legends, listings, panels
from analytics_app.components.attributes import attributes
from analytics_app.components.filters import query_of
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.usage.breakdown_records import CallPart, Calls, ToolTotals

#: The table of the panel holds them all.
SHOWN_TOOLS = 40


def tools(rows: Sequence[ToolTotals], view: View) -> Any:
    """Every tool with its outcomes; a click opens its days, projects and people."""
    lang = view.language
    if not rows:
        return nothing(view)
    most = rows[0].call_count
    body = [_tool_row(row, most, view) for row in rows[:SHOWN_TOOLS]]
    titles = [lang.text("Tool"), "", lang.text("Calls"), lang.text("Errors"), lang.text("Not reported")]
    shown = listings.table(lang.text("All tools"), [*titles, lang.text("Without error")], body, shown=True)
    hidden = len(rows) - len(body)
    if hidden <= 0:
        return shown
    more = lang.plural("{count} more is in the CSV", "{count} more are in the CSV", hidden)
    return [shown, html.P(more, className="more")]


def _tool_row(row: ToolTotals, most: int, view: View) -> html.Tr:
    lang, chosen = view.language, row.tool_name == view.selection.tool
    return html.Tr(
        [
            html.Td(listings.tool_link(row.tool_name, view), className="name"),
            html.Td(split_bar(row, most)),
            html.Td(lang.number(row.call_count), className="number"),
            html.Td(_errors(row, lang), className="number dim"),
            html.Td(lang.number(row.unreported_count), className="number dim"),
            html.Td(listings.success(row, lang), className="number rate"),
        ],
        className="mine" if chosen else "",
    )


def _errors(row: ToolTotals, lang: Language) -> Any:
    return listings.unreported(lang) if row.success_rate is None else lang.number(row.error_count)


def split_bar(calls: Calls, most: int) -> html.Div:
    """One bar in three parts: without error, with one, not reported."""
    counts = {"went": calls.success_count, "failed": calls.error_count, "unknown": calls.unreported_count}
    parts = [
        html.Div(className=kind, style={"width": f"{count / max(most, 1) * 100:.2f}%"})
        for kind, count in counts.items()
        if count
    ]
    return html.Div(parts, className="bar split", **attributes(aria_hidden="true"))


def key(view: View, note: str = "") -> list[html.Span]:
    """What the parts of the bars mean."""
    lang = view.language
    return legends.of(
        {
            "went": lang.text("Without error"),
            "failed": lang.text("With an error"),
            "unknown": lang.text("Not reported"),
        },
        note,
    )


def servers(rows: Sequence[Server], view: View) -> Any:
    """MCP servers, each with all its tools."""
    lang = view.language
    if not rows:
        advice = lang.text("Their tools appear here once a session calls one.")
        return panels.empty(lang.text("No MCP server was called"), advice)
    titles = [lang.text("Server"), "", lang.text("Calls"), lang.text("Without error")]
    body = [
        _part_row(
            [
                server.name,
                " ",
                html.Span(lang.plural("{count} tool", "{count} tools", server.tool_count), className="dim"),
            ],
            server,
            rows[0].call_count,
            view,
        )
        for server in rows
    ]
    return listings.table(lang.text("MCP servers"), titles, body)


def parts(rows: Sequence[CallPart], title: str, unnamed: str, view: View) -> Any:
    """The projects or people of one tool."""
    lang = view.language
    if not rows:
        return nothing(view)
    body = [
        _part_row(row.name or html.Span(unnamed, className="dim"), row, rows[0].call_count, view)
        for row in rows
    ]
    return listings.table(title, [title, "", lang.text("Calls"), lang.text("Without error")], body)


def _part_row(name: Any, calls: Calls, most: int, view: View) -> html.Tr:
    lang = view.language
    return html.Tr(
        [
            html.Td(listings.whole_name(name), className="name"),
            html.Td(split_bar(calls, most)),
            html.Td(lang.number(calls.call_count), className="number"),
            html.Td(listings.success(calls, lang), className="number rate"),
        ]
    )


def nothing(view: View) -> html.Div:
    """Why there is no tool, and what to do."""
    lang = view.language
    if view.selection.narrowed:
        whole = query_of(replace(view.selection, project=None, model=None, person=None, tool=None))
        link = dcc.Link(lang.text("Show everything"), href=f"/tools{whole}")
        return panels.empty(lang.text("Nothing with these filters in this period"), link)
    if view.selection.tool:
        return panels.empty(lang.text("No calls"), lang.text("Choose a longer period above."))
    advice = lang.text("They appear as soon as a session reports its tools.")
    return panels.empty(lang.text("No tool calls"), advice)
