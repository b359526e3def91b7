"""Fixtures of the third floor: a running server, its first admin, and a browser looking at it."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.system import browser as browsers
from tests.system.insights_server import InsightsServer, wait_until

SHARED = Path(__file__).parents[3] / "shared"
# No test is about how quickly a page comes, and machines may be busy.
expect.set_options(timeout=30_000)


def _new_insights(**settings: str) -> InsightsServer:
    home = Path(tempfile.mkdtemp(prefix="insights-system-"))
    home.chmod(0o711)
    return InsightsServer(home, settings)


def _tear_down(insights: InsightsServer) -> None:
    """Every server that a test leaves running must end in good order, and with all of its processes."""
    if insights.process is not None and insights.process.poll() is None:
        assert insights.stop(signal.SIGTERM) == 0
        wait_until(lambda: insights.processes() == [], 15)
    shutil.rmtree(insights.home, ignore_errors=True)


@pytest.fixture(scope="module")
def insights() -> Iterator[InsightsServer]:
    """A server that runs for the tests of one module, in a zone with clock changes."""
    insights = _new_insights(INSIGHTS_TIMEZONE="Europe/Berlin")
    insights.start()
    yield insights
    _tear_down(insights)


@pytest.fixture
def own_insights() -> Iterator[InsightsServer]:
    """A server of this test's own, not started yet."""
    insights = _new_insights()
    folder = insights.home
    yield insights
    _tear_down(insights)
    # A test may have moved its data folder to one inside.
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def captures() -> Path:
    """What a real client sends."""
    if not (SHARED / "captures").is_dir():
        pytest.skip("the captured uploads are not part of the project")
    return SHARED / "captures"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; where it is required, its absence is a failure."""
    found = browsers.find()
    if found is None:
        if os.environ.get("E2E_REQUIRED") == "1":
            pytest.fail(browsers.INSTALL)
        pytest.skip(browsers.INSTALL)
    program, environment = found
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=browsers.OPTIONS, env={**os.environ, **environment}
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window, as on a desk."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB")
    yield context.new_page()
    context.close()


def log_in(page: Page, insights: InsightsServer, name: str, password: str) -> None:
    """Log in by the form, as a person does."""
    page.goto(f"{insights.analytics}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("form button")
    page.wait_for_url(f"{insights.analytics}/")


def card(page: Page, title: str) -> Locator:
    """The big number of one card of the Team page."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.get_by_role("article").filter(has=heading).locator("strong")
