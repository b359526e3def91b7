"""What the page of one session is made of; names and text are data from outside, and shown as text alone."""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import dcc, html

from analytics_app.components import panels, tables
from analytics_app.components.attributes import attributes
from analytics_app.components.listings import tool_name
from analytics_app.components.listings import tools as tools_table
from analytics_app.i18n.languages import Language
from analytics_app.pages.me.me_sessions import duration, session_address
from analytics_app.view import View
from db.usage.own_sessions import Message, Parts, SessionDetail, ToolCall

PAGE_MESSAGES = 50
# ESC [ and m, and what stands between.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def facts(session: SessionDetail, parts: Parts, view: View) -> html.Dl:
    """The figures of the session, each under its name."""
    said = view.language
    cached = session.cache_read_tokens + session.cache_creation_tokens
    shown = [
        (said.text("Tokens"), said.compact(session.tokens), _tokens_beside(session, cached, said)),
        (said.text("Estimated cost"), _cost(parts, said), said.text("at list price")),
        (said.text("Duration"), duration(session.duration_seconds, said), view.moment(session.started_at)),
        (said.text("Messages"), said.number(session.total_messages), ""),
        (said.text("Tool calls"), said.number(sum(tool.call_count for tool in parts.tools)), ""),
    ]
    return html.Dl(
        [
            html.Div(
                [html.Dt(name), html.Dd([html.Strong(value), html.Span(beside, className="below")])],
                className="fact",
            )
            for name, value, beside in shown
        ],
        className="facts",
    )


def _tokens_beside(session: SessionDetail, cached: int, said: Language) -> str:
    parts = said.text(
        "{in_} in · {out} out", in_=said.compact(session.tokens_in), out=said.compact(session.tokens_out)
    )
    return f"{parts} " + said.text("+ {tokens} cache", tokens=said.compact(cached)) if cached else parts


def _cost(parts: Parts, said: Language) -> str:
    """Never nought where a price is not known."""
    costs = [model.cost_usd for model in parts.models if model.cost_usd is not None]
    return said.money(sum(costs, Decimal(0))) if costs else said.text("unknown")


def origin(session: SessionDetail, parts: Parts, view: View) -> html.P:
    """Where it came from, in one line; then its tags."""
    said = view.language
    agent = " ".join(filter(None, (session.agent, session.agent_version)))
    known = [
        (said.text("branch"), session.git_branch),
        (said.text("machine"), session.machine),
        (said.text("client"), agent),
        (said.text("received"), view.moment(session.imported_at)),
    ]
    words = [html.Span([f"{name} ", html.Strong(value)]) for name, value in known if value]
    tags = [html.Span(tag, className="tag") for tag in parts.tags]
    return html.P([*words, *tags], className="origin")


def models(parts: Parts, said: Language) -> Any:
    """Tokens of each model, and what they cost."""
    titles = [
        said.text("Model"),
        said.text("Responses"),
        said.text("Tokens in"),
        said.text("Tokens out"),
        said.text("From the cache"),
        said.text("Estimated cost"),
    ]
    rows = [
        html.Tr(
            [
                html.Td(model.model or said.text("not reported"), className="name"),
                *(
                    html.Td(shown, className="number", **attributes(data_title=title))
                    for title, shown in zip(
                        titles[1:],
                        (
                            said.number(model.responses),
                            said.number(model.tokens_in),
                            said.number(model.tokens_out),
                            said.compact(model.cache_read_tokens),
                            said.text("unknown") if model.cost_usd is None else said.money(model.cost_usd),
                        ),
                        strict=True,
                    )
                ),
            ]
        )
        for model in parts.models
    ]
    head = [html.Th(title, scope="col", className="" if title == titles[0] else "number") for title in titles]
    table = html.Table(
        [
            html.Caption(said.text("Models"), className="visually-hidden"),
            html.Thead(html.Tr(head)),
            html.Tbody(rows),
        ],
        className="records",
    )
    return tables.scrolling(table, said.text("Models"))


def tools(parts: Parts, view: View) -> Any:
    """Calls of each tool, and how many went well."""
    said = view.language
    if parts.tools:
        return tools_table(parts.tools, view)
    return panels.empty(said.text("No tool calls"), said.text("This session reported none."))


def text(session: SessionDetail, messages: Sequence[Message], calls: Sequence[ToolCall], view: View) -> Any:
    """What was said, where it is shared; else why there is nothing, and how to change that."""
    said = view.language
    if messages:
        of_message: dict[int, list[ToolCall]] = defaultdict(list)
        for call in calls:
            of_message[call.message_sequence].append(call)
        return html.Ol(
            [_message(message, of_message[message.sequence], view) for message in messages],
            className="messages",
        )
    if session.text_shared:
        return panels.empty(
            said.text("No text came with this session"), said.text("Its client sends figures only.")
        )
    change = dcc.Link(said.text("What is kept is up to you: Privacy"), href="/me#privacy")
    return panels.empty(said.text("The text of this session is not stored"), change)


def _message(message: Message, calls: Sequence[ToolCall], view: View) -> html.Li:
    said = view.language
    head: list[Any] = [html.Strong(_speaker(message.role, said))]
    if message.timestamp:
        head.append(html.Span(view.moment(message.timestamp), className="dim"))
    cut = message.length - len(message.content)
    more = said.text("{count} more characters are in the download of your data", count=said.number(cut))
    return html.Li(
        [
            html.Div(head, className="message-head"),
            # Whatever it holds, it is text: never parsed as markup, neither HTML nor Markdown.
            html.Pre(_plain(message.content)) if message.content else None,
            None if message.content or calls else html.P(said.text("without text"), className="dim"),
            html.P(more, className="hint") if cut > 0 else None,
            *(_call(call, said) for call in calls),
        ],
        className=f"message {'user' if message.role == 'user' else 'other'}",
    )


def _plain(text: str) -> str:
    """The text without what would colour it in a terminal."""
    return COLOURS.sub("", text)


def _speaker(role: str, said: Language) -> str:
    """Who said it; a role that we do not know keeps its name."""
    return {"user": said.text("You"), "assistant": said.text("Assistant")}.get(role, role)


def _call(call: ToolCall, said: Language) -> html.Details:
    outcome = {
        True: said.text("went well"),
        False: said.text("ended in an error"),
        None: said.text("not reported"),
    }
    words = [html.Strong(tool_name(call.tool_name)), html.Span(outcome[call.success], className=_mood(call))]
    if call.duration_ms is not None:
        words.append(html.Span(_took(call.duration_ms, said), className="dim"))
    sides = [(said.text("Input"), call.tool_input), (said.text("Output"), call.tool_output)]
    return html.Details(
        [
            html.Summary(words),
            *(html.Div([html.H4(name), html.Pre(_plain(value))]) for name, value in sides if value),
        ],
        className="call",
    )


def _took(milliseconds: int, said: Language) -> str:
    if milliseconds < 1000:
        return said.text("{ms} ms", ms=said.number(milliseconds))
    return said.text("{seconds} s", seconds=said.decimal(milliseconds / 1000))


def _mood(call: ToolCall) -> str:
    return "mood-look" if call.success is False else "dim"


def pager(session_id: str, page: int, found: int, said: Language) -> html.Nav | None:
    """The way through a long session."""
    pages = max(1, -(-found // PAGE_MESSAGES))
    if pages == 1:
        return None
    where = said.text("Page {page} of {pages}", page=said.number(page), pages=said.number(pages))
    return html.Nav(
        [
            _step(said.text("Back"), session_id, page - 1, pages),
            html.Span(where, className="dim"),
            _step(said.text("Next"), session_id, page + 1, pages),
        ],
        className="pager",
        **attributes(aria_label=said.text("Pages of the text")),
    )


def _step(name: str, session_id: str, page: int, pages: int) -> dcc.Link | html.Span:
    if not 1 <= page <= pages:
        return html.Span(name, className="button small off", **attributes(aria_hidden="true"))
    return dcc.Link(name, href=f"{session_address(session_id)}?page={page}", className="button small")
