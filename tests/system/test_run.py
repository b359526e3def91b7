"""`make run` as a newcomer meets it: one command, a ready curl, a session on the page, and nothing left behind."""

import signal
import subprocess
import time

from playwright.sync_api import Page, expect

from tests.system.conftest import card, log_in
from tests.system.insights_server import InsightsServer, wait_until

SESSION = {"session_id": "kept", "started_at": "2026-11-01T10:00:00Z"}


def test_the_printed_curl_brings_a_session_onto_the_open_page_within_three_seconds(
    own_insights: InsightsServer, page: Page
) -> None:
    own_insights.start()
    log_in(page, own_insights, own_insights.printed("name"), own_insights.printed("password"))
    expect(card(page, "Sessions")).to_have_text("0")

    answered = subprocess.run(
        [*own_insights.printed_curl(), "-w", "%{http_code}"], capture_output=True, check=True
    )
    sent = time.monotonic()
    expect(card(page, "Sessions")).to_have_text("1", timeout=3000)

    assert answered.stdout.endswith(b"202")
    assert time.monotonic() - sent < 3


def test_interrupted_it_leaves_no_process_behind_and_finds_its_data_again(
    own_insights: InsightsServer,
) -> None:
    own_insights.start()
    key = own_insights.printed("API key")
    assert own_insights.post("/api/v1/sessions", key, SESSION).status == 202

    assert own_insights.stop(signal.SIGINT) == 0
    assert own_insights.processes() == []

    own_insights.start()
    assert own_insights.get("/api/v1/me", key)["sessions_count"] == 1
    assert "first start" not in own_insights.output


def test_a_data_folder_with_odd_characters_in_its_path_serves_like_any_other(
    own_insights: InsightsServer,
) -> None:
    own_insights.home = own_insights.home / "two words, a=b & 50%#?+ü [x]*"
    own_insights.start()
    key = own_insights.printed("API key")

    assert own_insights.post("/api/v1/sessions", key, SESSION, Prefer="wait=10").status == 200
    exported = own_insights.manage("export", "--from", "2026-11-01", "--to", "2026-11-01")
    assert exported and list((own_insights.home / "exports").rglob("*.parquet"))


def test_a_second_instance_is_refused_and_a_killed_supervisor_leaves_no_process_behind(
    own_insights: InsightsServer,
) -> None:
    own_insights.start()
    refused = InsightsServer(own_insights.home, own_insights.settings).command("run")

    assert own_insights.process is not None
    own_insights.process.kill()
    own_insights.process.wait()

    assert (refused.returncode, "Another Insights is running" in refused.stderr) == (1, True)
    wait_until(lambda: own_insights.processes() == [], 15)
