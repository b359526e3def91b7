"""Takes the pictures of the docs, from the demo in a real browser: python -m tests.system.pictures FOLDER."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.system import browser as browsers
from tests.system.conftest import log_in
from tests.system.insights_server import InsightsServer

QUIET_MS = 1500
WIDE, PHONE = 1440, 375
#: Somebody of the made-up team, for what an admin's own pages do not show.
MEMBER, PASSWORD = "lea", "only-for-the-pictures"


@dataclass(frozen=True)
class Picture:
    """One page as one reader sees it; as high as what it is to show."""

    path: str
    theme: str
    language: str
    height: int
    width: int = WIDE
    by_member: bool = False


PICTURES = {
    "team-wide-light-en": Picture("/", "light", "en", 1116),
    "team-phone-dark-de": Picture("/", "dark", "de", 1190, width=PHONE),
    "tool-wide-light-de": Picture("/tools?tool=Bash", "light", "de", 750),
    "trends-wide-dark-en": Picture("/trends?measure=tokens", "dark", "en", 830),
    "models-wide-light-en": Picture("/models", "light", "en", 1070),
    "leaderboard-wide-dark-de": Picture("/leaderboard", "dark", "de", 810),
    "me-wide-light-en": Picture("/me#privacy", "light", "en", 780, by_member=True),
    "connect-wide-dark-en": Picture("/connect", "dark", "en", 900),
}


def take_all(folder: Path) -> None:
    """Each picture of the docs, anew."""
    found = browsers.find()
    if found is None:
        sys.exit(browsers.INSTALL)
    home = Path(tempfile.mkdtemp(prefix="insights-demo-"))
    home.chmod(0o711)
    insights = InsightsServer(home, {"INSIGHTS_TIMEZONE": "Europe/Berlin"}, verb="demo")
    insights.start()
    insights.command("set-password", MEMBER, text=f"{PASSWORD}\n")
    with sync_playwright() as playwright:
        program, environment = found
        chromium = playwright.chromium.launch(
            executable_path=program, args=browsers.OPTIONS, env={**os.environ, **environment}
        )
        for name, picture in PICTURES.items():
            _take(chromium, insights, picture, folder / f"{name}.png")
    insights.stop()


def _take(chromium: Browser, insights: InsightsServer, picture: Picture, file: Path) -> None:
    context = chromium.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale=picture.language,
        color_scheme="dark" if picture.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    admin = insights.printed("name"), insights.printed("password")
    log_in(page, insights, *((MEMBER, PASSWORD) if picture.by_member else admin))
    path, _, place = picture.path.partition("#")
    page.goto(insights.analytics + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    if place:
        page.locator(f"#{place}").evaluate("part => part.scrollIntoView()")
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    take_all(Path(sys.argv[1]))
