"""From the inbox to rows, on a real PostgreSQL: whole snapshots, each person's own, and nothing lost on the way."""

import random
import time

import pytest

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.errors import StorageError
from db.uploads import inbox
from db.uploads.upload_records import ClaimedUpload
from tasks.jobs import batch, persist
from tests.integration.uploads import MODEL, upload

GROWN = {"ended_at": "2026-11-20T11:00:00Z", "total_messages": 9, "total_tokens_in": 900}


def test_an_upload_becomes_rows_and_its_body_is_deleted(database: Database, bob: Account) -> None:
    upload(database, bob)

    assert persist.drain_sessions(database, "UTC") == 1
    assert database.fetch("test_parts") == [
        {"tools": "Read", "tags": "tool:Read", "models": MODEL, "contents": ""}
    ]
    assert database.fetch("test_states") == [{"state": "persisted", "count": 1}]


def test_text_is_kept_in_its_order(database: Database, alice: Account) -> None:
    texts = [{"sequence": n, "timestamp": None, "role": "user", "content": str(n)} for n in (2, 0, 1)]
    upload(database, alice, messages=texts)

    persist.drain_sessions(database, "UTC")

    assert database.fetch("test_parts")[0]["contents"] == "0,1,2"


def test_uploading_twice_changes_nothing(database: Database, bob: Account) -> None:
    for _ in range(3):
        upload(database, bob)
        persist.drain_sessions(database, "UTC")

    assert database.fetch("test_states") == [
        {"state": "persisted", "count": 1},
        {"state": "repeated", "count": 2},
    ]


def test_a_newer_snapshot_replaces_the_whole_of_the_older_one(database: Database, bob: Account) -> None:
    upload(database, bob)
    persist.drain_sessions(database, "UTC")
    upload(database, bob, **GROWN, tools=[{"tool_name": "Bash", "call_count": 1}], tags=[])
    persist.drain_sessions(database, "UTC")

    [parts] = database.fetch("test_parts")
    assert (parts["tools"], parts["tags"]) == ("Bash", "")


@pytest.mark.parametrize("together", [True, False])
def test_an_older_snapshot_that_arrives_late_never_overwrites(
    database: Database, bob: Account, together: bool
) -> None:
    upload(database, bob, **GROWN)
    if not together:
        persist.drain_sessions(database, "UTC")
    upload(database, bob)
    persist.drain_sessions(database, "UTC")

    [session] = database.fetch("test_session", user_id=bob.user_id)
    assert session["total_messages"] == 9


def test_two_people_with_one_session_id_each_keep_their_own(
    database: Database, alice: Account, bob: Account
) -> None:
    upload(database, alice, project_name="hers")
    upload(database, bob, project_name="his")
    persist.drain_sessions(database, "UTC")

    kept = [database.fetch("test_session", user_id=person.user_id) for person in (alice, bob)]
    assert [[session["project_name"] for session in sessions] for sessions in kept] == [["hers"], ["his"]]


def test_one_upload_that_is_refused_does_not_hold_up_the_others(database: Database, bob: Account) -> None:
    upload(database, bob, "good")
    upload(database, bob, "poison", project_name="/an/impossible/path")
    upload(database, bob, "better")

    persist.drain_sessions(database, "UTC")

    assert [session["session_id"] for session in database.fetch("test_session", user_id=bob.user_id)] == [
        "better",
        "good",
    ]


def test_an_upload_that_keeps_failing_is_quarantined_with_its_reason(
    database: Database, bob: Account
) -> None:
    upload(database, bob, "poison", started_at="1999-01-01T00:00:00Z")
    for _ in range(inbox.MAX_ATTEMPTS):
        database.execute("test_no_waiting")
        persist.drain_sessions(database, "UTC")

    [row] = inbox.list_quarantined_uploads(database)
    assert "sessions_started_at_check" in row["reason"]
    assert persist.drain_sessions(database, "UTC") == 0


TAG = {"tag": "twice", "auto_generated": False}


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ({"tags": [TAG, TAG]}, "conflict: "),
        ({"models": 5, "responses": []}, "TypeError"),
        ({"ended_at": "not a time"}, "refused: "),
        ({"total_tokens_in": "many"}, "refused: "),
    ],
)
def test_only_the_invalid_upload_is_quarantined(
    database: Database, alice: Account, bob: Account, flaw: dict, reason: str
) -> None:
    upload(database, alice, **flaw)
    upload(database, bob)
    for _ in range(inbox.MAX_ATTEMPTS):
        database.execute("test_no_waiting")
        persist.drain_sessions(database, "UTC")

    [row] = inbox.list_quarantined_uploads(database)
    assert (row["username"], row["reason"].startswith(reason)) == ("alice", True)
    assert len(database.fetch("test_session", user_id=bob.user_id)) == 1


def test_an_upload_that_takes_too_long_does_not_hold_up_the_others(
    database: Database, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = persist.upload_costs

    def slow(claimed: ClaimedUpload, zone: str) -> dict:
        if claimed.user_id == alice.user_id:
            time.sleep(1)
        return price(claimed, zone)

    monkeypatch.setattr(persist, "upload_costs", slow)
    monkeypatch.setattr(batch, "DEADLINE_SECONDS", 0.5)
    monkeypatch.setattr(database, "deadline", 1)
    for person in (alice, bob):
        upload(database, person)

    persist.drain_sessions(database, "UTC")

    assert database.fetch("test_states") == [
        {"state": "pending", "count": 1},
        {"state": "persisted", "count": 1},
    ]


@pytest.mark.parametrize("trouble", ["a zone nobody knows", "a table that is not there"])
def test_a_failure_of_the_system_is_not_recorded_against_an_upload(
    database: Database, bob: Account, trouble: str
) -> None:
    upload(database, bob)
    if trouble == "a table that is not there":
        database.execute("test_lose_a_table")

    with pytest.raises(StorageError):
        persist.drain_sessions(database, "localtime" if trouble == "a zone nobody knows" else "UTC")

    assert [row["attempts"] for row in database.fetch("test_attempts")] == [0]


def test_only_one_drain_runs_at_a_time(database: Database, bob: Account) -> None:
    upload(database, bob)

    with database.transaction() as other:
        assert inbox.lock_persist(other)
        assert persist.drain_sessions(database, "UTC") == 0
    assert persist.drain_sessions(database, "UTC") == 1


def test_any_order_of_repeats_and_snapshots_stores_the_newest(database: Database, bob: Account) -> None:
    chance = random.Random(1)
    for _ in range(60):
        step = chance.randrange(10)
        upload(
            database,
            bob,
            f"s{chance.randrange(4)}",
            ended_at=f"2026-11-20T1{step}:30:00Z",
            total_messages=step,
        )
        if chance.random() < 0.3:
            persist.drain_sessions(database, "UTC")
    for name in range(4):
        upload(database, bob, f"s{name}", ended_at="2026-11-20T19:30:00Z", total_messages=9)
    persist.drain_sessions(database, "UTC")

    assert [row["total_messages"] for row in database.fetch("test_session", user_id=bob.user_id)] == [9] * 4


def test_a_backlog_is_stored_in_batches_that_fit_the_deadline(
    database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        upload(database, bob, f"s{number}")
    monkeypatch.setattr(inbox, "MAX_BYTES", 1)

    with database.transaction() as transaction:
        assert [upload.session_id for upload in inbox.claim_uploads(transaction, limit=9)] == ["s0"]
    assert persist.drain_sessions(database, "UTC") == 3


def test_text_comes_back_when_the_level_is_raised_again(database: Database, alice: Account) -> None:
    text = [{"sequence": 0, "timestamp": None, "role": "user", "content": "shared"}]
    upload(database, alice, messages=text)
    persist.drain_sessions(database, "UTC")
    for level in ("metadata", "full"):
        users.change_settings(database, alice.user_id, share_level=level)
    upload(database, alice, messages=text)
    persist.drain_sessions(database, "UTC")

    assert database.fetch("test_parts")[0]["contents"] == "shared"


def test_nothing_is_requeued_for_a_person_who_shares_nothing_now(database: Database, bob: Account) -> None:
    upload_id = upload(database, bob, project_name="/an/impossible/path")
    for _ in range(inbox.MAX_ATTEMPTS):
        database.execute("test_no_waiting")
        persist.drain_sessions(database, "UTC")

    users.change_settings(database, bob.user_id, share_level="none")

    assert not inbox.requeue_uploads(database, upload_id)
