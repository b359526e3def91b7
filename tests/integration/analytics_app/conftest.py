"""The dashboard on a real PostgreSQL, and visitors who log in and call back as a browser would."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from dash import Dash
from werkzeug.test import Client, TestResponse

from analytics_app.app import create_app
from analytics_app.context.config import AnalyticsSettings
from db.accounts import passwords, users
from db.accounts.account_records import Account
from db.connection import Database

CALLBACK = "/_dash-update-component"
PASSWORD = "correct horse battery"
HERE = {"REMOTE_ADDR": "127.0.0.1"}
#: A Sunday at noon, so a team day has a before and an after.
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Visitor:
    """A browser without a screen: it keeps cookies and knows how Dash asks."""

    def __init__(self, app: Dash) -> None:
        self.app = app
        self.client = Client(app.server)
        #: Sent with every request, as a proxy in front would.
        self.headers: dict[str, str] = {}

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        """Ask, and take the whole answer."""
        headers = self.headers | options.pop("headers", {})
        return self.client.open(
            path, method=method, buffered=True, headers=headers, environ_base=HERE, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open an address."""
        return self.open("GET", path, **options)

    def form(self, path: str, **fields: str) -> TestResponse:
        """Send a form of ours, with the token that it carries."""
        page = self.get("/login").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        token = found.group(1) if found else self.cookie("_csrf_token")
        return self.open("POST", path, data={"csrf_token": token, **fields})

    def log_in(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Fill in the login form; then open a page, which hands out the token for callbacks."""
        answer = self.form("/login", username=name, password=password, **fields)
        if answer.status_code == 303:
            self.get("/")
        return answer

    def cookie(self, name: str) -> str:
        """The value of a cookie, or nothing."""
        kept = self.client.get_cookie(name)
        return kept.value if kept else ""

    def send(self, body: object, **headers: str) -> TestResponse:
        """Send a callback request with this body, and the page's token."""
        sent = {"X-CSRFToken": self.cookie("_csrf_token")} | headers
        return self.open(
            "POST", CALLBACK, data=json.dumps(body), content_type="application/json", headers=sent
        )

    def call(
        self, output: str, values: Mapping[str, object] | None = None, changed: str = ""
    ) -> TestResponse:
        """Run the callback that writes to `output`, with these values in its inputs and states."""
        key = next(
            key for key, entry in self.app.callback_map.items() if output in key and "callback" in entry
        )
        return self.send(body_of(self.app, key, values or {}, changed))


def body_of(app: Dash, key: str, values: Mapping[str, object], changed: str = "") -> dict[str, Any]:
    """What the browser sends for this callback; what `values` does not name is null."""
    entry = app.callback_map[key]
    outputs = entry["output"]
    return {
        "output": key,
        "outputs": [_place(part) for part in outputs]
        if isinstance(outputs, list | tuple)
        else _place(outputs),
        "inputs": [_argument(part, values) for part in entry["inputs"]],
        "state": [_argument(part, values) for part in entry["state"]],
        "changedPropIds": [changed] if changed else [],
    }


def _place(output: Any) -> dict[str, Any]:
    return {"id": _identifier(output.component_id_str()), "property": output.component_property}


def _identifier(text: str) -> Any:
    """The id itself; of the repeated panels the one with the tokens."""
    return json.loads(text.replace('["MATCH"]', '"tokens"')) if text.startswith("{") else text


def _argument(part: Mapping[str, str], values: Mapping[str, object]) -> Any:
    value = values.get(f"{part['id']}.{part['property']}")
    if '["ALL"]' in part["id"]:
        given = value if isinstance(value, dict) else {}
        return [
            {
                "id": dict.fromkeys(json.loads(part["id"]), key),
                "property": part["property"],
                "value": clicks,
            }
            for key, clicks in given.items()
        ]
    return {"id": _identifier(part["id"]), "property": part["property"], "value": value}


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each login costs a tenth of a second by design; how much is not what is tried here."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    dummy = hasher.hash("nobody")
    monkeypatch.setattr(passwords, "_dummy_hash", lambda: dummy)


@pytest.fixture
def app(database: Database) -> Dash:
    """The dashboard, at noon."""
    return app_on(database)


def app_on(database: Database, **chosen: Any) -> Dash:
    """The dashboard on this database; cookies of one work on the other."""
    settings = AnalyticsSettings(secret_key="k" * 40, insights_title="Insights of the test", **chosen)
    return create_app(database=database, settings=settings, clock=lambda: NOON)


@pytest.fixture
def anonymous(app: Dash) -> Visitor:
    """Nobody we know."""
    return Visitor(app)


@pytest.fixture
def visit(app: Dash, database: Database) -> Callable[[Account], Visitor]:
    """Log a person in: visit(alice)."""

    def enter(person: Account) -> Visitor:
        users.set_password(database, person.user_id, passwords.hash_password(PASSWORD))
        visitor = Visitor(app)
        assert visitor.log_in(person.username).status_code == 303
        return visitor

    return enter


Visit = Callable[[Account], Visitor]
