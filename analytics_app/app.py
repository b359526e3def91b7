"""Builds the Dash app from its collaborators: one Flask server, one guard, one list of pages."""

from pathlib import Path
from types import ModuleType
from typing import Any, Final

import flask
from dash import Dash, Input, Output, State, html
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
from analytics_app.context.config import AnalyticsSettings
from analytics_app.context.current_user import current_account
from analytics_app.context.service import Clock, Offload, Queue, Service, call, utc_now
from analytics_app.context.view import current_language, current_view
from analytics_app.http import callback_body, data_download, request_limit, security, static_files
from analytics_app.pages.admin import admin_audit, admin_exports, admin_inbox, admin_schedule
from analytics_app.pages.me import me_session
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
#: Dash must not add any asset: templates/index.html names them, in order and with versions.
ALL_ASSETS = ".*"


class Insights(Dash):
    """Dash whose first HTML response is in the reader's language and shows the frame at once."""

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """Render templates/index.html, the page that loads the app."""
        person = current_account()
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
    security.trust_proxies(server, settings.trusted_proxies)
    # Each of them sees requests in this order.
    guard.install(server, database)
    request_limit.install(server)
    app = _dash(server, settings.insights_title)
    security.install(server, app.csp_hashes)
    login.install(server, service)
    data_download.install(server, service)
    callback_body.install(server, app.callback_map)
    server.after_request(_unknown_page_is_404)
    static_files.compress(server)
    # Dash also requests the layout itself, without a person.
    app.layout = lambda: (
        shell.frame(current_view(service), ENTRIES) if current_user.is_authenticated else html.Div()
    )
    _register(app, service)
    # Dash would do this in the first request, and a second one beside it would get errors for good.
    with server.test_request_context():
        app._setup_server()  # type: ignore[no-untyped-call]
    return app


def _dash(server: Any, title: str) -> Dash:
    """Dash on our server, without its page scan, its MCP endpoint, and files from other hosts."""
    return Insights(
        __name__,
        server=server,
        pages_folder="",
        use_pages=False,
        assets_folder=str(FOLDER / "assets"),
        assets_ignore=ALL_ASSETS,
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
        # The layout has no figures yet, so it is the same for every chosen person.
        view = current_view(service, search, by_person=False)
        page = next((page for page in PAGES if isinstance(path, str) and page.ENTRY.is_at(path)), None)
        if page is None or not page.ENTRY.open_to(view.account):
            return shell.missing(view.language)
        return page.layout(view)


def _unknown_page_is_404(response: flask.Response) -> flask.Response:
    """Dash answers every address with the frame and 200."""
    if flask.request.endpoint == "/<path:path>" and response.status_code == 200:
        is_known = any(entry.is_at(flask.request.path) for entry in ENTRIES)
        response.status_code = 200 if is_known else 404
    return response
