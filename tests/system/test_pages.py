"""The ways people go through the pages, in a real browser with an eye on its console."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.conftest import card, log_in
from tests.system.insights_server import InsightsServer, wait_until


@pytest.fixture
def watched(page: Page, insights: InsightsServer) -> Iterator[Page]:
    """A window of the admin whose console must stay empty and whose requests must stay at home."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: complaints.append(request.url) if not _at_home(request.url, insights) else None,
    )
    log_in(page, insights, insights.printed("name"), insights.printed("password"))
    yield page
    assert complaints == []


def _at_home(address: str, insights: InsightsServer) -> bool:
    return address.startswith((insights.analytics, "data:", "blob:"))


def _session(session_id: str, **changes: object) -> dict[str, object]:
    began = datetime.now(UTC) - timedelta(minutes=20)
    session = {"session_id": session_id, "started_at": began.isoformat(), "model": "claude-opus-4-8"}
    usage = [{"model": "claude-opus-4-8", "input_tokens": 1000, "output_tokens": 234}]
    return session | {"token_usage": usage} | changes


def _upload(insights: InsightsServer, key: str, session_id: str, **changes: object) -> int:
    return insights.post("/api/v1/sessions", key, _session(session_id, **changes)).status


def _tools(insights: InsightsServer, key: str) -> set[str]:
    """Those that are in the charts by now."""
    return {tool["tool_name"] for tool in insights.get("/api/v1/team/tools?days=7&limit=50", key)}


def test_an_admin_adds_a_person_stops_their_key_and_deletes_them(
    insights: InsightsServer, watched: Page
) -> None:
    watched.goto(f"{insights.analytics}/admin")
    watched.fill("#add-name", "newcomer")
    watched.get_by_role("button", name="Add person").click()
    key = watched.locator("#secret-key").inner_text()
    assert _upload(insights, key, "by-newcomer") == 202

    watched.get_by_role("link", name="newcomer").click()
    watched.get_by_text("Stop", exact=True).click()
    watched.get_by_role("button", name="Stop this key").click()

    expect(watched.get_by_text("The key is stopped.")).to_be_visible()
    assert _upload(insights, key, "too-late") == 401

    watched.get_by_text("Delete this person").click()
    watched.fill("#removal-name", "newcomer")
    watched.get_by_role("button", name="Delete for good").click()
    expect(watched.get_by_text("The deletion of newcomer has begun")).to_be_visible()
    expect(watched.get_by_role("link", name="newcomer")).to_have_count(0, timeout=60_000)
    assert "newcomer" not in {one["username"] for one in insights.manage("list-users")}


def test_an_admin_issues_another_key_and_uploads_with_it(insights: InsightsServer, watched: Page) -> None:
    insights.manage("create-user", "two-machines")
    watched.goto(f"{insights.analytics}/admin")
    watched.get_by_role("link", name="two-machines").click()
    watched.fill("#key-label", "CI")
    watched.get_by_role("button", name="Issue key").click()
    key = watched.locator("#secret-key").inner_text()

    assert _upload(insights, key, "from-ci") == 202
    expect(watched.locator("#person")).to_contain_text("CI")


def test_an_upload_in_quarantine_is_tried_again_and_its_session_appears(
    insights: InsightsServer, watched: Page
) -> None:
    # Two things are wrong with it; without them it can be stored.
    item = {"session_id": "mended", "project_name": "otter", "started_at": "2026-01-05T10:00:00Z"}
    batch = [item | {"tools": {"Read": {"count": -1}}, "total_messages": "many"}]
    assert insights.post("/api/v1/sessions/batch", insights.printed("API key"), batch).status == 202
    watched.goto(f"{insights.analytics}/admin")
    watched.get_by_role("link", name="Inbox").click()
    watched.get_by_role("link", name="mended").click()
    expect(watched.locator("#quarantine-entry")).to_contain_text("total_messages must be a whole number")

    watched.get_by_text("Try again", exact=True).click()
    watched.get_by_role("button", name="Try it again").click()

    expect(watched.get_by_text("It is tried again.")).to_be_visible()
    expect(watched.locator("#quarantine-list")).to_contain_text("Nothing is in quarantine")
    wait_until(lambda: _is_stored(insights, watched), 60)


def test_the_log_is_narrowed_to_one_kind_and_the_address_says_so(
    insights: InsightsServer, watched: Page
) -> None:
    insights.manage("create-user", "logged")
    watched.goto(f"{insights.analytics}/admin")
    watched.get_by_role("link", name="Audit log").click()
    expect(watched.locator("#audit-log")).to_contain_text("Account created")

    watched.select_option("#audit-action", label="Key made")
    expect(watched.locator("#audit-log")).not_to_contain_text("Account created")
    watched.goto(watched.url)

    expect(watched.locator("#audit-action")).to_have_value("key.issued")
    expect(watched.locator("#audit-log")).to_contain_text("Key made")
    expect(watched.locator("#audit-log")).not_to_contain_text("Account created")


def _is_stored(insights: InsightsServer, page: Page) -> bool:
    """Is the session on the page of whoever sent it?"""
    page.goto(f"{insights.analytics}/me/sessions/mended")
    page.wait_for_selector(".facts, .empty")
    return page.get_by_role("heading", name="otter").count() == 1


def test_the_person_added_can_log_in_and_sees_no_admin_page(
    insights: InsightsServer, watched: Page, browser: Browser
) -> None:
    watched.goto(f"{insights.analytics}/admin")
    watched.fill("#add-name", "reader")
    watched.get_by_role("button", name="Add person").click()
    password = watched.locator("#secret-password").inner_text()

    other = browser.new_context(locale="en-GB").new_page()
    log_in(other, insights, "reader", password)
    expect(card(other, "Sessions")).to_be_visible()
    assert other.get_by_role("link", name="Administration").count() == 0
    other.context.close()


def test_a_filter_lives_in_the_address_and_back_undoes_it(insights: InsightsServer, watched: Page) -> None:
    period = watched.locator(".subtitle .period")
    expect(card(watched, "Sessions")).to_be_visible()
    month = period.inner_text()

    watched.get_by_role("link", name="7 d", exact=True).click()
    watched.wait_for_url("**/?days=7")
    expect(period).not_to_have_text(month)
    week = period.inner_text()
    watched.go_back()
    expect(period).to_have_text(month)
    watched.goto(f"{insights.analytics}/?days=7")
    expect(period).to_have_text(week)


#: Project, model and tokens of three sessions: of two filters, each alone leaves too much.
LINKED = [("lighthouse", "beam", 10), ("lighthouse", "foghorn", 100), ("harbour", "beam", 1000)]


def test_a_copied_link_shows_somebody_else_the_same(
    insights: InsightsServer, watched: Page, browser: Browser
) -> None:
    other = insights.manage("create-user", "colleague")
    sessions = [
        _session(
            f"linked-{model}-{tokens}",
            project_name=project,
            model=model,
            tools={"Lantern": {"count": 1}},
            token_usage=[{"model": model, "input_tokens": tokens, "output_tokens": 1}],
        )
        for project, model, tokens in LINKED
    ]
    assert insights.post("/api/v1/sessions/batch", other["api_key"], sessions).status == 202
    wait_until(lambda: "Lantern" in _tools(insights, other["api_key"]), 60)

    watched.goto(f"{insights.analytics}/")
    watched.get_by_role("link", name="90 d", exact=True).click()
    watched.wait_for_url("**/?days=90")
    watched.select_option("#filter-project", "lighthouse")
    expect(card(watched, "Sessions")).to_have_text("2")
    watched.select_option("#filter-model", "beam")
    expect(card(watched, "Sessions")).to_have_text("1")
    expect(card(watched, "Tokens")).to_have_text("11")
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched.get_by_role("button", name="Copy link").click()
    link = watched.evaluate("navigator.clipboard.readText()")

    window = browser.new_context(viewport=watched.viewport_size, locale="en-GB").new_page()
    log_in(window, insights, "colleague", other["password"])
    window.goto(link)

    for part in ("#team-tiles", ".subtitle .period", "#tokens-legend", "#projects-rows"):
        expect(window.locator(part)).to_have_text(watched.locator(part).inner_text(), use_inner_text=True)
    expect(window.locator("#filter-project")).to_have_value("lighthouse")
    expect(window.locator("#filter-model")).to_have_value("beam")
    expect(window.locator("#filters a.segment.active")).to_have_text("90 d")
    window.context.close()


def test_a_click_on_a_tool_leads_to_its_days_and_back(insights: InsightsServer, watched: Page) -> None:
    key = insights.manage("create-user", "carver")["api_key"]
    tools = {"Chisel": {"count": 7, "success": 5, "errors": 2}, "Mallet": {"count": 3}}
    assert _upload(insights, key, "carving", tools=tools) == 202
    wait_until(lambda: tools.keys() <= _tools(insights, key), 60)
    watched.goto(f"{insights.analytics}/tools?days=7")

    watched.locator("#tool-list-rows").get_by_role("link", name="Chisel").click()

    watched.wait_for_url("**/tools?days=7&tool=Chisel")
    expect(watched.locator("#tool-head")).to_contain_text("Chisel")
    expect(watched.locator("#tool-people-rows")).to_contain_text("carver")
    days = watched.get_by_role("region", name="Calls per day")
    days.get_by_role("button", name="Table").click()
    # The day, its calls, and how they ended.
    counted = days.get_by_role("row").filter(has=watched.get_by_role("cell", name="7", exact=True))
    expect(counted.get_by_role("cell")).to_have_text([re.compile(r"\d"), "7", "5", "2", "0"])

    watched.locator("#tool-head").get_by_role("link", name="All tools").click()
    watched.wait_for_url("**/tools?days=7")
    expect(watched.locator("#tool-days-figure")).to_be_hidden()


def test_names_from_outside_are_shown_and_never_run(insights: InsightsServer, watched: Page) -> None:
    key = insights.manage("create-user", "mallory")["api_key"]
    evil = "<img src=x onerror=alert(1)>"
    tools = {evil: {"count": 3}}

    assert _upload(insights, key, "evil", project_name=evil, model=evil, tools=tools) == 202

    wait_until(lambda: insights.get("/api/v1/team/tools?days=7", key), 10)
    watched.goto(insights.analytics)
    expect(watched.locator("#tools-rows")).to_contain_text("<img src=x")
    assert watched.locator("img[src=x]").count() == 0


def test_another_language_than_ours_reads_english(insights: InsightsServer, browser: Browser) -> None:
    page = browser.new_context(locale="fr").new_page()

    log_in(page, insights, insights.printed("name"), insights.printed("password"))

    expect(card(page, "Sessions")).to_be_visible()
    page.context.close()


def test_logging_out_ends_the_login_everywhere(insights: InsightsServer, browser: Browser) -> None:
    windows = [browser.new_context(locale="en-GB").new_page() for _ in range(2)]
    for page in windows:
        log_in(page, insights, insights.printed("name"), insights.printed("password"))
    windows[0].locator("form[action='/logout'] button").evaluate("button => button.form.requestSubmit()")
    windows[0].wait_for_url("**/login*")

    # An open page finds out by itself.
    windows[1].wait_for_url("**/login*")

    for page in windows:
        page.context.close()
