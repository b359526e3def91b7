"""Every page with nothing to show and with much: quiet, whole, light, and open to everybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.system.insights_server import InsightsServer, ask, wait_until
from tests.system.walk import LOGIN, PAGES, Seen, walk

#: How much a page may weigh, compressed, as it comes over the wire.
LOGIN_BYTES, FIRST_PAGE_BYTES, LATER_PAGE_BYTES = 150_000, 1_400_000, 60_000
LONG = "a-name-that-goes-on-and-on-" * 7
MODELS = ("claude-opus-4-8", "claude-sonnet-4-6", "a-model-without-a-price", LONG)
TOOLS = ("Bash", "Read", "mcp__tickets__find", "mcp__tickets__close", LONG)
SESSIONS = 48
NOTHING, MUCH = "nothing", "much"
# The first test waits for all walks, on whatever machine.
pytestmark = pytest.mark.timeout(900)
Walks = dict[tuple[str, str], dict[str, Seen]]


def session(number: int) -> dict[str, Any]:
    """Spread over models, projects, tools and six weeks; two an hour apart on most days."""
    began = datetime.now(UTC) - timedelta(hours=1 + number * 21)
    model, size = MODELS[number % len(MODELS)], 500 + number * 37
    tools = {
        TOOLS[number % len(TOOLS)]: {"count": 3 + number, "success": number, "errors": 3},
        "Bash": {"count": 2},
    }
    return {
        "session_id": f"walk-{number}",
        "project_name": ("shop", "site", f"p-{LONG}", "<b>bold</b>")[number % 4],
        "started_at": began.isoformat(),
        "ended_at": (began + timedelta(minutes=number)).isoformat(),
        "model": model,
        "agent": "claude-code",
        "total_messages": number,
        "tools": tools,
        "token_usage": [
            {
                "model": model,
                "timestamp": (began + timedelta(seconds=step)).isoformat(),
                "input_tokens": size * step,
                "output_tokens": size,
                "cache_read_tokens": 7 * size,
                "cache_creation_tokens": 5,
            }
            for step in (1, 2, 3)
        ],
        "messages": [{"seq": 0, "role": "user", "content": f"{LONG} <img src=x>"}],
    }


def fill(insights: InsightsServer) -> None:
    """What six weeks leave behind, text included, and one upload that can't be used."""
    key = insights.printed("API key")
    put = ask(
        f"{insights.ingest}/api/v1/me/settings",
        b'{"share_level": "full"}',
        {"X-API-Key": key, "Content-Type": "application/json"},
        "PUT",
    )
    sent = insights.post(
        "/api/v1/sessions/batch", key, [*map(session, range(SESSIONS)), {"session_id": "bad"}]
    )
    assert (put.status, sent.status) == (200, 202)
    wait_until(lambda: insights.get("/api/v1/me", key)["sessions_count"] == SESSIONS, 60)
    wait_until(lambda: insights.get("/api/v1/team/tools?days=7", key), 60)


@pytest.fixture(scope="module")
def walks(insights: InsightsServer, browser: Browser) -> Walks:
    """First with no data at all, then with much."""
    found = {(NOTHING, "de"): walk(browser, insights, "de", axe=True)}
    fill(insights)
    return found | {
        (MUCH, "en"): walk(browser, insights, "en", axe=True),
        (MUCH, "de"): walk(browser, insights, "de"),
    }


def told(walks: Walks, path: str, what: str) -> dict[tuple[str, str], Any]:
    """What there is to say against a page, by the walk that found it."""
    found = {kind: getattr(seen[path], what) for kind, seen in walks.items()}
    return {kind: problems for kind, problems in found.items() if problems}


@pytest.mark.parametrize("path", [LOGIN, *PAGES])
def test_the_console_stays_empty_and_every_request_at_home(walks: Walks, path: str) -> None:
    assert told(walks, path, "complaints") == {}


@pytest.mark.parametrize("path", [LOGIN, *PAGES])
def test_it_never_says_that_something_was_forgotten(walks: Walks, path: str) -> None:
    assert told(walks, path, "slips") == {}


@pytest.mark.parametrize("path", [LOGIN, *PAGES])
def test_nothing_scrolls_sideways_on_a_phone_or_a_desk(walks: Walks, path: str) -> None:
    assert told(walks, path, "too_wide") == {}


@pytest.mark.parametrize("path", [LOGIN, *PAGES])
def test_nothing_grave_keeps_anybody_out_in_either_theme(walks: Walks, path: str) -> None:
    assert told(walks, path, "barriers") == {}


def test_every_page_is_in_the_language_of_the_browser(walks: Walks) -> None:
    spoken = {language: {seen.language for seen in pages.values()} for (_, language), pages in walks.items()}
    assert spoken == {"en": {"en"}, "de": {"de"}}


def test_the_login_is_light(walks: Walks) -> None:
    assert 0 < walks[MUCH, "en"][LOGIN].received <= LOGIN_BYTES


def test_the_first_page_with_its_charts_is_light_enough(walks: Walks) -> None:
    # Less than plotly.js alone would mean that not everything was weighed.
    assert 400_000 < walks[MUCH, "en"]["/"].received <= FIRST_PAGE_BYTES


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/"])
def test_every_later_page_brings_little_more_than_its_figures(walks: Walks, path: str) -> None:
    assert walks[MUCH, "en"][path].received <= LATER_PAGE_BYTES
