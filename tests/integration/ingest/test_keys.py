"""Keys as people have them: several, each with its own end, and gone on the next request whoever remembers them."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from falcon.testing import TestClient

from db.accounts import api_keys, users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from ingest.app import create_app
from ingest.config import IngestSettings
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.ingest.conftest import SilentNotifier, key_of
from tests.integration.ingest.serving import ask, serving
from tests.integration.uploads import upload
from tests.unit.ingest.wire import plan, session

#: Whatever may be uploaded: right, wrong, nothing at all, and no JSON.
UPLOADS = [
    ("/api/v1/sessions", json.dumps(session())),
    ("/api/v1/sessions", json.dumps(session(started_at="soon"))),
    ("/api/v1/sessions", "{"),
    ("/api/v1/sessions/batch", json.dumps([session(), 5])),
    ("/api/v1/sessions/batch", "[]"),
    ("/api/v1/plans", json.dumps(plan())),
    ("/api/v1/plans/batch", json.dumps([plan(), None])),
]


def use_was(database: Database, ago: str) -> None:
    """Turn back the clock of all keys and people."""
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"UPDATE api_keys SET last_used_at = now() - interval '{ago}'")
        cursor.execute(f"UPDATE users SET last_seen_at = now() - interval '{ago}'")
        connection.commit()


def revoke(database: Database, person: Account) -> None:
    users.revoke_keys(database, person.user_id)


def expire(database: Database, person: Account) -> None:
    database.execute("test_expire_keys")


def leave(database: Database, person: Account) -> None:
    database.execute("test_deactivate", user_id=person.user_id)


def delete(database: Database, person: Account) -> None:
    deletions.delete_account(database, person.user_id, program="test")


@pytest.fixture
def processes(database: Database) -> list[TestClient]:
    """The app twice, each with a memory of its own of who called, as under gunicorn."""
    return [
        TestClient(create_app(database=database, notifier=SilentNotifier(), settings=IngestSettings()))
        for _ in range(2)
    ]


@pytest.mark.parametrize("end", [revoke, expire, leave, delete], ids=lambda end: end.__name__)
@pytest.mark.parametrize(("path", "body"), UPLOADS)
def test_a_key_that_ended_is_refused_on_the_next_request_by_every_process_that_knew_it(
    database: Database,
    bob: Account,
    processes: list[TestClient],
    path: str,
    body: str,
    end: Callable[[Database, Account], None],
) -> None:
    headers = {"X-API-Key": key_of(database, bob), "Content-Type": "application/json"}
    before = [process.simulate_post(path, body=body, headers=headers).status_code for process in processes]
    end(database, bob)

    after = [process.simulate_post(path, body=body, headers=headers) for process in processes]

    assert 401 not in before
    assert [(answer.status_code, answer.json["errors"]) for answer in after] == [(401, [])] * 2


@pytest.mark.parametrize("end", [revoke, expire, leave, delete], ids=lambda end: end.__name__)
@pytest.mark.parametrize("query", ["?days=2", "?days=0"])
def test_the_leaderboard_is_closed_to_a_key_that_ended(
    database: Database,
    alice: Account,
    bob: Account,
    processes: list[TestClient],
    query: str,
    end: Callable[[Database, Account], None],
) -> None:
    upload(database, alice, started_at=datetime.now(UTC).isoformat(), ended_at=None)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")
    path, headers = "/api/v1/team/leaderboard", {"X-API-Key": key_of(database, bob)}
    before = [process.simulate_get(path, headers=headers, query_string="days=2") for process in processes]
    end(database, bob)

    after = [process.simulate_get(f"{path}{query}", headers=headers) for process in processes]

    assert [[row["username"] for row in answer.json] for answer in before] == [["alice"]] * 2
    assert [(answer.status_code, answer.json["errors"]) for answer in after] == [(401, [])] * 2


def test_a_revoked_key_is_refused_by_every_worker_of_the_real_server(
    database_url: str, redis_url: str, database: Database, bob: Account
) -> None:
    headers = {"X-API-Key": key_of(database, bob), "Content-Type": "application/json"}
    with serving(database_url, redis_url, "--workers", "2") as (port, _):

        def status() -> int:
            return ask(port, "POST", "/api/v1/sessions", json.dumps(session()).encode(), headers)[0]

        before = {status() for _ in range(20)}
        users.revoke_keys(database, bob.user_id)
        after = {status() for _ in range(20)}

    assert (before, after) == ({202}, {401})


def test_a_person_may_have_several_keys_and_lose_one(
    database: Database, bob: Account, client: TestClient
) -> None:
    raw = [key_of(database, bob) for _ in range(3)]
    lost = next(key for key in users.list_keys(database, bob.user_id) if raw[1].startswith(key.prefix))

    assert users.revoke_key(database, lost.user_id, lost.key_id)

    statuses = [client.simulate_get("/api/v1/me", headers={"X-API-Key": key}).status_code for key in raw]
    assert statuses == [200, 401, 200]


@pytest.mark.parametrize("header", ["X-API-Key", "Authorization"])
def test_a_key_is_told_apart_by_its_label_and_beginning_and_ends_by_itself(
    database: Database, bob: Account, client: TestClient, header: str
) -> None:
    made, end = api_keys.new_key("dkd_sk_"), datetime.now(UTC) + timedelta(hours=1)
    about: dict[str, Any] = {"label": "laptop", "prefix": made.prefix, "key_hash": made.key_hash}
    issued = users.issue_key(database, user_id=bob.user_id, expires_at=end, **about)
    shown = made.raw if header == "X-API-Key" else f"Bearer {made.raw}"

    before = client.simulate_get("/api/v1/me", headers={header: shown}).status_code
    expire(database, bob)
    after = client.simulate_get("/api/v1/me", headers={header: shown}).status_code

    assert (issued.label, issued.expires_at, issued.revoked_at) == ("laptop", end, None)
    assert made.raw.startswith(issued.prefix) and len(made.raw) - len(issued.prefix) > 30
    assert (before, after) == (200, 401)


@pytest.mark.parametrize(("ago", "is_noted"), [("55 seconds", False), ("65 seconds", True)])
def test_the_use_of_a_key_is_noted_once_a_minute(
    database: Database, bob: Account, client: TestClient, ago: str, is_noted: bool
) -> None:
    headers = {"X-API-Key": key_of(database, bob)}
    client.simulate_get("/api/v1/me", headers=headers)
    use_was(database, ago)
    [before] = users.list_keys(database, bob.user_id)

    client.simulate_get("/api/v1/me", headers=headers)

    [after] = users.list_keys(database, bob.user_id)
    seen = users.fetch_account(database, bob.user_id)
    assert (after.last_used_at != before.last_used_at) is is_noted
    assert seen is not None and (seen.last_seen_at == after.last_used_at or not is_noted)
