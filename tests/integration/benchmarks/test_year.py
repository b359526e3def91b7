"""The made-up year is one that uploads could have left, and the browser without a screen can look at it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from werkzeug.serving import make_server

from analytics_app.app import create_app
from analytics_app.context.config import AnalyticsSettings
from benchmarks import year
from benchmarks.browser import Browser
from benchmarks.charts import PAGES
from benchmarks.year import Year
from benchmarks.year_servers import know_statements
from db.connection import Database
from db.usage import checks, usage_totals
from db.usage.periods import last_days

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SESSIONS = 150


@pytest.fixture
def filled(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A year of very few sessions."""
    know_statements()
    monkeypatch.setattr(year, "PEOPLE", 12)
    year.fill_ours(database, Year(SESSIONS, NOW))
    return database


@pytest.fixture
def address(filled: Database) -> Iterator[str]:
    """The dashboard on it, over HTTP."""
    app = create_app(database=filled, settings=AnalyticsSettings(secret_key="k" * 40), clock=lambda: NOW)
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_year_is_whole_and_every_sum_of_it_agrees(filled: Database) -> None:
    assert [check for check in checks.check_all(filled) if not check.agrees] == []
    totals = usage_totals.fetch_team_totals(filled, last_days(year.DAYS, NOW.date()))
    assert (totals.session_count, totals.active_users) == (SESSIONS, 12)


def test_every_page_that_is_measured_opens(address: str) -> None:
    browser = Browser(address)
    browser.log_in(year.ADMIN, year.PASSWORD)
    for page in PAGES.values():
        assert all(browser.call(body).body for body in browser.bodies(*page)), page
