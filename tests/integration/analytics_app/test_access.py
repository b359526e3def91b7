"""Who gets what: every route and every callback, for nobody, a member and an admin."""

import json
import re

import pytest
from dash import Dash

from db.accounts.account_records import Account
from db.connection import Database
from tests.integration.analytics_app.access_matrix import (
    CALLBACKS,
    ROUTES,
    TABLES,
    Who,
    callbacks,
    routes,
    tables,
)
from tests.integration.analytics_app.conftest import CALLBACK, Visit, Visitor, app_on, body_of

OPEN_PATHS = {"/login", "/login.css", "/healthz"}
PAGES = {"/", "/admin"}


def paths(app: Dash) -> list[str]:
    """An address for every route, those that Dash added included."""
    filled = [re.sub(r"<[^>]+>", "tokens", str(rule)) for rule in app.server.url_map.iter_rules()]
    return [*filled, "/admin", "/assets/insights.js", "/assets/vendor/bootstrap-5.3.6.min.css", "/nowhere"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_no_route_sends_data_without_a_login(anonymous: Visitor, alice: Account, method: str) -> None:
    for path in paths(anonymous.app):
        answer = anonymous.open(method, path)
        assert answer.status_code in ({200, 400, 401, 405} if path in OPEN_PATHS else {302, 401}), path
        assert "alice" not in answer.text


def test_no_callback_answers_without_a_login(anonymous: Visitor) -> None:
    anonymous.get("/login")
    for key in callbacks(anonymous.app):
        answer = anonymous.send(body_of(anonymous.app, key, {}))
        assert (answer.status_code, answer.json) == (401, {"error": "login required"})


def test_pages_redirect_to_the_login_and_back(anonymous: Visitor) -> None:
    assert anonymous.get("/").location == "/login"
    assert anonymous.get("/admin?person=3").location == "/login?next=/admin?person%3D3"


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
def test_open_endpoints_answer_without_a_login(anonymous: Visitor, path: str) -> None:
    assert anonymous.get(path).status_code == 200


def test_the_admin_page_is_missing_for_a_member(visit: Visit, bob: Account) -> None:
    answer = visit(bob).call("content.children", {"url.pathname": "/admin"})
    assert "There is no such page" in answer.text


def test_the_navigation_shows_a_member_only_what_is_theirs(
    visit: Visit, bob: Account, admin: Account
) -> None:
    assert '"href": "/admin"' not in json.dumps(visit(bob).get("/_dash-layout").json)
    assert '"href": "/admin"' in json.dumps(visit(admin).get("/_dash-layout").json)


def test_every_callback_route_and_table_is_in_the_matrix(app: Dash) -> None:
    assert sorted(callbacks(app).values()) == sorted(CALLBACKS)
    assert routes(app) == sorted(ROUTES)
    assert list(tables()) == sorted(TABLES)


def allowed(who: Who, role: str) -> bool:
    return who == "member" or role == "admin"


@pytest.mark.parametrize("role", ["member", "admin"])
def test_every_callback_answers_those_it_is_for(
    visit: Visit, bob: Account, admin: Account, role: str
) -> None:
    visitor = visit(admin if role == "admin" else bob)
    for key, name in callbacks(visitor.app).items():
        status = visitor.send(body_of(visitor.app, key, {})).status_code
        assert status in ({200, 204} if allowed(CALLBACKS[name], role) else {403}), name


@pytest.mark.parametrize("role", ["member", "admin"])
def test_every_table_is_shown_to_those_it_is_for(
    visit: Visit, bob: Account, admin: Account, role: str
) -> None:
    visitor = visit(admin if role == "admin" else bob)
    for name, who in TABLES.items():
        asked = {'{"panel":["MATCH"],"part":"requested"}.data': {"panel": name, "search": ""}}
        statuses = (
            visitor.get(f"/csv/{name}.csv").status_code,
            visitor.call('"part":"table"', asked).status_code,
        )
        assert statuses == ((200, 200) if allowed(who, role) else (403, 403)), name


@pytest.mark.parametrize("role", ["nobody", "member", "admin"])
def test_every_route_answers_as_stated(
    visit: Visit, app: Dash, bob: Account, admin: Account, role: str
) -> None:
    people = {"member": bob, "admin": admin}
    visitor = visit(people[role]) if role in people else Visitor(app)
    # Logging out comes last: it ends what the others are asked with.
    for rule, route in sorted(ROUTES.items(), key=lambda line: line[0] == "/logout"):
        if route.method == "GET":
            answer = visitor.get(route.path)
        elif route.path == CALLBACK:
            answer = visitor.send(None)
        else:
            answer = visitor.form(route.path)
        assert answer.status_code == getattr(route, role), rule


def test_a_callback_without_the_pages_token_is_refused(visit: Visit, admin: Account) -> None:
    visitor = visit(admin)
    body = body_of(visitor.app, "content.children", {"url.pathname": "/"})
    assert visitor.send(body, **{"X-CSRFToken": ""}).status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"output": "content.children"}',
        b'{"output": "side.className", "inputs": [], "outputs": {}}',
        b'{"output": "content.children", "outputs": {"id": "x", "property": "children"}, "changedPropIds": [],'
        b' "inputs": [{"id": "url", "property": "pathname", "value": "/"}]}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_malformed_callback_is_a_400(visit: Visit, bob: Account, raw: bytes) -> None:
    visitor = visit(bob)
    headers = {"X-CSRFToken": visitor.cookie("_csrf_token")}
    answer = visitor.open("POST", CALLBACK, data=raw, content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_unexpected_values_are_no_error(visit: Visit, admin: Account) -> None:
    visitor = visit(admin)
    for value in (None, 7, [], {}, "?days=7&project=\ud800", "?project=%00", "x" * 10_000, True):
        for key in callbacks(visitor.app):
            entry = visitor.app.callback_map[key]
            values = {f"{part['id']}.{part['property']}": value for part in entry["inputs"] + entry["state"]}
            assert visitor.send(body_of(visitor.app, key, values)).status_code < 500, (key, value)


def test_too_large_a_body_is_refused(visit: Visit, bob: Account) -> None:
    visitor = visit(bob)
    answer = visitor.send({"output": "content.children", "filling": "x" * 2_000_000})
    assert answer.status_code == 413


def test_pages_carry_a_policy_with_the_hashes_of_their_scripts(visit: Visit, bob: Account) -> None:
    answer = visit(bob).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(r"script-src 'self' 'sha256-[^']+'", policy)
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/_dash-dependencies", "/csv/tokens.csv", "/login"])
def test_data_is_never_stored_on_the_way(visit: Visit, bob: Account, path: str) -> None:
    answer = visit(bob).get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_versioned_files_are_cached_for_a_year(visit: Visit, bob: Account) -> None:
    visitor = visit(bob)
    scripts = re.findall(r'src="([^"]+)"', visitor.get("/").text)
    kept = {visitor.get(script).headers["Cache-Control"] for script in scripts}
    assert kept == {"private, max-age=31536000, immutable"}


def test_files_without_a_version_are_revalidated(visit: Visit, bob: Account) -> None:
    answer = visit(bob).get("/assets/insights.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_cookies_are_for_this_site_only(anonymous: Visitor, scheme: str, secure: bool) -> None:
    cookie = anonymous.get("/login", base_url=f"{scheme}://localhost").headers["Set-Cookie"]
    assert ("Secure" in cookie) is secure
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_no_page_loads_anything_from_another_host(visit: Visit, bob: Account) -> None:
    page = visit(bob).get("/").text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', page) == []


def test_an_unknown_address_is_a_404_with_the_frame(visit: Visit, bob: Account) -> None:
    answer = visit(bob).get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize("path", ["dash/dcc/gone.js", "dash/../__init__.py", "os/path.py"])
def test_an_unknown_component_file_is_a_404(visit: Visit, bob: Account, path: str) -> None:
    assert visit(bob).get(f"/_dash-component-suites/{path}").status_code == 404


def test_dashs_mcp_endpoint_is_off(app: Dash) -> None:
    assert not any("_mcp" in str(rule) for rule in app.server.url_map.iter_rules())


@pytest.fixture
def away(visit: Visit, bob: Account) -> Visitor:
    """Bob, logged in at an app whose database does not answer."""
    visitor = Visitor(app_on(Database("postgresql://nobody@/none?host=/nonexistent", deadline=1)))
    visitor.client.set_cookie("insights_session", visit(bob).cookie("insights_session"))
    return visitor


def test_an_unavailable_database_is_a_503(away: Visitor) -> None:
    answer = away.get("/_dash-layout")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json == {"error": "the database does not answer"}


def test_a_browser_gets_an_error_page_that_reloads(away: Visitor) -> None:
    answer = away.client.get("/", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "5")
    assert "Einen Moment" in answer.text


def test_a_person_whose_form_is_refused_reads_what_to_do(anonymous: Visitor) -> None:
    answer = anonymous.client.post("/login", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "load the page again" in answer.text


@pytest.mark.parametrize("form", ["/logout", "/language"])
def test_a_form_of_a_login_that_has_ended_leads_to_the_login(anonymous: Visitor, form: str) -> None:
    assert anonymous.client.post(form).location == "/login"
