"""A walk over all pages as a person goes, in two widths and two themes, with an eye on everything."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.system.conftest import log_in
from tests.system.insights_server import InsightsServer, wait_until

LOGIN = "/login"
#: In the order of the walk, with what each of them has and the one before has not.
PAGES = {
    "/": "#team-tiles",
    "/leaderboard": "#leaderboards",
    "/tools": "#tools-tiles",
    "/trends": "#trends-tiles",
    "/tools?tool=Bash": "#tools-tiles",
    "/projects": "#projects-tiles",
    "/models": "#models-tiles",
    "/me": "#me-tiles",
    "/me/sessions/walk-0": "#session-body",
    "/connect": "#connect-state",
    "/admin": "#people-list",
    "/admin/inbox": "#inbox-health",
    "/admin/schedule": "#schedule",
    "/admin/exports": "#exports",
    "/admin/audit": "#audit-log",
}
WIDE: Any = {"width": 1440, "height": 1000}
PHONE: Any = {"width": 375, "height": 800}
#: What a page says when somebody forgot that there may be nothing to say.
SLIPS = re.compile(r"\b(?:undefined|NaN|None|null|Infinity|nan|inf)\b|\[object |\{[a-z_]+\}")
GRAVE = ("serious", "critical")
#: Only colours differ in the other theme.
CHECKS: dict[Any, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
PAGE_COLOURS = {"light": "rgb(246, 247, 250)", "dark": "rgb(15, 20, 32)"}
SETTLE_SECONDS = 30
FOLLOW_SECONDS = 5
SETTLED = """(part) => {
    const seen = (part) => part.checkVisibility() && part.getClientRects().length;
    const waiting = document.querySelectorAll("#content .skeleton, #content [data-dash-is-loading=true]");
    return Boolean(document.querySelector(part)) && !Array.from(waiting).some(seen);
}"""
#: What a link of ours does; the navigation and the tabs are such links.
FOLLOW = """(path) => {
    window.history.pushState({}, "", path);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
}"""
#: Everything that is said: what is read, what is read out, and what is shown on hover.
SAID = """() => {
    const names = ["title", "aria-label", "placeholder", "alt", "value", "href"];
    const parts = Array.from(document.querySelectorAll("body *"));
    const told = parts.flatMap((part) => names.map((name) => part.getAttribute(name) || ""));
    return [document.title, document.body.innerText, ...told].join("\\n");
}"""
TOO_WIDE = "() => Math.max(0, document.scrollingElement.scrollWidth - window.innerWidth)"
OVER_THE_EDGE = """() => Array.from(document.querySelectorAll("body *"))
    .filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1 && part.checkVisibility())
    .slice(0, 3).map((part) => part.outerHTML.slice(0, 160))"""


@dataclass
class Seen:
    """What one page was like."""

    #: The console, errors, addresses elsewhere and broken rules of the policy.
    complaints: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    #: Width of the window, how far it scrolls sideways, and what reaches over its edge.
    too_wide: list[tuple[int, int, list[str]]] = field(default_factory=list)
    #: Theme, rule, and what breaks it.
    barriers: list[tuple[str, str, str]] = field(default_factory=list)
    language: str = ""
    #: Bytes that came over the wire.
    received: int = 0


class Walker:
    """One browser window that writes down what it sees."""

    def __init__(self, page: Page, insights: InsightsServer) -> None:
        self.page, self.insights = page, insights
        self.complaints: list[str] = []
        self.received = 0
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._note_address(request.url))
        protocol = page.context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.on("Network.loadingFinished", lambda event: self._note_bytes(event["encodedDataLength"]))

    def _note_address(self, address: str) -> None:
        if not address.startswith((self.insights.analytics, "data:", "blob:")):
            self.complaints.append(f"asked {address}")

    def _note_bytes(self, count: float) -> None:
        self.received += int(count)

    def settle(self, path: str) -> None:
        """Wait until the page is there with its figures."""
        # Asked by the protocol, not in the page, whose policy lets no text become code.
        wait_until(lambda: self.page.evaluate(SETTLED, PAGES.get(path, "form")), SETTLE_SECONDS)

    def go(self, path: str) -> None:
        """Load what is no page of the app yet; change from page to page as people do, without loading anew."""
        if path == LOGIN:
            self.page.goto(self.insights.analytics + path)
        else:
            self.page.evaluate(FOLLOW, path)
        self.settle(path)

    def look(self, path: str, *, axe: bool) -> Seen:
        """Go there and note everything."""
        self.received = 0
        self.go(path)
        self.page.wait_for_load_state()
        seen = Seen(received=self.received)
        seen.language = self.page.evaluate("document.documentElement.lang")
        seen.slips = sorted(set(SLIPS.findall(self.page.evaluate(SAID))))
        if axe:
            seen.barriers = [barrier for theme in CHECKS for barrier in self.barriers(path, theme)]
        seen.too_wide = [excess for size in (PHONE, WIDE) for excess in self.overflow(size)]
        seen.complaints, self.complaints = self.complaints, []
        return seen

    def barriers(self, path: str, theme: Any) -> list[tuple[str, str, str]]:
        """What axe finds that keeps people out, in this theme."""
        self.page.emulate_media(color_scheme=theme)
        if self.page.evaluate("getComputedStyle(document.body).backgroundColor") != PAGE_COLOURS[theme]:
            # A busy browser may tell a page of its new colours late, or only the next one.
            self.page.reload()
        expect(self.page.locator("body")).to_have_css("background-color", PAGE_COLOURS[theme])
        self.settle(path)
        rules = Axe().run(self.page, options={"resultTypes": ["violations"]} | CHECKS[theme]).response
        return [
            (theme, rule["id"], " | ".join(node["html"][:200] for node in rule["nodes"][:3]))
            for rule in rules["violations"]
            if rule["impact"] in GRAVE
        ]

    def overflow(self, size: Any) -> list[tuple[int, int, list[str]]]:
        """How far the page scrolls sideways in a window of this size."""
        self.page.set_viewport_size(size)
        # Charts follow the window a little later.
        with suppress(AssertionError):
            wait_until(lambda: not self.page.evaluate(TOO_WIDE), FOLLOW_SECONDS)
        excess = int(self.page.evaluate(TOO_WIDE))
        return [(size["width"], excess, self.page.evaluate(OVER_THE_EDGE))] if excess else []


@contextmanager
def walker(browser: Browser, insights: InsightsServer, language: str) -> Iterator[Walker]:
    """A window in this language, nobody logged in."""
    context = browser.new_context(viewport=WIDE, locale=language, reduced_motion="reduce")
    yield Walker(context.new_page(), insights)
    context.close()


def walk(browser: Browser, insights: InsightsServer, language: str, *, axe: bool = False) -> dict[str, Seen]:
    """See every page once, with the first admin's eyes; the first one right after the login."""
    name, password = insights.printed("name"), insights.printed("password")
    with walker(browser, insights, language) as walking:
        seen = {LOGIN: walking.look(LOGIN, axe=axe)}
        walking.received = 0
        log_in(walking.page, insights, name, password)
        walking.settle("/")
        first = walking.received
        seen |= {path: walking.look(path, axe=axe) for path in PAGES}
        seen["/"].received = first
    return seen
