"""Takes the pictures of the docs, from the demo in a real browser: python -m tests.system.pictures FOLDER."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.system import browser as browsers
from tests.system.conftest import log_in
from tests.system.house import House

PAGES = {
    "me": "/me",
    "leaderboard": "/leaderboard",
    "connect": "/connect",
    "team": "/",
    "tools": "/tools",
    "tool": "/tools?tool=Bash",
    "trends": "/trends?days=90&steps=week",
    "projects": "/projects",
    "models": "/models",
    "admin": "/admin",
}
THEMES = ("light", "dark")
LANGUAGES = ("en", "de")
SIZES = {"wide": (1440, 1000), "phone": (375, 800)}
QUIET_MS = 1500


def take_all(folder: Path) -> None:
    """Every page in both themes, both languages and two widths."""
    home = Path(tempfile.mkdtemp(prefix="insights-demo-"))
    home.chmod(0o711)
    house = House(home, {"INSIGHTS_TIMEZONE": "Europe/Berlin"}, verb="demo")
    house.start()
    found = browsers.find()
    if found is None:
        sys.exit(browsers.INSTALL)
    with sync_playwright() as playwright:
        program, environment = found
        chromium = playwright.chromium.launch(
            executable_path=program, args=browsers.OPTIONS, env={**os.environ, **environment}
        )
        for theme in THEMES:
            for language in LANGUAGES:
                for size in SIZES:
                    _take(chromium, house, folder, (theme, language, size))
    house.stop()


def _take(chromium: Browser, house: House, folder: Path, kind: tuple[str, str, str]) -> None:
    theme, language, size = kind
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    log_in(page, house, house.printed("name"), house.printed("password"))
    for name, path in PAGES.items():
        page.goto(house.analytics + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(QUIET_MS)
        page.screenshot(path=folder / f"{name}-{size}-{theme}-{language}.png", full_page=True)
    context.close()


if __name__ == "__main__":
    take_all(Path(sys.argv[1]))
