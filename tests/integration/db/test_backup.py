"""Backup and restore as docs/operations.md tells them: all is in the dump, and what waited is stored afterwards."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from db import migrate
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import inbox
from db.usage import checks
from standalone.embedded_postgres import find_binaries
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.tables import all_text
from tests.integration.uploads import upload

TEXT = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
CHAPTER = TEXT.split("\n## Backup and restore\n")[1].split("\n## ")[0]
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a thought"}


def told(program: str) -> list[str]:
    """The command of this program as the chapter tells it, without what stands for the machine and the file."""
    [line] = re.findall(rf"^    {program} (.+)$", CHAPTER, re.MULTILINE)
    return [
        find_binaries() / program,
        *[word for word in line.split() if word.startswith("--") and "$" not in word],
    ]


@pytest.fixture
def dump(database: Database, alice: Account, tmp_path: Path) -> Path:
    """A dump of a session with text and its days, and of an upload that waits."""
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice, messages=[MESSAGE])
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")
    upload(database, alice, "waiting")
    file = tmp_path / "insights.dump"
    subprocess.run([*told("pg_dump"), f"--file={file}", database.url], check=True)
    return file


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    """The URL of a database without anything in it."""
    _run(postgres, "CREATE DATABASE restored")
    yield postgres.replace("/insights?", "/restored?")
    _run(postgres, "DROP DATABASE restored WITH (FORCE)")


def test_a_dump_restores_to_the_same_rows_and_goes_on(database: Database, dump: Path, empty: str) -> None:
    subprocess.run([*told("pg_restore"), f"--dbname={empty}", dump], check=True)

    assert all_text(empty) == all_text(database.url)
    assert migrate.migrate(empty) == 0
    with closing(Database(empty, pool_size=2, deadline=20)) as restored:
        assert inbox.count_pending_uploads(restored)[0] == 1
        persist.drain_sessions(restored, "UTC")
        rollup.recompute_days(restored, "UTC")
        assert inbox.count_pending_uploads(restored)[0] == 0
        assert [result for result in checks.check_all(restored) if not result.agrees] == []


def _run(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
