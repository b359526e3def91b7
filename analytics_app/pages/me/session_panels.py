"""The parts of the page of one session; clients send its names and texts, so they are shown as plain text only."""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.components.controls import numbered_pager
from analytics_app.components.listings import tool_name
from analytics_app.components.listings import tools as tools_table
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.me.me_sessions import duration, session_address
from db.usage.own_sessions import Parts, SessionDetail, SessionMessage, SessionToolCall

PAGE_MESSAGES = 50
# A terminal colour: ESC [, digits and semicolons, and m.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def figures(session: SessionDetail, parts: Parts, view: View) -> html.Dl:
    """The figures of the session, each under its name."""
    lang = view.language
    cached = session.cache_read_tokens + session.cache_creation_tokens
    tokens = lang.text(
        "{in_} in · {out} out", in_=lang.compact(session.tokens_in), out=lang.compact(session.tokens_out)
    )
    if cached:
        tokens += " " + lang.text("+ {tokens} cache", tokens=lang.compact(cached))
    costs = [model.cost_usd for model in parts.models if model.cost_usd is not None]
    # Never 0 where no price is known.
    cost = lang.money(sum(costs, Decimal(0))) if costs else lang.text("unknown")
    shown = [
        (lang.text("Tokens"), lang.compact(session.tokens), tokens),
        (lang.text("Estimated cost"), cost, lang.text("at list price")),
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


def origin(session: SessionDetail, parts: Parts, view: View) -> html.P:
    """Branch, machine, client and time of arrival in one line, and its tags."""
    lang = view.language
    agent = " ".join(filter(None, (session.agent, session.agent_version)))
    known = [
        (lang.text("branch"), session.git_branch),
        (lang.text("machine"), session.machine),
        (lang.text("client"), agent),
        (lang.text("received"), view.moment(session.imported_at)),
    ]
    origins = [html.Span([f"{name} ", html.Strong(value)]) for name, value in known if value]
    tags = [html.Span(tag, className="tag") for tag in parts.tags]
    return html.P([*origins, *tags], className="origin")


def models(parts: Parts, lang: Language) -> html.Div:
    """Tokens of each model, and what they cost."""
    numbers = (
        lang.text("Responses"),
        lang.text("Tokens in"),
        lang.text("Tokens out"),
        lang.text("From the cache"),
        lang.text("Estimated cost"),
    )
    columns = [Column(lang.text("Model"), "name")]
    columns += [Column(name, "number", head_kind="number", titled_on_phone=True) for name in numbers]
    rows = [
        Row(
            [
                model.model or lang.text("not reported"),
                lang.number(model.responses),
                lang.number(model.tokens_in),
                lang.number(model.tokens_out),
                lang.compact(model.cache_read_tokens),
                lang.known(model.cost_usd, lang.money),
            ]
        )
        for model in parts.models
    ]
    return records(lang.text("Models"), columns, rows)


def tools(parts: Parts, view: View) -> Any:
    """Calls of each tool, and the share without error."""
    lang = view.language
    if parts.tools:
        return tools_table(parts.tools, view)
    return panels.empty(lang.text("No tool calls"), lang.text("This session reported none."))


def text(
    session: SessionDetail, messages: Sequence[SessionMessage], calls: Sequence[SessionToolCall], view: View
) -> Any:
    """The messages with their tool calls; or why none are stored, and how to change that."""
    lang = view.language
    if messages:
        of_message: dict[int, list[SessionToolCall]] = defaultdict(list)
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


def _message(message: SessionMessage, calls: Sequence[SessionToolCall], view: View) -> html.Li:
    lang = view.language
    speaker = {"user": lang.text("You"), "assistant": lang.text("Assistant")}.get(message.role, message.role)
    head: list[Any] = [html.Strong(speaker)]
    if message.timestamp:
        head.append(html.Span(view.moment(message.timestamp), className="dim"))
    cut = message.length - len(message.content)
    more = lang.text("{count} more characters are in the download of your data", count=lang.number(cut))
    return html.Li(
        [
            html.Div(head, className="message-head"),
            # Shown as text whatever it holds: never parsed as HTML or Markdown.
            html.Pre(_plain(message.content)) if message.content else None,
            None if message.content or calls else html.P(lang.text("without text"), className="dim"),
            html.P(more, className="hint") if cut > 0 else None,
            *(_call(call, lang) for call in calls),
        ],
        className=f"message {'user' if message.role == 'user' else 'other'}",
    )


def _plain(text: str) -> str:
    """The text without the colours that a terminal would show."""
    return COLOURS.sub("", text)


def _call(call: SessionToolCall, lang: Language) -> html.Details:
    outcome = {
        True: lang.text("went well"),
        False: lang.text("ended in an error"),
        None: lang.text("not reported"),
    }[call.success]
    mood = "mood-look" if call.success is False else "dim"
    summary = [html.Strong(tool_name(call.tool_name)), html.Span(outcome, className=mood)]
    if call.duration_ms is not None:
        took = (
            lang.text("{ms} ms", ms=lang.number(call.duration_ms))
            if call.duration_ms < 1000
            else lang.text("{seconds} s", seconds=lang.decimal(call.duration_ms / 1000))
        )
        summary.append(html.Span(took, className="dim"))
    sides = [(lang.text("Input"), call.tool_input), (lang.text("Output"), call.tool_output)]
    return html.Details(
        [
            html.Summary(summary),
            *(html.Div([html.H4(name), html.Pre(_plain(value))]) for name, value in sides if value),
        ],
        className="call",
    )


def pager(session_id: str, page: int, found: int, lang: Language) -> html.Nav | None:
    """The pager of a long session."""
    return numbered_pager(
        page,
        max(1, -(-found // PAGE_MESSAGES)),
        lambda number: f"{session_address(session_id)}?page={number}",
        lang,
        lang.text("Pages of the text"),
    )
