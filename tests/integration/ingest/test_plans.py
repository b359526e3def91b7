"""Plans on a real PostgreSQL, from the request to the row; what their owner is told of them, and nobody else."""

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from falcon.testing import Result, TestClient

from db.accounts.account_records import Account
from db.connection import Database
from db.errors import StorageUnavailable
from db.uploads import inbox
from tasks.jobs import persist, persist_plans
from tests.integration.ingest.conftest import Send, key_of
from tests.unit.ingest.wire import plan, session

ONE = "/api/v1/plans"
BATCH = "/api/v1/plans/batch"
SECRET = "sk-ant-api03-" + "x" * 40


def rows(database: Database, person: Account) -> list[dict[str, Any]]:
    return database.fetch("test_plans", user_id=person.user_id)


def state_of(send: Send, person: Account, upload_id: str) -> Result:
    return send(person, "GET", f"/api/v1/uploads/{upload_id}")


@pytest.fixture
def worker(database: Database) -> Iterator[None]:
    """Somebody who drains the inbox while the tests wait."""
    over = threading.Event()

    def drain() -> None:
        while not over.wait(0.05):
            persist.drain_sessions(database, "UTC")
            persist_plans.drain_plans(database)

    thread = threading.Thread(target=drain)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def knock(client: TestClient, database: Database, alice: Account) -> Any:
    """Upload as Alice, who wishes to wait."""
    headers = {"X-API-Key": key_of(database, alice), "Prefer": "wait=5"}
    return lambda path, document: client.simulate_post(path, json=document, headers=headers)


@pytest.mark.parametrize("path", [ONE, BATCH])
def test_a_plan_becomes_a_row_at_its_owners_level(
    database: Database, alice: Account, bob: Account, send: Send, path: str
) -> None:
    for person in (alice, bob):
        send(person, "POST", path, plan() if path == ONE else [plan()])
    persist_plans.drain_plans(database)

    assert rows(database, alice)[0]["content"] == "# Move the cache\n\na secret plan\n"
    assert (rows(database, bob)[0]["title"], rows(database, bob)[0]["content"]) == ("Move the cache", None)


@pytest.mark.parametrize(
    "text", ["a\u0000b", "\U0001f600 \u2028", "x" * 2_000_000, "", "'; DROP TABLE plans; --"]
)
def test_any_text_survives(database: Database, alice: Account, send: Send, text: str) -> None:
    send(alice, "POST", ONE, plan(content=text))
    persist_plans.drain_plans(database)

    assert rows(database, alice)[0]["content"] == text.replace("\0", "\ufffd")


def test_a_zero_time_is_unknown(database: Database, alice: Account, send: Send) -> None:
    send(alice, "POST", ONE, plan(created_at="0001-01-01T00:00:00Z"))
    persist_plans.drain_plans(database)

    assert rows(database, alice)[0]["created_at"] is None


def test_no_secret_of_a_plan_is_stored(database: Database, alice: Account, send: Send) -> None:
    secret = plan(name=f"plan {SECRET}", title=SECRET, content=SECRET)
    answers = send(alice, "POST", BATCH, [secret, secret | {"created_at": SECRET}]).json
    kept = [inbox.fetch_quarantined_upload(database, answer["upload_id"]) for answer in answers]
    persist_plans.drain_plans(database)

    assert [row["state"] for row in kept if row] == ["pending", "quarantined"]
    assert SECRET not in repr([kept, rows(database, alice)])


def test_a_bad_plan_that_an_admin_lets_in_is_stored_as_far_as_it_is_right(
    database: Database, alice: Account, send: Send
) -> None:
    (bad,) = send(alice, "POST", BATCH, [plan(created_at="soon")]).json
    inbox.requeue_uploads(database, bad["upload_id"])
    persist_plans.drain_plans(database)

    assert [row["name"] for row in rows(database, alice)] == ["calm-river-otter"]
    assert state_of(send, alice, bad["upload_id"]).json["status"] == "persisted"


def test_an_upload_is_told_from_its_arrival_to_its_row(
    database: Database, alice: Account, send: Send
) -> None:
    upload_id = send(alice, "POST", ONE, plan()).json["upload_id"]
    before = state_of(send, alice, upload_id).json
    persist_plans.drain_plans(database)
    after = state_of(send, alice, upload_id).json

    assert (before["status"], before["settled_at"]) == ("pending", None)
    assert (after["status"], after["kind"], after["name"]) == ("persisted", "plan", "calm-river-otter")
    assert after["settled_at"] >= after["received_at"] == before["received_at"]


def test_a_repeated_upload_is_told(database: Database, alice: Account, send: Send) -> None:
    for _ in range(2):
        again = send(alice, "POST", ONE, plan()).json["upload_id"]
        persist_plans.drain_plans(database)

    assert state_of(send, alice, again).json["status"] == "repeated"


def test_an_upload_that_an_admin_gave_up_is_told(database: Database, alice: Account, send: Send) -> None:
    (bad,) = send(alice, "POST", BATCH, [plan(title=5)]).json
    inbox.discard_uploads(database, bad["upload_id"])

    told = state_of(send, alice, bad["upload_id"]).json
    assert told["status"] == "quarantined"
    assert told["reason"].startswith("An admin gave it up.") and "title must be a string" in told["reason"]


def test_an_upload_of_somebody_else_is_like_one_that_never_was(
    alice: Account, bob: Account, admin: Account, send: Send
) -> None:
    upload_id = send(alice, "POST", ONE, plan()).json["upload_id"]

    answers = [state_of(send, person, upload_id) for person in (bob, admin)]
    answers += [state_of(send, alice, unknown) for unknown in (str(uuid.uuid4()), "not-an-id")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (ONE, plan()),
        (BATCH, [plan(), plan(), plan(name="fox")]),
        ("/api/v1/sessions", session()),
        ("/api/v1/sessions/batch", [session(session_id=str(number)) for number in range(50)]),
    ],
)
def test_who_wishes_to_wait_is_answered_when_all_is_stored(
    database: Database, worker: None, knock: Any, path: str, document: object
) -> None:
    answer = knock(path, document)

    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=5")
    assert database.fetch("test_waiting_mail") == []


def test_who_waits_in_vain_is_answered_after_the_time(knock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.resources.prefer_wait.MAX_SECONDS", 1)
    began = time.monotonic()

    assert knock(ONE, plan()).status_code == 202
    assert 1 <= time.monotonic() - began < 2


def test_a_database_that_goes_away_meanwhile_does_not_unsay_the_commit(
    database: Database, knock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.uploads.upload_status.list_upload_states", _gone)

    assert knock(ONE, plan()).status_code == 202
    assert inbox.count_pending_uploads(database)[0] == 1


def _gone(*_arguments: object, **_options: object) -> None:
    raise StorageUnavailable("gone")
