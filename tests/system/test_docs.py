"""The API reference in a real browser, and every example of the OpenAPI document against a real server."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.system.insights_server import InsightsServer, ask

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective));
"""
COLOURS = {"light": "rgba(0, 0, 0, 0)", "dark": "rgb(28, 32, 34)"}


@pytest.mark.parametrize("scheme", COLOURS)
def test_the_page_fits_and_loads_nothing_foreign(
    browser: Browser, insights: InsightsServer, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(WATCH)
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    open_reference(page, insights)
    widths = []
    for width in (1440, 768, 375):
        page.set_viewport_size({"width": width, "height": 900})
        widths.append(page.evaluate("document.documentElement.scrollWidth"))

    assert (widths, page.evaluate("window.violations"), messages) == ([1440, 768, 375], [], [])
    assert [url for url in requests if not url.startswith((insights.ingest, "data:"))] == []
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == COLOURS[scheme]
    context.close()


def open_reference(page: Page, insights: InsightsServer) -> None:
    """Show the page with its first operation unfolded."""
    page.goto(f"{insights.ingest}/docs")
    page.locator(".opblock-summary-control").first.click()
    page.locator(".opblock-body").first.wait_for()


def test_every_example_is_answered_as_described(insights: InsightsServer) -> None:
    key = insights.printed("API key")
    known = insights.post("/api/v1/sessions", key, {"session_id": "s", "started_at": "2026-11-20T10:00:00Z"})
    paths = ask(f"{insights.ingest}/openapi.json").json()["paths"]

    answered = {
        (method, path): send_example(insights, key, known.json()["upload_id"], method, path, operation)
        for path, item in paths.items()
        for method, operation in item.items()
    }

    assert [request for request, status in answered.items() if not 200 <= status < 300] == []
    assert len(answered) > 15


def send_example(
    insights: InsightsServer, key: str, upload_id: str, method: str, path: str, operation: dict[str, Any]
) -> int:
    """Send what the document shows, with a key only where it asks for one; returns the status."""
    headers = {} if {} in operation["security"] else {"X-API-Key": key}
    queries = [parameter for parameter in operation["parameters"] if parameter["in"] == "query"]
    query = urlencode({parameter["name"]: parameter["schema"]["default"] for parameter in queries})
    data = None
    if "requestBody" in operation:
        headers["Content-Type"] = "application/json"
        data = json.dumps(operation["requestBody"]["content"]["application/json"]["example"]).encode()
    address = f"{insights.ingest}{path.replace('{upload_id}', upload_id)}?{query}"
    return ask(address, data, headers, method.upper()).status
