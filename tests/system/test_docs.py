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
COLOURS = {"light": "rgb(246, 247, 250)", "dark": "rgb(15, 20, 32)"}


def opened(browser: Browser, house: House, scheme: str = "light") -> Page:
    """The page in a window that notes what it was not allowed to do."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{house.ingest}/docs")
    return page


@pytest.mark.parametrize("scheme", COLOURS)
def test_the_page_fits_and_keeps_its_own_rules(browser: Browser, house: House, scheme: str) -> None:
    page = opened(browser, house, scheme)
    widths = []
    for width in (1440, 768, 375):
        page.set_viewport_size({"width": width, "height": 900})
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert (widths, page.evaluate("window.violations")) == ([1440, 768, 375], [])
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == COLOURS[scheme]
    page.context.close()


def test_every_command_on_the_page_does_what_it_says(browser: Browser, house: House) -> None:
    key = house.printed("API key")
    known = house.post("/api/v1/sessions", key, {"session_id": "s", "started_at": "2026-11-20T10:00:00Z"})
    page = opened(browser, house)
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
