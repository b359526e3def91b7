"""Uploads on a real PostgreSQL: what is committed, for whom, and what never gets there."""

from typing import Any

import pytest
from falcon.testing import TestClient

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox
from ingest.app import create_app
from ingest.config import IngestSettings
from tasks.jobs import persist
from tests.integration.ingest.conftest import Send, SilentNotifier
from tests.unit.ingest.wire import session

ONE = "/api/v1/sessions"
BATCH = "/api/v1/sessions/batch"


def stored(database: Database, upload_id: str) -> dict[str, Any]:
    found = inbox.fetch_quarantined_upload(database, upload_id)
    assert found is not None
    return found


def test_an_accepted_upload_waits_in_the_inbox(database: Database, alice: Account, send: Send) -> None:
    answer = send(alice, "POST", ONE, session())

    row = stored(database, answer.json["upload_id"])
    assert answer.status_code == 202
    assert (row["state"], row["body"]["messages"][0]["content"]) == ("pending", "a secret plan")


@pytest.mark.parametrize("path", [ONE, BATCH])
def test_an_upload_becomes_a_session_with_the_right_sums(
    database: Database, bob: Account, send: Send, path: str
) -> None:
    send(bob, "POST", path, session() if path == ONE else [session()])
    persist.drain_sessions(database, "UTC")

    told = send(bob, "GET", "/api/v1/me").json
    assert (told["sessions_count"], told["total_tokens"], told["cache_read_tokens"]) == (1, 25, 200)


def test_uploading_twice_changes_nothing(database: Database, alice: Account, send: Send) -> None:
    for _ in range(2):
        again = send(alice, "POST", ONE, session()).json["upload_id"]
        persist.drain_sessions(database, "UTC")

    assert stored(database, again)["state"] == "repeated"


@pytest.mark.parametrize(
    "text",
    ["a\u0000b", "\U0001f600 \u00e9 \u2028", "x" * 2_000_000, "", "'; DROP TABLE users; --", '{}[]\\"%s'],
)
def test_any_text_survives(database: Database, alice: Account, send: Send, text: str) -> None:
    answer = send(alice, "POST", ONE, session(messages=[{"seq": 0, "role": "user", "content": text}]))

    kept = stored(database, answer.json["upload_id"])["body"]["messages"][0]["content"]
    assert kept == text.replace("\0", "\ufffd")


def test_text_of_a_person_at_metadata_is_nowhere(database: Database, bob: Account, send: Send) -> None:
    answers = send(bob, "POST", BATCH, [session(), session(total_messages="a secret plan")]).json

    rows = [stored(database, answer["upload_id"]) for answer in answers]
    assert [row["state"] for row in rows] == ["pending", "quarantined"]
    assert "secret plan" not in repr(rows)


def test_a_bad_item_lies_in_quarantine_with_its_reason(
    database: Database, alice: Account, send: Send
) -> None:
    _, bad = send(alice, "POST", BATCH, [session(), session(session_id=5)]).json

    row = stored(database, bad["upload_id"])
    assert row["state"] == "quarantined"
    assert row["reason"] == "invalid_value: session_id must be a string, not a whole number"
    assert row["body"]["refused"]["session_id"] == 5


def test_a_bad_item_that_an_admin_lets_in_is_stored_as_far_as_it_is_right(
    database: Database, alice: Account, send: Send
) -> None:
    (bad,) = send(alice, "POST", BATCH, [session(total_messages=-1)]).json
    inbox.requeue_uploads(database, bad["upload_id"])
    persist.drain_sessions(database, "UTC")

    assert stored(database, bad["upload_id"])["state"] == "persisted"
    assert users.fetch_own_figures(database, alice.user_id).total_tokens == 25


@pytest.mark.parametrize("item", [5, {}, session(session_id="")])
def test_a_nameless_item_that_an_admin_lets_in_comes_back(
    database: Database, alice: Account, send: Send, item: object
) -> None:
    good, bad = send(alice, "POST", BATCH, [session(), item]).json
    inbox.requeue_uploads(database, bad["upload_id"])
    for _ in range(inbox.MAX_ATTEMPTS):
        persist.drain_sessions(database, "UTC")
        database.execute("test_no_waiting")

    assert stored(database, good["upload_id"])["state"] == "persisted"
    assert stored(database, bad["upload_id"])["state"] == "quarantined"


def test_two_people_may_use_the_same_session_id(
    database: Database, alice: Account, bob: Account, send: Send
) -> None:
    send(alice, "POST", ONE, session())
    send(bob, "POST", ONE, session(total_messages=99))
    persist.drain_sessions(database, "UTC")

    assert [users.fetch_own_figures(database, person.user_id).sessions_count for person in (alice, bob)] == [
        1,
        1,
    ]


def test_an_empty_team_still_has_a_row_for_every_day(alice: Account, send: Send) -> None:
    days = send(alice, "GET", "/api/v1/team/trends?days=30").json

    assert [day["sessions"] for day in days] == [0] * 30


def test_health_really_asks(client: TestClient) -> None:
    assert client.simulate_get("/health").json == {
        "status": "degraded",
        "database": "connected",
        "queue": "disconnected",
    }


@pytest.mark.parametrize(("method", "path"), [("POST", ONE), ("POST", BATCH), ("GET", "/health")])
def test_without_postgresql_the_answer_is_503(method: str, path: str) -> None:
    gone = Database("postgresql://nobody@/nothing?host=/nonexistent", deadline=1)
    client = TestClient(create_app(database=gone, notifier=SilentNotifier(), settings=IngestSettings()))

    answer = client.simulate_request(
        method, path, headers={"X-API-Key": "x", "Content-Type": "application/json"}, body="[]"
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
