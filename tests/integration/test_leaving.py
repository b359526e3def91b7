"""A person who is deleted, or deletes their data, is in no table, rollup, file or manifest afterwards."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from db.accounts import logins
from db.accounts.account_records import Account
from db.accounts.administration import UserAdmin
from db.connection import Database
from db.lifecycle import deletions
from db.lifecycle.retention import RetentionPolicy
from db.uploads import inbox
from db.usage import checks
from db.usage.periods import Period
from tasks.jobs import apply_retention
from tasks.rollups import rollup
from tests.integration import export_targets
from tests.integration.people import enrol
from tests.integration.tables import all_text
from tests.integration.uploads import settle, upload, upload_plan

DAYS = Period(date(2026, 9, 19), date(2026, 11, 21)).dates()
CANARY = "canary"
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": f"a {CANARY} sings"}


@pytest.fixture
def singer(database: Database) -> Account:
    """Alice by another name, so that she is found wherever she is left."""
    return enrol(database, CANARY, email=f"{CANARY}@example.org", share_level="full")


@pytest.fixture
def folder(database: Database, singer: Account, bob: Account, tmp_path: Path) -> Path:
    """Text, a plan, sessions that are sums by now, one in quarantine and one that waits; and all days in files."""
    rollup.begin_in_zone(database, "UTC")
    for person, name in [(singer, CANARY), (bob, "shop")]:
        for month in ("09", "11"):
            upload(
                database,
                person,
                f"{name}-{month}",
                project_name=name,
                git_branch=name,
                ended_at=None,
                started_at=f"2026-{month}-20T10:00:00Z",
                messages=[MESSAGE] if person is singer else [],
            )
    upload_plan(database, singer, name=CANARY)
    settle(database)
    apply_retention.run(database, "UTC", RetentionPolicy(sessions=30), now=datetime(2026, 11, 1, tzinfo=UTC))
    upload(database, singer, f"{CANARY}-bad", started_at=None)
    inbox.quarantine_uploads(
        database, [row["inbox_id"] for row in database.fetch("test_waiting_mail")], "no start"
    )
    upload(database, singer, f"{CANARY}-waiting")
    rollup.recompute_days(database, "UTC")
    export_targets.export(database, tmp_path, DAYS, "UTC")
    return tmp_path


def delete_account(database: Database, person: Account, folder: Path) -> None:
    deletions.delete_account(database, person.user_id, program="test")
    export_targets.remove_person(database, folder, person.username, "UTC")


def delete_data(database: Database, person: Account, folder: Path) -> None:
    assert deletions.delete_own_data(database, person.user_id)
    [asked] = deletions.list_open_deletions(database)
    export_targets.remove_person(database, folder, person.username, "UTC")
    deletions.finish_deletion(database, asked, program="test")


def remove(database: Database, person: Account, folder: Path) -> None:
    """As the worker does when an admin has asked for it."""
    UserAdmin(database, "own_", program="a test").remove(person.user_id)
    [asked] = deletions.list_open_deletions(database)
    deletions.delete_rows_of_user(database, asked)
    export_targets.remove_person(database, folder, person.username, "UTC")
    deletions.finish_deletion(database, asked, program="test")


def in_files(folder: Path) -> str:
    """All that a reader finds in any file, and all names of files."""
    rows = [str(pl.read_parquet(path).rows()) for path in folder.rglob("*.parquet")]
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return "\n".join([*rows, *names, (folder / "manifest.json").read_text()])


@pytest.mark.parametrize("delete", [delete_account, delete_data, remove])
def test_nothing_is_left_of_a_person_who_goes(
    database: Database, singer: Account, folder: Path, delete: Callable[[Database, Account, Path], None]
) -> None:
    assert CANARY in all_text(database.url)
    assert CANARY in in_files(folder)

    delete(database, singer, folder)
    rollup.recompute_days(database, "UTC")

    rows = [row for row in all_text(database.url).splitlines() if CANARY in row]
    # Who only deleted their data still has an account, and nothing else.
    assert len(rows) == (1 if delete is delete_data else 0)
    assert singer.user_id not in {row["user_id"] for row in database.fetch("test_owners")}
    assert CANARY not in in_files(folder)
    assert [result for result in checks.check_all(database) if not result.agrees] == []
    the_others_stay(folder)


def test_labels_and_whatever_was_typed_at_the_login_go_with_the_person(
    database: Database, singer: Account
) -> None:
    UserAdmin(database, "dkd_sk_").issue_key(singer.user_id, f"laptop of {CANARY}")
    for typed in (CANARY, CANARY.upper(), f"{CANARY}@example.org"):
        logins.record_login_failure(database, typed, "127.0.0.1")

    deletions.delete_account(database, singer.user_id, program="test")

    assert CANARY not in all_text(database.url).lower()


def the_others_stay(folder: Path) -> None:
    """And the manifest says what is there."""
    listed = {entry["path"]: entry for entry in json.loads((folder / "manifest.json").read_text())["files"]}
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.parquet")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == {
        name: entry["sha256"] for name, entry in listed.items()
    }
    assert pl.read_parquet(folder / "daily_stats" / "**" / "*.parquet")["username"].to_list() == [
        "bob",
        "bob",
    ]
