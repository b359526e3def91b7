"""The Dash app: one server, one guard, one list of pages."""

from pathlib import Path
from types import ModuleType
from typing import Any, Final

import flask
from dash import Dash, Input, Output, State, html
from flask_compress import Compress
from flask_login import current_user

import analytics_app.pages.admin.page
import analytics_app.pages.connect.page
import analytics_app.pages.leaderboard.page
import analytics_app.pages.me.page
import analytics_app.pages.models.page
import analytics_app.pages.projects.page
import analytics_app.pages.team.page
import analytics_app.pages.tools.page
import analytics_app.pages.trends.page
from analytics_app.auth import guard, login
from analytics_app.components import filters, live, panels, shell
from analytics_app.config import AnalyticsSettings
from analytics_app.context import Clock, Offload, Queue, Service, call, utc_now
from analytics_app.http import callback_body, data_download, security, static_files, turns
from analytics_app.pages.admin import admin_audit, admin_exports, admin_inbox, admin_schedule
from analytics_app.pages.me import me_session
from analytics_app.view import current_language, current_view
from db.connection import Database

#: Every page, in the order of the navigation.
PAGES: Final[tuple[ModuleType, ...]] = (
    analytics_app.pages.team.page,
    analytics_app.pages.leaderboard.page,
    analytics_app.pages.tools.page,
    analytics_app.pages.trends.page,
    analytics_app.pages.projects.page,
    analytics_app.pages.models.page,
    analytics_app.pages.me.page,
    me_session,
    analytics_app.pages.connect.page,
    analytics_app.pages.admin.page,
    admin_inbox,
    admin_schedule,
    admin_exports,
    admin_audit,
)
ENTRIES: Final[tuple[shell.Entry, ...]] = tuple(page.ENTRY for page in PAGES)

FOLDER = Path(__file__).parent
#: Our files stand in index.html, in an order and under addresses of our own.
NOTHING_BY_DASH = ".*"


class Insights(Dash):
    """Dash with a first HTML answer that is in the reader's language and shows the frame at once."""

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """Fill the page that carries the app."""
        person = guard.current_account()
        return flask.render_template(
            "index.html",
            **{**parts, "app_entry": ""},
            language=current_language(person).code,
            theme=person.theme or "",
            asset=static_files.address,
        )


def create_app(
    *,
    database: Database,
    settings: AnalyticsSettings,
    clock: Clock = utc_now,
    queue: Queue | None = None,
    offload: Offload = call,
) -> Dash:
    """Build the app from its collaborators; its `server` is the WSGI application."""
    service = Service(database, settings, clock, queue, offload)
    server = flask.Flask(__name__, static_folder=None, template_folder=str(FOLDER / "templates"))
    server.secret_key = settings.signing_key
    security.believe_proxies(server, settings.trusted_proxies)
    # The order is the order in which each of them sees a request.
    guard.install(server, database)
    turns.install(server)
    app = _dash(server, settings.insights_title)
    security.install(server, app.csp_hashes)
    login.install(server, service)
    data_download.install(server, service)
    callback_body.install(server, app.callback_map)
    server.after_request(_not_found_stays_not_found)
    _compress(server)
    static_files.install(server)
    app.layout = lambda: _frame_for_whoever_asks(service)
    _register(app, service)
    _finish_setup(app, server)
    return app


def _frame_for_whoever_asks(service: Service) -> Any:
    """The frame; nothing for nobody, since Dash asks for the layout once by itself."""
    return shell.frame(current_view(service), ENTRIES) if current_user.is_authenticated else html.Div()


def _finish_setup(app: Dash, server: flask.Flask) -> None:
    """Have Dash find its files now: left to the first request, a second one beside it gets errors for good."""
    with server.test_request_context():
        app._setup_server()  # type: ignore[no-untyped-call]


def _dash(server: Any, title: str) -> Dash:
    """Dash on our server: no page scan, no assistant's door, nothing from elsewhere."""
    return Insights(
        __name__,
        server=server,
        pages_folder="",
        use_pages=False,
        assets_folder=str(FOLDER / "assets"),
        assets_ignore=NOTHING_BY_DASH,
        title=title,
        update_title="",
        suppress_callback_exceptions=True,
        csrf_token_name=security.CSRF_COOKIE,
        enable_mcp=False,
        add_log_handler=False,
    )


def _register(app: Dash, service: Service) -> None:
    tables: dict[str, Any] = {}
    for page in PAGES:
        page.register(app, service)
        tables |= getattr(page, "TABLES", {})
    shell.register(app)
    filters.register(app)
    live.register(app, service)
    panels.register(app, service, tables)

    @app.callback(Output("content", "children"), Input("url", "pathname"), State("url", "search"))
    def show_page(path: object, search: object) -> Any:
        # The address says what there will be room for; figures come later, and only they are of one person.
        view = current_view(service, search, by_person=False)
        page = next((page for page in PAGES if isinstance(path, str) and page.ENTRY.is_at(path)), None)
        if page is None or not page.ENTRY.open_to(view.account):
            return shell.missing(view.language)
        return page.layout(view)


def _not_found_stays_not_found(response: flask.Response) -> flask.Response:
    """Dash answers every address with the frame; the status still says which are pages."""
    if flask.request.endpoint == "/<path:path>" and response.status_code == 200:
        known = any(entry.is_at(flask.request.path) for entry in ENTRIES)
        response.status_code = 200 if known else 404
    return response


def _compress(server: flask.Flask) -> None:
    """Pages, callbacks and downloads; browsers on plain http ask for gzip only."""
    server.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    server.config["COMPRESS_ALGORITHM_STREAMING"] = ["zstd", "br", "gzip"]
    Compress(server)
