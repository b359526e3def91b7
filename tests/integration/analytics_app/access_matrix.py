"""Who may do what, in one place: every callback, route and table of the dashboard, for nobody, a member and an admin.

What is not listed here fails a test, so whoever adds a callback says whom it is for.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from dash import Dash

from analytics_app.app import PAGES

#: Of callbacks and tables nobody gets any; "member" means everybody who is logged in.
Who = Literal["member", "admin"]

#: Module and name of the function → who gets an answer; one that several pages share is named with its first output.
CALLBACKS: dict[str, Who] = {
    "app.show_page": "member",
    "components.live.ask_for_news": "member",
    'components.panels.fetch {"panel":["MATCH"],"part":"query"}.children': "member",
    'components.panels.fetch {"panel":["MATCH"],"part":"table"}.children': "member",
    "components.filtered_page.show_page team-subtitle.children": "member",
    "components.filtered_page.show_page tools-subtitle.children": "member",
    "components.filtered_page.show_page trends-subtitle.children": "member",
    "components.filtered_page.show_page projects-subtitle.children": "member",
    "components.filtered_page.show_page models-subtitle.children": "member",
    "components.filtered_page.show_list tool-people-rows.children": "admin",
    "components.filtered_page.show_list charges-rows.children": "admin",
    "pages.leaderboard.page.show_rankings": "member",
    "pages.leaderboard.page.take_part_or_leave": "member",
    "pages.leaderboard.page.switch_leaderboard": "admin",
    "pages.me.page.show_me": "member",
    "pages.me.page.change_privacy": "member",
    "pages.me.page.change_own_keys": "member",
    "pages.me.page.change_password": "member",
    "pages.me.page.delete_all": "member",
    "pages.me.me_session.show_session": "member",
    "pages.connect.page.make_key": "member",
    "pages.connect.page.ask_for_last_upload": "member",
    "pages.admin.page.show_people": "admin",
    "pages.admin.page.add_person": "admin",
    "pages.admin.page.change_keys": "admin",
    "pages.admin.page.change_standing": "admin",
    "pages.admin.page.remove_person": "admin",
    "pages.admin.admin_inbox.show_health": "admin",
    "pages.admin.admin_inbox.show_quarantine": "admin",
    "pages.admin.admin_inbox.change_quarantine": "admin",
    "pages.admin.admin_schedule.show_schedule": "admin",
    "pages.admin.admin_exports.show_exports": "admin",
    "pages.admin.admin_audit.show_log": "admin",
}

#: Name of a table, as in the address of its CSV → who gets it.
TABLES: dict[str, Who] = {
    **dict.fromkeys(("tokens", "hours", "leaderboard", "tools", "projects"), "member"),
    **dict.fromkeys(("tool-list", "error-rate", "servers", "tool-days", "tool-projects"), "member"),
    **dict.fromkeys(("trend", "project-list", "project-days"), "member"),
    **dict.fromkeys(("model-costs", "month", "model-list"), "member"),
    **dict.fromkeys(
        (f"board-{name}" for name in ("tokens", "sessions", "active_days", "cache", "success")), "member"
    ),
    **dict.fromkeys(("tool-people", "charges", "charges-people", "charges-projects"), "admin"),
}


class Route(NamedTuple):
    """One address of a route, and the status that each of the three gets."""

    method: str
    path: str
    nobody: int
    member: int
    admin: int


_FILES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
ROUTES: dict[str, Route] = {
    "/login": Route("GET", "/login", 200, 302, 302),
    "/login.css": Route("GET", "/login.css", 200, 200, 200),
    "/healthz": Route("GET", "/healthz", 200, 200, 200),
    "/": Route("GET", "/", 302, 200, 200),
    "/<path:path>": Route("GET", "/tools", 302, 200, 200),
    "/logout": Route("POST", "/logout", 302, 303, 303),
    "/language": Route("POST", "/language", 302, 303, 303),
    "/me/preferences": Route("POST", "/me/preferences", 302, 303, 303),
    "/me/data.json": Route("GET", "/me/data.json", 401, 200, 200),
    "/csv/<name>.csv": Route("GET", "/csv/tokens.csv", 401, 200, 200),
    # No folder of exports here, so not even an admin finds a file in it.
    "/admin/exports/<path:path>": Route("GET", "/admin/exports/x.parquet", 401, 403, 404),
    "/assets/<path:filename>": Route("GET", "/assets/insights.css", 401, 200, 200),
    _FILES: Route("GET", "/_dash-component-suites/dash/dcc/async-graph.js", 401, 200, 200),
    "/_dash-layout": Route("GET", "/_dash-layout", 401, 200, 200),
    "/_dash-dependencies": Route("GET", "/_dash-dependencies", 401, 200, 200),
    # An empty body; what fits is in the table of callbacks.
    "/_dash-update-component": Route("POST", "/_dash-update-component", 401, 400, 400),
    "/_reload-hash": Route("GET", "/_reload-hash", 401, 200, 200),
    "/_favicon.ico": Route("GET", "/_favicon.ico", 401, 200, 200),
}


def callbacks(app: Dash) -> dict[str, str]:
    """Every callback that the server answers, by its key in a request → as it is called above."""
    found = {}
    for key, entry in app.callback_map.items():
        if "callback" not in entry:
            continue
        name = f"{entry['callback'].__module__}.{entry['callback'].__name__}".removeprefix("analytics_app.")
        shared = name.startswith(("components.filtered_page.", "components.panels."))
        found[key] = f"{name} {key.strip('.').split('...')[0]}" if shared else name
    return found


def routes(app: Dash) -> list[str]:
    """Every route of the server, those that Dash added included."""
    return sorted(str(rule) for rule in app.server.url_map.iter_rules())


def tables() -> Iterable[str]:
    """Every table that a page offers."""
    return sorted(name for page in PAGES for name in getattr(page, "TABLES", {}))
