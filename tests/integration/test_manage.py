"""The admin CLI from a shell of its own, on a real database: its zone, its export folder, and deletions that stick."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from db import audit
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.usage.periods import Period
from standalone.home import save_settings
from tasks.exports.storage import export_path
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration import export_targets
from tests.integration.people import enrol
from tests.integration.uploads import upload

MANAGE = Path(__file__).parents[2] / "manage.py"
DAY = ("--from", "2026-11-20", "--to", "2026-11-20")

Manage = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def manage(tmp_path: Path, database_url: str) -> Manage:
    """Run a verb beside a server that was told its database and export folder."""
    save_settings(tmp_path, {"database_url": database_url, "export_url": str(tmp_path / "files")})
    foreign = ("DATABASE_URL", "REDIS_URL", "EXPORT_URL", "INSIGHTS_TIMEZONE")
    plain = {name: value for name, value in os.environ.items() if name not in foreign}

    def run(*words: str, given: bytes = b"", **lang: str) -> "subprocess.CompletedProcess[bytes]":
        shell = plain | {"INSIGHTS_HOME": str(tmp_path), "EXPORT_RETENTION_DAYS": "36500"} | lang
        return subprocess.run(
            [sys.executable, MANAGE, *words], env=shell, input=given, capture_output=True, check=False
        )

    return run


@pytest.fixture
def berlin(database: Database, alice: Account, bob: Account) -> None:
    """Two people at half past midnight on the 20th, team time, which was the 19th in UTC."""
    rollup.begin_in_zone(database, "Europe/Berlin")
    for person in (alice, bob):
        upload(database, person, started_at="2026-11-19T23:30:00Z", ended_at=None)
    persist.drain_sessions(database, "Europe/Berlin")
    rollup.recompute_days(database, "Europe/Berlin")


def days(database: Database) -> list[str]:
    return [str(row["stat_date"]) for row in database.fetch("test_days")]


def test_a_plain_shell_counts_the_days_of_the_team(manage: Manage, berlin: None, database: Database) -> None:
    done = manage("rollup", "--from", "2026-11-19", "--to", "2026-11-20", "--json")
    assert json.loads(done.stdout) == {"recomputed_days_of_people": 2}
    assert days(database) == ["2026-11-20"]


def test_a_plain_shell_exports_where_the_server_does(manage: Manage, berlin: None, tmp_path: Path) -> None:
    done = manage("export", *DAY, "--json")
    assert json.loads(done.stdout) == {"folder": str(tmp_path / "files"), "files": 4, "rows": 8}


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (("rollup", *DAY), {"INSIGHTS_TIMEZONE": "UTC"}),
        (("check",), {"INSIGHTS_TIMEZONE": "UTC"}),
        (("export", *DAY), {"EXPORT_URL": "/elsewhere"}),
        (("delete-user", "alice", "--yes"), {"EXPORT_URL": "/elsewhere"}),
    ],
)
def test_a_shell_that_says_something_else_is_refused_before_anything_happens(
    manage: Manage, berlin: None, database: Database, words: tuple[str, ...], lang: dict[str, str]
) -> None:
    done = manage(*words, **lang)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert users.fetch_account_by_name(database, "alice") is not None


@pytest.fixture
def broken(berlin: None, database: Database, tmp_path: Path) -> Path:
    """The exported day, and in the export_path of one of its files something that can't be replaced."""
    day = date(2026, 11, 20)
    export_targets.export(database, tmp_path / "files", [day], "Europe/Berlin")
    path = tmp_path / "files" / export_path("sessions", Period(day, day))
    path.unlink()
    path.mkdir()
    return path


def names(folder: Path) -> set[str]:
    return {name for path in folder.rglob("*.parquet") for name in pl.read_parquet(path)["username"]}


def test_a_deletion_that_gets_stuck_at_the_files_is_finished_by_the_next_try(
    manage: Manage, broken: Path, tmp_path: Path
) -> None:
    stuck = manage("delete-user", "alice", "--yes")
    assert (stuck.returncode, b"run delete-user alice again" in stuck.stderr) == (1, True)
    broken.rmdir()
    assert manage("delete-user", "alice", "--yes").returncode == 0
    assert names(tmp_path / "files") == {"bob"}


def test_a_deletion_is_written_down_even_when_it_gets_stuck(
    manage: Manage, broken: Path, database: Database
) -> None:
    manage("delete-user", "alice", "--yes")
    (asked,) = audit.list_audit_entries(database, limit=1)
    assert (asked.action, asked.subject, asked.detail) == (
        "account.deletion_asked",
        "alice",
        {"by": "manage.py"},
    )


def test_a_deletion_is_written_down_with_the_program_that_did_it(
    manage: Manage, berlin: None, database: Database
) -> None:
    assert manage("delete-user", "alice", "--yes").returncode == 0
    entries = audit.list_audit_entries(database, limit=2)
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("account.deleted", {"by": "manage.py"}),
        ("account.deletion_asked", {"by": "manage.py"}),
    ]


def test_the_last_admin_stays_however_many_are_deleted_at_once(
    manage: Manage, database: Database, admin: Account
) -> None:
    enrol(database, "grace", role="admin")
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda name: manage("delete-user", name, "--yes").returncode, ("ada", "grace")))
    assert sorted(codes) == [0, 1]
    assert [one.role for one in users.list_accounts(database) if one.is_admin and one.active] == ["admin"]


def test_a_look_at_an_upload_in_quarantine_is_written_down(
    manage: Manage, database: Database, alice: Account
) -> None:
    upload_id = upload(database, alice)
    shown = json.loads(manage("quarantine", "show", upload_id, "--json").stdout)
    assert (shown["username"], shown["upload_id"]) == ("alice", upload_id)
    (entry,) = audit.list_audit_entries(database, limit=1)
    assert (entry.action, entry.subject) == ("person.viewed", "alice")
    assert entry.detail == {"by": "manage.py", "upload": upload_id}


def test_a_password_that_is_no_text_is_refused(manage: Manage, alice: Account) -> None:
    done = manage("set-password", "alice", given=b"\xff" * 12)
    assert (done.returncode, done.stderr) == (1, b"Error: the password on stdin is not UTF-8\n")


def test_help_shows_every_command_untruncated(manage: Manage) -> None:
    verbs = manage("--help").stdout.decode().split("Commands:\n")[1].splitlines()
    assert len(verbs) == 12
    assert [verb for verb in verbs if verb.endswith("...")] == []


def test_times_are_shown_to_the_second(manage: Manage, alice: Account) -> None:
    told = manage("list-users").stdout.decode()
    assert f"{alice.created_at:%Y-%m-%d %H:%M:%S}+00:00" in told


def test_beside_a_server_that_was_stopped_it_says_so(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "stopped" / "run").mkdir(parents=True, mode=0o700)
    done = manage("check", INSIGHTS_HOME=str(tmp_path / "stopped"))
    assert (done.returncode, b"no Insights is running" in done.stderr) == (1, True)
