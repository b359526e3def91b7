"""The ways people go on their own pages: connect a client, read a session, share less, leave, and delete it all."""

import json
import subprocess

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import log_in
from tests.system.insights_server import InsightsServer

SAID = "a thought of mine <b>in bold</b>"


@pytest.fixture
def home(page: Page, insights: InsightsServer) -> Page:
    """The first admin's browser; whatever it complains about is a failure."""
    log_in(page, insights, insights.printed("name"), insights.printed("password"))
    return page


def upload(insights: InsightsServer, key: str, **changes: object) -> None:
    body = {"session_id": "with/text", "project_name": "shop", "started_at": "2026-01-05T10:00:00Z"} | changes
    command = ["curl", "-sS", "-f", f"{insights.ingest}/api/v1/sessions", "-H", f"X-API-Key: {key}"]
    rest = ["-H", "Content-Type: application/json", "-H", "Prefer: wait=9", "-d", json.dumps(body)]
    subprocess.run(command + rest, check=True, capture_output=True)


def test_the_command_of_the_connect_page_works_and_turns_it_green(
    home: Page, insights: InsightsServer
) -> None:
    home.goto(f"{insights.analytics}/connect")
    home.get_by_role("button", name="Make a key").click()
    expect(home.locator("#snippet-curl")).not_to_contain_text("YOUR_KEY")

    command = home.locator("#snippet-curl").inner_text()
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)

    expect(home.get_by_text("Your upload has arrived")).to_be_visible(timeout=10_000)
    home.get_by_role("link", name="Open the session").click()
    expect(home.get_by_role("heading", name="first-steps")).to_be_visible()


def test_text_is_read_as_text_and_gone_when_the_level_is_lowered(
    home: Page, insights: InsightsServer
) -> None:
    home.goto(f"{insights.analytics}/me")
    level = home.get_by_role("article").filter(has=home.get_by_role("heading", name="Figures and text"))
    level.get_by_role("button", name="Choose this level").click()
    expect(level.get_by_text("This is your level")).to_be_visible()
    upload(insights, insights.printed("API key"), messages=[{"seq": 0, "role": "user", "content": SAID}])
    home.goto(f"{insights.analytics}/me/sessions/with%2Ftext")
    expect(home.get_by_text(SAID)).to_be_visible()

    home.goto(f"{insights.analytics}/me")
    lower = home.get_by_role("article").filter(has=home.get_by_role("heading", name="Figures, no text"))
    lower.get_by_text("Choose this level").click()
    lower.get_by_role("button", name="Delete the text now").click()

    expect(home.get_by_text("Your text is deleted.")).to_be_visible()
    home.goto(f"{insights.analytics}/me/sessions/with%2Ftext")
    expect(home.get_by_text("The text of this session is not stored")).to_be_visible()


def test_the_leaderboard_is_left_and_joined(home: Page, insights: InsightsServer) -> None:
    home.goto(f"{insights.analytics}/leaderboard")
    # What is drawn anew while it is clicked loses the click.
    home.wait_for_load_state("networkidle")

    home.get_by_role("button", name="Leave the leaderboard").click()
    expect(home.get_by_role("heading", name="You do not take part")).to_be_visible()

    home.get_by_role("button", name="Take part").click()
    expect(home.get_by_role("heading", name="You take part")).to_be_visible()


def test_a_search_stands_in_the_address_and_comes_back_with_it(home: Page, insights: InsightsServer) -> None:
    upload(insights, insights.printed("API key"), session_id="other", project_name="elsewhere")
    home.goto(f"{insights.analytics}/me")
    home.get_by_role("searchbox").fill("elsewhere")
    expect(home.locator("#sessions-note")).to_have_text("1 session")

    home.goto(home.url)

    expect(home.get_by_role("searchbox")).to_have_value("elsewhere")
    expect(home.locator("#sessions-note")).to_have_text("1 session")


def test_my_data_is_taken_along_and_deleted(home: Page, insights: InsightsServer) -> None:
    upload(insights, insights.printed("API key"), session_id="to-go", project_name="leaving")
    home.goto(f"{insights.analytics}/me")
    with home.expect_download() as download:
        home.get_by_role("link", name="Download as JSON").click()
    assert "leaving" in download.value.path().read_text()

    home.locator("#deletion-name").fill(insights.printed("name"))
    home.get_by_role("button", name="Delete all my data").click()

    expect(home.locator("#deletion-state")).to_contain_text("Your data is deleted.")
    expect(home.get_by_text("No session has arrived yet")).to_be_visible()
