"""Short ranked tables with a bar in each row: leaderboard, tools and projects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html

from analytics_app.analysis import mcp
from analytics_app.components.attributes import attributes
from analytics_app.components.filters import query_of
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.usage.breakdown_records import Calls, ToolTotals
from db.usage.usage_records import ProjectTotals, Rank

SHOWN_RANKS = 9
SHOWN_TOOLS = 8
SHOWN_PROJECTS = 7
#: Below this share of calls without error a tool is worth a look.
WORTH_A_LOOK = 0.9


def leaderboard(ranks: Sequence[Rank], view: View) -> html.Table:
    """The first of those who take part; the reader's own row too, wherever it is."""
    own = [rank for rank in ranks[SHOWN_RANKS:] if rank.user_id == view.account.user_id]
    first = ranks[: SHOWN_RANKS - len(own)]
    lang = view.language
    titles = [lang.text("Rank"), lang.text("Name"), lang.text("Sessions"), lang.text("Tokens")]
    return table(
        lang.text("Leaderboard"), titles, [_rank_row(rank, view) for rank in [*first, *own]], shown=True
    )


def _rank_row(rank: Rank, view: View) -> html.Tr:
    lang = view.language
    mine = rank.user_id == view.account.user_id
    return html.Tr(
        [
            html.Td(lang.number(rank.rank), className="place"),
            html.Td(
                lang.text("{name} (you)", name=rank.username) if mine else rank.username,
                className="name",
                title=rank.username,
            ),
            html.Td(lang.number(rank.session_count), className="number"),
            html.Td(
                lang.compact(rank.total_tokens), className="number", title=lang.number(rank.total_tokens)
            ),
        ],
        className="mine" if mine else "",
    )


def tools(rows: Sequence[ToolTotals], view: View) -> html.Table:
    """Calls, and the share without error among those whose outcome was reported."""
    language = view.language
    most = max((row.call_count for row in rows), default=1)
    titles = [language.text("Tool"), "", language.text("Calls"), language.text("Without error")]
    body = [
        html.Tr(
            [
                html.Td(tool_link(row.tool_name, view), className="name"),
                html.Td(bar(row.call_count / most)),
                html.Td(language.number(row.call_count), className="number"),
                html.Td(success(row, language), className="number rate"),
            ]
        )
        for row in rows
    ]
    return table(language.text("Tools"), titles, body)


def tool_link(tool: str, view: View) -> dcc.Link:
    """To the page of one tool, with the filters as they are."""
    target = query_of(replace(view.selection, tool=tool))
    return dcc.Link(tool_name(tool) or view.language.text("no name"), href=f"/tools{target}", title=tool)


def tool_name(name: str) -> str:
    """A tool of an MCP server by server and tool: mcp__github__search → github · search."""
    parts = mcp.parts_of(name)
    return " · ".join(parts) if parts else name


def success(row: Calls, language: Language) -> html.Span:
    """The share without error, marked where it is worth a look."""
    if row.success_rate is None:
        return unreported(language)
    counts = language.text(
        "{errors} errors, {unreported} calls not reported",
        errors=language.number(row.error_count),
        unreported=language.number(row.unreported_count),
    )
    if row.success_rate >= WORTH_A_LOOK:
        return html.Span(language.percent(row.success_rate), title=counts)
    return html.Span(
        [html.Span("▼ ", className="sign"), language.percent(row.success_rate)],
        className="mood-look",
        title=language.text("Worth a look: {counts}", counts=counts),
    )


def whole_name(name: Any) -> html.Span:
    """A name that is no link; one that is too long is cut on a desk, and takes more lines on a phone."""
    return html.Span(name, className="whole-name", title=name if isinstance(name, str) else None)


def unreported(language: Language) -> html.Span:
    """A dash among numbers; words in every row would hide them. Said in full to those who listen."""
    words = language.text("not reported")
    dash = html.Span("–", **attributes(aria_hidden="true"))
    return html.Span([dash, html.Span(words, className="visually-hidden")], title=words)


def projects(rows: Sequence[ProjectTotals], all_tokens: int, view: View) -> html.Table:
    """Shares of the period's tokens; a click narrows the page to that project."""
    lang = view.language
    rest = all_tokens - sum(row.tokens for row in rows)
    most = max(*(row.tokens for row in rows), rest, 1)
    whole = max(all_tokens, 1)
    body = [_project_row(_project_name(row, view), row.tokens, most, whole, lang) for row in rows]
    if rest > 0 and rows:
        body.append(_project_row(html.Span(lang.text("others"), className="dim"), rest, most, whole, lang))
    return table(lang.text("Projects"), [lang.text("Project"), "", lang.text("Share of tokens")], body)


def _project_name(row: ProjectTotals, view: View) -> Any:
    if not row.project_name:
        return html.Span(view.language.text("no project"), className="dim")
    target = query_of(replace(view.selection, project=row.project_name))
    return dcc.Link(row.project_name, href=f"/{target}", title=row.project_name)


def _project_row(name: Any, tokens: int, most: int, whole: int, lang: Language) -> html.Tr:
    exact = lang.text("{tokens} tokens", tokens=lang.number(tokens))
    return html.Tr(
        [
            html.Td(name, className="name"),
            html.Td(bar(tokens / most)),
            html.Td(lang.percent(tokens / whole), className="number", title=exact),
        ]
    )


def bar(share: float) -> html.Div:
    """A share of the longest bar."""
    width = f"{max(share, 0.01) * 100:.1f}%"
    return html.Div(html.Div(style={"width": width}), className="bar", **attributes(aria_hidden="true"))


def table(caption: str, titles: list[str], body: list[html.Tr], *, shown: bool = False) -> html.Table:
    """Rows under titles that are always said, and seen where they are needed."""
    head = html.Tr([html.Th(title, scope="col") if title else html.Td() for title in titles])
    return html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(head, className="" if shown else "unseen"),
            html.Tbody(body),
        ],
        className="listing",
    )
