"""Nobody without a key or a login gets a byte of data, on any address of either server."""

import json

import pytest

from tests.system.insights_server import InsightsServer, ask

SECRET_PROJECT = "a-project-nobody-outside-may-see"

INGEST_GET = [
    "/api/v1/me",
    "/api/v1/team/stats",
    "/api/v1/team/tools",
    "/api/v1/team/leaderboard",
    "/api/v1/team/trends",
]
INGEST_POST = ["/api/v1/sessions", "/api/v1/sessions/batch"]
# The pages, and everything that Dash adds on its own.
ANALYTICS = [
    "/",
    "/admin",
    "/anything/else",
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-update-component",
    "/_dash-component-suites/dash/dash-renderer/build/dash_renderer.min.js",
    "/_reload-hash",
    "/_favicon.ico",
    "/_mcp",
    "/_dash-ws-callback",
    "/assets/insights.css",
    "/static/x",
]
CALLBACK = json.dumps(
    {
        "output": "content.children",
        "outputs": {"id": "content", "property": "children"},
        "inputs": [{"id": "url", "property": "pathname", "value": "/"}],
        "changedPropIds": ["url.pathname"],
    }
).encode()


@pytest.fixture(scope="module", autouse=True)
def data(insights: InsightsServer) -> None:
    """Something worth stealing."""
    key = insights.manage("create-user", "victim")["api_key"]
    session = {"session_id": "s", "started_at": "2026-11-01T10:00:00Z", "project_name": SECRET_PROJECT}
    assert insights.post("/api/v1/sessions", key, session).status == 202


@pytest.mark.parametrize("key", ["", "dkd_sk_unknown", "dkd_sk_" + "x" * 500])
@pytest.mark.parametrize("path", INGEST_GET)
def test_ingest_tells_nothing_without_a_valid_key(insights: InsightsServer, path: str, key: str) -> None:
    answer = ask(f"{insights.ingest}{path}", headers={"X-API-Key": key} if key else {})

    assert answer.status == 401
    assert "www-authenticate" in answer.headers
    assert set(answer.json()) == {"type", "title", "status", "detail", "reason", "errors"}


@pytest.mark.parametrize("path", INGEST_POST)
def test_ingest_takes_nothing_without_a_key(insights: InsightsServer, path: str) -> None:
    answer = ask(f"{insights.ingest}{path}", b"[]", {"Content-Type": "application/json"})

    assert answer.status == 401


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ANALYTICS)
def test_the_dashboard_gives_strangers_nothing(insights: InsightsServer, path: str, method: str) -> None:
    body = CALLBACK if method in ("POST", "PUT") else None

    answer = ask(f"{insights.analytics}{path}", body, {"Content-Type": "application/json"}, method)

    assert answer.status in (302, 400, 401, 403, 404, 405)
    assert SECRET_PROJECT.encode() not in answer.body and b"victim" not in answer.body
    assert len(answer.body) < 500


def test_health_tells_nothing_of_the_team(insights: InsightsServer) -> None:
    assert ask(f"{insights.ingest}/health").json() == {
        "status": "ok",
        "database": "connected",
        "queue": "connected",
    }
