"""The commands that connect each kind of client, with the server's address and the key filled in."""

import re
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

import flask
from dash import html

from analytics_app.components.controls import copy_button
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language

HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
SAMPLE_LENGTH = timedelta(minutes=1)


def names(lang: Language) -> dict[str, str]:
    """Every kind of client with its name, the quickest first."""
    return {
        "curl": lang.text("Try it with curl"),
        "claude-code": lang.text("Claude Code, by a hook"),
        "agent": lang.text("claude-insights-agent"),
    }


def address(view: View) -> str:
    """The address of ingest: the setting, or ingest's port at the host of the dashboard."""
    settings = view.service.settings
    if settings.ingest_url:
        return settings.ingest_url
    here = urlsplit(flask.request.host_url)
    host = f"[{here.hostname}]" if ":" in (here.hostname or "") else here.hostname or ""
    # It becomes part of a command line, so anything but a host name must not pass.
    known = host if HOST.fullmatch(host) else "localhost"
    return f"{here.scheme}://{known}:{settings.ingest_port}"


def snippets(view: View, key: str) -> list[Any]:
    """The commands for all kinds of clients; the style sheet shows those of the chosen one."""
    lang = view.language
    now = view.service.now().astimezone(UTC).replace(microsecond=0)
    values = {
        "address": address(view),
        "key": key,
        "level": view.account.share_level,
        "stamp": f"{now:%Y%m%d-%H%M%S}",
        "started_at": (now - SAMPLE_LENGTH).isoformat(),
        "ended_at": now.isoformat(),
    }
    parts = {
        "curl": [(lang.text("Run this in a terminal: it sends a made-up session of one minute."), "curl")],
        "claude-code": [
            (
                lang.text("Run this once. It needs jq and curl. It sends figures, never text."),
                "claude-code",
            ),
            (
                lang.text("Then add this to ~/.claude/settings.json, and end a session."),
                "claude-code-settings",
            ),
        ],
        "agent": [(lang.text("Run this: it writes the agent's settings, and starts it."), "agent")],
    }
    return [
        html.Div(
            [
                part
                for text, name in steps
                for part in (html.P(text, className="dim"), _snippet(name, values, lang))
            ],
            className=f"client client-{client}",
        )
        for client, steps in parts.items()
    ]


def _snippet(name: str, values: dict[str, str], lang: Language) -> html.Div:
    text = flask.render_template(f"connect/{name}.txt", **values)
    code = html.Pre(html.Code(text, id=f"snippet-{name}"), tabIndex=0)
    return html.Div([code, copy_button(f"snippet-{name}", lang)], className="snippet")


def key_line(key: str, lang: Language) -> html.Div:
    """The new key by itself, which is shown only once."""
    note: list[Any] = [html.Span("✓ "), lang.text("It stands in the commands below, and is shown only now.")]
    secret = [html.Code(key, id="connect-raw-key"), copy_button("connect-raw-key", lang)]
    return html.Div([html.P(note, className="done"), html.Div(secret, className="secret")])
