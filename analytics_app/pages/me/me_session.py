"""The page of one of the reader's sessions: figures, tokens over time, tools, models, and the text if it is stored."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from analytics_app.charts import theme
from analytics_app.charts.chart import Legend
from analytics_app.charts.session_timeline import session_timeline
from analytics_app.charts.theme import ChartStyle
from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.sections import panel_head, placeholder
from analytics_app.components.shell import Entry
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.pages.me import me_sessions, session_panels
from analytics_app.pages.me.me_sessions import ListRequest
from analytics_app.pages.me.session_panels import PAGE_MESSAGES
from db.connection import Statements
from db.usage import own_sessions
from db.usage.own_sessions import Parts, SessionDetail, SessionMessage, SessionToolCall

ENTRY = Entry(me_sessions.SESSIONS_PATH, "Session", "person", "you", listed=False)
MAX_ID_LENGTH = 200


def layout(view: View) -> html.Div:
    """The page before its figures have come."""
    lang = view.language
    return html.Div(
        [
            html.Header(
                html.Div(
                    [
                        dcc.Link(lang.text("← My sessions"), href="/me", className="back"),
                        html.H1(lang.text("Session"), id="session-title"),
                    ]
                ),
                className="page-head",
            ),
            placeholder("session-body"),
        ],
        className="page session",
    )


def register(app: Dash, service: Service) -> None:
    """One callback answers the whole page; it reads sessions of the person who asks only."""

    @app.callback(
        Output("session-title", "children"),
        Output("session-body", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("theme", "data"),
    )
    def show_session(path: object, search: object, theme_name: object) -> tuple[Any, Any]:
        view = current_view(service)
        if not isinstance(path, str) or not ENTRY.is_at(path):
            raise PreventUpdate
        page = ListRequest.of(search).page
        with service.database.snapshot() as snapshot:
            opened = _read(snapshot, view.account.user_id, session_id_of(path), page)
        if opened is None:
            back = dcc.Link(view.language.text("To my sessions"), href="/me")
            missing = panels.empty(view.language.text("You have no session of this name"), back)
            return view.language.text("Session"), missing
        title = opened.session.project_name or view.language.text("no project")
        return title, _body(opened, ChartStyle(theme.palette(theme_name), view.language), view)


def session_id_of(path: str) -> str:
    """The session id in the path, without what PostgreSQL can't store."""
    name = unquote(path.removeprefix(ENTRY.path), errors="replace")
    return name.encode("utf-8", "replace").decode().replace("\0", "")[:MAX_ID_LENGTH]


@dataclass(frozen=True)
class SessionView:
    """A session with one page of its text."""

    session: SessionDetail
    parts: Parts
    messages: list[SessionMessage]
    calls: list[SessionToolCall]
    #: The number of messages on all pages.
    found: int
    page: int


def _read(db: Statements, user_id: int, session_id: str, page: int) -> SessionView | None:
    session = own_sessions.fetch_own_session(db, user_id, session_id)
    if session is None:
        return None
    parts = own_sessions.fetch_session_parts(db, user_id, session_id)
    if not session.text_shared:
        return SessionView(session, parts, [], [], 0, page)
    messages = own_sessions.list_session_messages(
        db, user_id, session_id, limit=PAGE_MESSAGES, offset=(page - 1) * PAGE_MESSAGES
    )
    calls = own_sessions.list_session_calls(db, user_id, session_id, messages)
    found = own_sessions.count_session_messages(db, user_id, session_id)
    return SessionView(session, parts, messages, calls, found, page)


def _body(opened: SessionView, style: ChartStyle, view: View) -> list[Any]:
    lang, session, parts = view.language, opened.session, opened.parts
    text = [
        session_panels.text(session, opened.messages, opened.calls, view),
        session_panels.pager(session.session_id, opened.page, opened.found, lang),
    ]
    return [
        session_panels.figures(session, parts, view),
        session_panels.origin(session, parts, view),
        html.Div(
            [
                _panel("session-timeline", lang.text("Tokens over time"), _timeline(session, style)),
                _panel("session-tools", lang.text("Tools"), session_panels.tools(parts, view)),
                _panel("session-models", lang.text("Models"), session_panels.models(parts, lang)),
                _panel("session-text", lang.text("Text"), text),
            ],
            className="session-panels",
        ),
    ]


def _panel(name: str, title: str, content: Any) -> html.Section:
    return html.Section(
        [panel_head(title), html.Div(content)],
        className=f"panel panel-{name}",
        **attributes(aria_label=title),
    )


def _timeline(session: SessionDetail, style: ChartStyle) -> Any:
    lang = style.language
    if not session.token_timeline:
        return panels.empty(
            lang.text("No course is known"),
            lang.text("It comes with clients that report each response, from their next upload on."),
        )
    figure = session_timeline(session.token_timeline, style)
    graph = dcc.Graph(figure=figure, config=panels.GRAPH_CONFIG, style={"height": "240px"})
    summary = lang.text("Bars of tokens in and out over the session; the sums are in the table of models")
    known_times = session.token_timeline[0][0] is not None
    shown = Legend(
        {"category-0": lang.text("in"), "category-4": lang.text("out")},
        note=lang.text("time since the start") if known_times else "",
    )
    return [
        html.Div(graph, role="img", **attributes(aria_label=summary)),
        html.Div(panels.legend(shown), className="legend"),
    ]
