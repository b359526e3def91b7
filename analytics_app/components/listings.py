"""Short ranked lists with a bar in each row, and the cells that lists share: links, shares, costs."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dash import dcc, html

from analytics_app.analysis import mcp
from analytics_app.components.attributes import attributes
from analytics_app.components.tables import Exact, Field, bar, item_list
from analytics_app.context.selection import query_of
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import Calls, ToolTotals
from db.usage.usage_records import ProjectTotals, Rank

SHOWN_RANKS = 9
SHOWN_TOOLS = 8
SHOWN_PROJECTS = 7
#: Below this share of calls without error a tool is worth a look.
WORTH_A_LOOK = 0.9


def leaderboard(ranks: Sequence[Rank], view: View) -> html.Table:
    """The first of those who take part; the reader's own row too, wherever it is."""
    lang, reader = view.language, view.account.user_id
    own = [rank for rank in ranks[SHOWN_RANKS:] if rank.user_id == reader]
    return item_list(
        lang.text("Leaderboard"),
        [*ranks[: SHOWN_RANKS - len(own)], *own],
        Field(lang.text("Rank"), lambda rank: lang.number(rank.rank), "place"),
        Field(lang.text("Name"), lambda rank: person_name(rank.username, rank.user_id, view), "name"),
        Field(lang.text("Sessions"), lambda rank: lang.number(rank.session_count)),
        Field(lang.text("Tokens"), lambda rank: tokens(rank.total_tokens, lang)),
        marked=lambda rank: rank.user_id == reader,
    )


def person_name(name: str, user_id: int, view: View) -> Exact:
    """A name of a leaderboard, which marks the reader."""
    mine = user_id == view.account.user_id
    return Exact(view.language.text("{name} (you)", name=name) if mine else name, name)


def tokens(count: int, lang: Language) -> Exact:
    """A number of tokens, short, and exact on hover."""
    return Exact(lang.compact(count), lang.number(count))


def tools(rows: Sequence[ToolTotals], view: View) -> html.Table:
    """Calls, and the share without error among those whose outcome was reported."""
    lang = view.language
    most = max((row.call_count for row in rows), default=1)
    return item_list(
        lang.text("Tools"),
        rows,
        Field(lang.text("Tool"), lambda row: tool_link(row.tool_name, view), "name"),
        Field("", lambda row: bar(row.call_count / most), ""),
        Field(lang.text("Calls"), lambda row: lang.number(row.call_count)),
        Field(lang.text("Without error"), lambda row: success(row, lang), "number rate"),
        hide_titles=True,
    )


def tool_link(tool: str, view: View) -> dcc.Link:
    """To the page of one tool, with the filters as they are."""
    target = query_of(replace(view.selection, tool=tool))
    return dcc.Link(tool_name(tool) or view.language.text("no name"), href=f"/tools{target}", title=tool)


def tool_name(name: str) -> str:
    """A tool of an MCP server by server and tool: mcp__github__search → github · search."""
    parts = mcp.parts_of(name)
    return " · ".join(parts) if parts else name


def success(row: Calls, lang: Language) -> html.Span:
    """The share without error, marked where it is worth a look."""
    if row.success_rate is None:
        return unreported(lang)
    counts = lang.text(
        "{errors} errors, {unreported} calls not reported",
        errors=lang.number(row.error_count),
        unreported=lang.number(row.unreported_count),
    )
    if row.success_rate >= WORTH_A_LOOK:
        return html.Span(lang.percent(row.success_rate), title=counts)
    return html.Span(
        [html.Span("▼ ", className="sign"), lang.percent(row.success_rate)],
        className="mood-look",
        title=lang.text("Worth a look: {counts}", counts=counts),
    )


def whole_name(name: Any) -> html.Span:
    """A name that is no link; a long one is cut on a desk, and takes more lines on a phone."""
    return html.Span(name, className="whole-name", title=name if isinstance(name, str) else None)


def unreported(lang: Language) -> html.Span:
    """A dash among numbers, since text in every row would hide them; screen readers read the text."""
    text = lang.text("not reported")
    dash = html.Span("–", **attributes(aria_hidden="true"))
    return html.Span([dash, html.Span(text, className="visually-hidden")], title=text)


def projects(rows: Sequence[ProjectTotals], all_tokens: int, view: View) -> html.Table:
    """Shares of the period's tokens; a click narrows the page to that project."""
    lang = view.language
    counts = [(project_link(row.project_name, view), row.tokens) for row in rows]
    remainder = all_tokens - sum(row.tokens for row in rows)
    if remainder > 0 and rows:
        counts.append((html.Span(lang.text("others"), className="dim"), remainder))
    most = max((count for _, count in counts), default=0) or 1

    def share(count: int) -> Exact:
        exact = lang.text("{tokens} tokens", tokens=lang.number(count))
        return Exact(lang.percent(count / max(all_tokens, 1)), exact)

    return item_list(
        lang.text("Projects"),
        counts,
        Field(lang.text("Project"), lambda row: row[0], "name"),
        Field("", lambda row: bar(row[1] / most), ""),
        Field(lang.text("Share of tokens"), lambda row: share(row[1])),
        hide_titles=True,
    )


def project_link(project: str, view: View) -> Any:
    """To the Team page narrowed to the project; "" = sessions that belong to none."""
    if not project:
        return html.Span(view.language.text("no project"), className="dim")
    target = query_of(replace(view.selection, project=project))
    return dcc.Link(project, href=f"/{target}", title=project)


def cost(known: Decimal | None, unpriced: int, lang: Language) -> html.Span:
    """Money, or that it is not known; a + and a hint where some of the tokens have no price."""
    missing = lang.text("{tokens} tokens without price", tokens=lang.number(unpriced))
    if known is None and unpriced:
        return html.Span(lang.text("unknown"), className="unknown", title=missing)
    money = lang.money(known or Decimal(0))
    if not unpriced:
        return html.Span(money)
    return html.Span([money, html.Span("+", className="plus")], title=missing)


def with_rest(shown: html.Table, hidden: int, lang: Language) -> list[Any]:
    """A list, and how many more rows its CSV file holds, if any."""
    if hidden <= 0:
        return [shown]
    more = lang.plural("{count} more is in the CSV", "{count} more are in the CSV", hidden)
    return [shown, html.P(more, className="more")]
