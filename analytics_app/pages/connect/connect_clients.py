"""What each kind of client has to be told: commands with the server's address and the key already in them."""

import re
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlsplit

import flask
from dash import html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.view import View

HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
SAMPLE_LENGTH = timedelta(minutes=1)


def names(lang: Language) -> dict[str, str]:
    """Every kind of client, the quickest first."""
    return {
        "curl": lang.text("Try it with curl"),
        "claude-code": lang.text("Claude Code, by a hook"),
        "agent": lang.text("claude-insights-agent"),
    }


def address(view: View) -> str:
    """Where uploads go, as seen from where the dashboard was opened."""
    settings = view.service.settings
    if settings.ingest_url:
        return settings.ingest_url
    here = urlsplit(flask.request.host_url)
    host = f"[{here.hostname}]" if ":" in (here.hostname or "") else here.hostname or ""
    # It becomes part of a command line: a host that is none must not.
    known = host if HOST.fullmatch(host) else "localhost"
    return f"{here.scheme}://{known}:{settings.ingest_port}"


def snippets(view: View, key: str) -> list[Any]:
    """The commands of all kinds; the page shows those of the chosen one."""
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
        "curl": [
            _words(lang.text("Run this in a terminal: it sends a made-up session of one minute.")),
            _commands("curl", values, lang),
        ],
        "claude-code": [
            _words(lang.text("Run this once. It needs jq and curl. It sends figures, never text.")),
            _commands("claude-code", values, lang),
            _words(lang.text("Then add this to ~/.claude/settings.json, and end a session.")),
            _commands("claude-code-settings", values, lang),
        ],
        "agent": [
            _words(lang.text("Run this: it writes the agent's settings, and starts it.")),
            _commands("agent", values, lang),
        ],
    }
    return [html.Div(content, className=f"client client-{client}") for client, content in parts.items()]


def _words(text: str) -> html.P:
    return html.P(text, className="dim")


def _commands(name: str, values: dict[str, str], lang: Language) -> html.Div:
    text = flask.render_template(f"connect/{name}.txt", **values)
    copy = attributes(data_copy=f"snippet-{name}", data_done=lang.text("Copied"))
    return html.Div(
        [
            html.Pre(html.Code(text, id=f"snippet-{name}"), tabIndex=0),
            html.Button(lang.text("Copy"), className="button small", type="button", **copy),
        ],
        className="snippet",
    )


def key_line(key: str, lang: Language) -> html.Div:
    """The one time that the key can be read by itself."""
    copy = attributes(data_copy="connect-raw-key", data_done=lang.text("Copied"))
    return html.Div(
        [
            html.P(
                [html.Span("✓ "), lang.text("It stands in the commands below, and is shown only now.")],
                className="done",
            ),
            html.Div(
                [
                    html.Code(key, id="connect-raw-key"),
                    html.Button(lang.text("Copy"), className="button small", type="button", **copy),
                ],
                className="secret",
            ),
        ]
    )
