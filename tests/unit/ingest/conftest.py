"""The app with a database and a doorbell in memory, and people who knock."""

import json
from typing import Any

import pytest
from falcon.testing import Result, TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from tests.unit.ingest.fakes import NOW, FakeDatabase, FakeNotifier


class Api:
    """A client that speaks JSON and carries a person's key."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def call(self, method: str, path: str, person: str | None = "alice", **options: Any) -> Result:
        """One request; without a person, without a key."""
        headers = {"X-API-Key": f"dkd_sk_{person}"} if person else {}
        headers |= options.pop("headers", {})
        return self.client.simulate_request(method, path, headers=headers, **options)

    def post(self, path: str, document: object, person: str | None = "alice", **headers: str) -> Result:
        """Send a document as JSON; bytes are sent as they are."""
        body = document if isinstance(document, bytes) else json.dumps(document)
        return self.call(
            "POST", path, person, body=body, headers={"Content-Type": "application/json"} | headers
        )

    def get(self, path: str, person: str | None = "alice") -> Result:
        """Ask."""
        return self.call("GET", path, person)


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def notifier() -> FakeNotifier:
    return FakeNotifier()


@pytest.fixture(scope="session")
def settings() -> IngestSettings:
    """The defaults, whatever the environment says."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in IngestSettings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        return IngestSettings()


@pytest.fixture
def api(database: FakeDatabase, notifier: FakeNotifier, settings: IngestSettings) -> Api:
    return Api(
        TestClient(create_app(database=database, notifier=notifier, settings=settings, clock=lambda: NOW))
    )
