"""The page that tells of the API, in a real browser, and every command on it in a real shell."""

import os
import subprocess

import pytest
from playwright.sync_api import Browser, Page

from tests.system.house import House

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective));
"""


def opened(browser: Browser, house: House, width: int, scheme: str) -> Page:
    """The page in a window of this width, which notes what it was not allowed to do."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{house.ingest}/docs")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 768, 1440])
def test_the_page_fits_and_keeps_its_own_rules(
    browser: Browser, house: House, width: int, scheme: str
) -> None:
    page = opened(browser, house, width, scheme)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("window.violations") == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_style_is_there(browser: Browser, house: House, scheme: str) -> None:
    page = opened(browser, house, 1440, scheme)

    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert color == {"light": "rgb(246, 247, 250)", "dark": "rgb(15, 20, 32)"}[scheme]
    page.context.close()


def test_every_command_on_the_page_does_what_it_says(browser: Browser, house: House) -> None:
    key = house.printed("API key")
    known = house.post("/api/v1/sessions", key, {"session_id": "s", "started_at": "2026-11-20T10:00:00Z"})
    page = opened(browser, house, 1440, "light")
    shown = page.locator("#read_upload pre.curl").inner_text().split("/uploads/")[1][:36]

    commands = [
        text.replace(shown, known.json()["upload_id"]) for text in page.locator("pre.curl").all_inner_texts()
    ]
    failed = [text for text in commands if not works(text, INSIGHTS=house.ingest, KEY=key)]

    assert (failed, len(commands) > 15) == ([], True)
    page.context.close()


def works(command: str, **variables: str) -> bool:
    """Does the shell run it, and does the server answer it with a 2xx?"""
    wanted = command.replace("curl ", "curl --silent --show-error --fail --output /dev/null ", 1)
    return subprocess.run(["bash", "-c", wanted], env=os.environ | variables, check=False).returncode == 0
