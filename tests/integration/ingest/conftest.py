"""The app on a real PostgreSQL, and a key for each of the cast."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from falcon.testing import Result, TestClient

from db.accounts import api_keys, users
from db.accounts.account_records import Account
from db.connection import Database
from ingest.app import create_app
from ingest.config import IngestSettings

Send = Callable[..., Result]


class SilentNotifier:
    """Nobody listens, and nothing is lost by it."""

    def notify(self) -> None:
        """Say nothing."""

    def ping(self) -> bool:
        """Nobody hears."""
        return False

    def figures(self) -> None:
        """Nobody knows."""


def key_of(database: Database, person: Account) -> str:
    """A fresh key of this person."""
    key = api_keys.new_key("dkd_sk_")
    users.issue_key(database, user_id=person.user_id, label="test", prefix=key.prefix, key_hash=key.key_hash)
    return key.raw


@pytest.fixture
def client(database: Database) -> TestClient:
    return TestClient(create_app(database=database, notifier=SilentNotifier(), settings=IngestSettings()))


@pytest.fixture
def send(client: TestClient, database: Database) -> Send:
    """Send a document as a person: send(alice, "POST", "/api/v1/sessions", {...})."""
    held: dict[int, str] = {}

    def knock(person: Account, method: str, path: str, document: Any = None) -> Result:
        key = held.get(person.user_id) or held.setdefault(person.user_id, key_of(database, person))
        headers = {"X-API-Key": key, "Content-Type": "application/json"}
        return client.simulate_request(method, path, headers=headers, body=json.dumps(document))

    return knock
