"""Fixtures of the third floor: a running house, its first admin, and a browser looking at it."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.system import browser as browsers
from tests.system.house import House, wait_until

SHARED = Path(__file__).parents[3] / "shared"
# No test is about how quickly a page comes, and machines may be busy.
expect.set_options(timeout=30_000)


def _new_house(**settings: str) -> House:
    home = Path(tempfile.mkdtemp(prefix="insights-system-"))
    home.chmod(0o711)
    return House(home, settings)


def _tear_down(house: House) -> None:
    """Every server that a test leaves running must end in good order, and with all of its processes."""
    if house.process is not None and house.process.poll() is None:
        assert house.stop(signal.SIGTERM) == 0
        wait_until(lambda: house.processes() == [], 15)
    shutil.rmtree(house.home, ignore_errors=True)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A server that runs for the tests of one module, in a zone with clock changes."""
    house = _new_house(INSIGHTS_TIMEZONE="Europe/Berlin")
    house.start()
    yield house
    _tear_down(house)


@pytest.fixture
def own_house() -> Iterator[House]:
    """A server of this test's own, not started yet."""
    house = _new_house()
    folder = house.home
    yield house
    _tear_down(house)
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


def log_in(page: Page, house: House, name: str, password: str) -> None:
    """Log in by the form, as a person does."""
    page.goto(f"{house.analytics}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("form button")
    page.wait_for_url(f"{house.analytics}/")


def card(page: Page, title: str) -> Locator:
    """The big number of one card of the Team page."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.get_by_role("article").filter(has=heading).locator("strong")
