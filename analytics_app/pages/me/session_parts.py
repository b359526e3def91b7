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
    lang = view.language
    cached = session.cache_read_tokens + session.cache_creation_tokens
    shown = [
        (lang.text("Tokens"), lang.compact(session.tokens), _tokens_beside(session, cached, lang)),
        (lang.text("Estimated cost"), _cost(parts, lang), lang.text("at list price")),
        (lang.text("Duration"), duration(session.duration_seconds, lang), view.moment(session.started_at)),
        (lang.text("Messages"), lang.number(session.total_messages), ""),
        (lang.text("Tool calls"), lang.number(sum(tool.call_count for tool in parts.tools)), ""),
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


def _tokens_beside(session: SessionDetail, cached: int, lang: Language) -> str:
    parts = lang.text(
        "{in_} in · {out} out", in_=lang.compact(session.tokens_in), out=lang.compact(session.tokens_out)
    )
    return f"{parts} " + lang.text("+ {tokens} cache", tokens=lang.compact(cached)) if cached else parts


def _cost(parts: Parts, lang: Language) -> str:
    """Never nought where a price is not known."""
    costs = [model.cost_usd for model in parts.models if model.cost_usd is not None]
    return lang.money(sum(costs, Decimal(0))) if costs else lang.text("unknown")


def origin(session: SessionDetail, parts: Parts, view: View) -> html.P:
    """Where it came from, in one line; then its tags."""
    lang = view.language
    agent = " ".join(filter(None, (session.agent, session.agent_version)))
    known = [
        (lang.text("branch"), session.git_branch),
        (lang.text("machine"), session.machine),
        (lang.text("client"), agent),
        (lang.text("received"), view.moment(session.imported_at)),
    ]
    words = [html.Span([f"{name} ", html.Strong(value)]) for name, value in known if value]
    tags = [html.Span(tag, className="tag") for tag in parts.tags]
    return html.P([*words, *tags], className="origin")


def models(parts: Parts, lang: Language) -> Any:
    """Tokens of each model, and what they cost."""
    titles = [
        lang.text("Model"),
        lang.text("Responses"),
        lang.text("Tokens in"),
        lang.text("Tokens out"),
        lang.text("From the cache"),
        lang.text("Estimated cost"),
    ]
    rows = [
        html.Tr(
            [
                html.Td(model.model or lang.text("not reported"), className="name"),
                *(
                    html.Td(shown, className="number", **attributes(data_title=title))
                    for title, shown in zip(
                        titles[1:],
                        (
                            lang.number(model.responses),
                            lang.number(model.tokens_in),
                            lang.number(model.tokens_out),
                            lang.compact(model.cache_read_tokens),
                            lang.text("unknown") if model.cost_usd is None else lang.money(model.cost_usd),
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
            html.Caption(lang.text("Models"), className="visually-hidden"),
            html.Thead(html.Tr(head)),
            html.Tbody(rows),
        ],
        className="records",
    )
    return tables.scrolling(table, lang.text("Models"))


def tools(parts: Parts, view: View) -> Any:
    """Calls of each tool, and how many went well."""
    lang = view.language
    if parts.tools:
        return tools_table(parts.tools, view)
    return panels.empty(lang.text("No tool calls"), lang.text("This session reported none."))


def text(session: SessionDetail, messages: Sequence[Message], calls: Sequence[ToolCall], view: View) -> Any:
    """What was said, where it is shared; else why there is nothing, and how to change that."""
    lang = view.language
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
            lang.text("No text came with this session"), lang.text("Its client sends figures only.")
        )
    change = dcc.Link(lang.text("What is kept is up to you: Privacy"), href="/me#privacy")
    return panels.empty(lang.text("The text of this session is not stored"), change)


def _message(message: Message, calls: Sequence[ToolCall], view: View) -> html.Li:
    lang = view.language
    head: list[Any] = [html.Strong(_speaker(message.role, lang))]
    if message.timestamp:
        head.append(html.Span(view.moment(message.timestamp), className="dim"))
    cut = message.length - len(message.content)
    more = lang.text("{count} more characters are in the download of your data", count=lang.number(cut))
    return html.Li(
        [
            html.Div(head, className="message-head"),
            # Whatever it holds, it is text: never parsed as markup, neither HTML nor Markdown.
            html.Pre(_plain(message.content)) if message.content else None,
            None if message.content or calls else html.P(lang.text("without text"), className="dim"),
            html.P(more, className="hint") if cut > 0 else None,
            *(_call(call, lang) for call in calls),
        ],
        className=f"message {'user' if message.role == 'user' else 'other'}",
    )


def _plain(text: str) -> str:
    """The text without what would colour it in a terminal."""
    return COLOURS.sub("", text)


def _speaker(role: str, lang: Language) -> str:
    """Who said it; a role that we do not know keeps its name."""
    return {"user": lang.text("You"), "assistant": lang.text("Assistant")}.get(role, role)


def _call(call: ToolCall, lang: Language) -> html.Details:
    outcome = {
        True: lang.text("went well"),
        False: lang.text("ended in an error"),
        None: lang.text("not reported"),
    }
    words = [html.Strong(tool_name(call.tool_name)), html.Span(outcome[call.success], className=_mood(call))]
    if call.duration_ms is not None:
        words.append(html.Span(_took(call.duration_ms, lang), className="dim"))
    sides = [(lang.text("Input"), call.tool_input), (lang.text("Output"), call.tool_output)]
    return html.Details(
        [
            html.Summary(words),
            *(html.Div([html.H4(name), html.Pre(_plain(value))]) for name, value in sides if value),
        ],
        className="call",
    )


def _took(milliseconds: int, lang: Language) -> str:
    if milliseconds < 1000:
        return lang.text("{ms} ms", ms=lang.number(milliseconds))
    return lang.text("{seconds} s", seconds=lang.decimal(milliseconds / 1000))


def _mood(call: ToolCall) -> str:
    return "mood-look" if call.success is False else "dim"


def pager(session_id: str, page: int, found: int, lang: Language) -> html.Nav | None:
    """The way through a long session."""
    pages = max(1, -(-found // PAGE_MESSAGES))
    if pages == 1:
        return None
    where = lang.text("Page {page} of {pages}", page=lang.number(page), pages=lang.number(pages))
    return html.Nav(
        [
            _step(lang.text("Back"), session_id, page - 1, pages),
            html.Span(where, className="dim"),
            _step(lang.text("Next"), session_id, page + 1, pages),
        ],
        className="pager",
        **attributes(aria_label=lang.text("Pages of the text")),
    )


def _step(name: str, session_id: str, page: int, pages: int) -> dcc.Link | html.Span:
    if not 1 <= page <= pages:
        return html.Span(name, className="button small off", **attributes(aria_hidden="true"))
    return dcc.Link(name, href=f"{session_address(session_id)}?page={page}", className="button small")
