"""Commands lead to where the dashboard was opened, and nothing in that address can break them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, cast

import flask
import pytest

from analytics_app.context import selection
from analytics_app.context.config import AnalyticsSettings
from analytics_app.context.service import Service
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.connect.client_commands import address
from db.accounts.account_records import Account


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        ("http://insights.example.org:8081", "http://insights.example.org:8080"),
        ("https://insights.example.org", "https://insights.example.org:8080"),
        ("http://[::1]:8081", "http://[::1]:8080"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8080"),
    ],
)
def test_commands_lead_to_where_the_page_was_opened(
    english: Language, account: Callable[[int], Account], opened: str, expected: str
) -> None:
    assert _address(english, account(1), opened) == expected


@pytest.mark.parametrize("host", ["a'b", "$(reboot)", "a`b", "a;b", "a b", ""])
def test_a_host_that_would_break_a_command_is_replaced(
    english: Language, account: Callable[[int], Account], host: str
) -> None:
    assert _address(english, account(1), "http://localhost", HTTP_HOST=host) == "http://localhost:8080"


def _address(lang: Language, person: Account, opened: str, **environment: str) -> str:
    settings = AnalyticsSettings(secret_key="k" * 40)
    service = Service(cast(Any, None), settings, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    view = View(service, person, lang, selection.parse("", date(2026, 11, 22)))
    with flask.Flask(__name__).test_request_context(base_url=opened, environ_overrides=environment):
        return address(view)
