"""All of one's own data goes at one's word: from every table and every file, and nobody else's."""

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from db import audit
from db.accounts import users
from db.accounts.account_records import Account
from db.accounts.administration import UserAdmin
from db.connection import Database
from db.lifecycle import deletions
from db.lifecycle.deletions import delete_own_data
from db.usage import checks
from tasks import worker
from tasks.config import WorkerSettings
from tasks.queue import job_queue
from tasks.rollups import rollup
from tasks.scheduler import Scheduler
from tests.integration import export_targets
from tests.integration.tables import all_text, digests
from tests.integration.uploads import settle, upload, upload_plan

DAY = date(2026, 11, 20)
TEXT = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
#: What stays: the account with its keys, and the mark until the files are written.
STAYS = {"users", "api_keys", "data_deletions"}


@pytest.fixture
def worked(database: Database, alice: Account, bob: Account) -> None:
    """Both have sessions and plans; one upload of Alice's still waits."""
    rollup.begin_in_zone(database, "UTC")
    for person in (alice, bob):
        upload(database, person, "s1", messages=[TEXT] if person == alice else [])
        upload_plan(database, person)
    settle(database)
    upload(database, alice, "s2")


def test_no_row_of_theirs_is_left_but_account_and_keys(
    database: Database, database_url: str, worked: None, alice: Account
) -> None:
    empty = digests(database_url, 0)

    assert delete_own_data(database, alice.user_id)

    left = digests(database_url, alice.user_id)
    assert {table for table in left if left[table] != empty[table]} == STAYS
    assert "a secret thought" not in all_text(database_url)


def test_nobody_elses_rows_change(
    database: Database, database_url: str, worked: None, alice: Account, bob: Account
) -> None:
    before = digests(database_url, bob.user_id)

    delete_own_data(database, alice.user_id)

    assert digests(database_url, bob.user_id) == before
    assert all(result.agrees for result in checks.check_all(database))


def test_what_comes_in_later_stays(database: Database, worked: None, alice: Account) -> None:
    deletion = deletions._request_own_deletion(database, alice.user_id)
    upload(database, alice, "s1", total_messages=9)
    settle(database)

    deletions.delete_rows_of_user(database, deletion)
    settle(database)

    assert [row["session_id"] for row in database.fetch("test_session", user_id=alice.user_id)] == ["s1"]
    assert all(result.agrees for result in checks.check_all(database))


def test_files_are_rewritten_without_them(
    database: Database, database_url: str, redis_url: str, worked: None, alice: Account, tmp_path: Path
) -> None:
    export_targets.export(database, tmp_path, [DAY], "UTC")
    delete_own_data(database, alice.user_id)
    with closing(job_queue.connect(redis_url)) as client:
        Scheduler(database, client, "UTC").sweep(datetime.now(UTC))
    settings = WorkerSettings(database_url=database_url, redis_url=redis_url, export_url=str(tmp_path))

    worker.build(settings).work(burst=True, logging_level="WARNING")

    names = pl.scan_parquet(tmp_path / "sessions/**/*.parquet").select("username").collect()
    assert names["username"].to_list() == ["bob"]
    assert deletions.fetch_open_deletion(database, alice.user_id) is None


def test_who_an_admin_removes_is_gone_from_rows_and_files(
    database: Database,
    database_url: str,
    redis_url: str,
    worked: None,
    admin: Account,
    alice: Account,
    tmp_path: Path,
) -> None:
    export_targets.export(database, tmp_path, [DAY], "UTC")
    UserAdmin(database, "own_", actor_id=admin.user_id).remove(alice.user_id)
    assert deletions.list_account_deletions(database) == {alice.user_id}
    with closing(job_queue.connect(redis_url)) as client:
        Scheduler(database, client, "UTC").sweep(datetime.now(UTC))
    settings = WorkerSettings(database_url=database_url, redis_url=redis_url, export_url=str(tmp_path))

    worker.build(settings).work(burst=True, logging_level="WARNING")

    assert users.fetch_account(database, alice.user_id) is None
    (entry,) = audit.list_audit_entries(database, limit=1)
    assert (entry.action, entry.actor) == ("account.deleted", admin.username)
    names = pl.scan_parquet(tmp_path / "sessions/**/*.parquet").select("username").collect()
    assert names["username"].to_list() == ["bob"]
    assert all(result.agrees for result in checks.check_all(database))


def test_rows_that_could_not_go_at_once_go_with_the_job(
    database: Database,
    database_url: str,
    redis_url: str,
    worked: None,
    alice: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(deletions, "WAIT_SECONDS", 0.001)
    assert not delete_own_data(database, alice.user_id)
    with closing(job_queue.connect(redis_url)) as client:
        job_queue.enqueue_once(client, job_queue.DELETE)

    settings = WorkerSettings(database_url=database_url, redis_url=redis_url, export_url=str(tmp_path))

    worker.build(settings).work(burst=True, logging_level="WARNING")

    assert database.fetch("test_session", user_id=alice.user_id) == []
