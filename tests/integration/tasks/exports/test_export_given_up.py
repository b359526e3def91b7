"""An export that fails while PostgreSQL is still working ends at once."""

import time
from datetime import date
from pathlib import Path

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.statements import statements
from tasks.exports.parquet_writer import ParquetWriter
from tests.integration import export_targets
from tests.integration.uploads import settle, upload

DAY = date(2026, 11, 20)
SOON_SECONDS = 60


def test_an_export_that_fails_does_not_wait_for_its_readers(
    database: Database, alice: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(*_: object) -> None:
        raise OSError("no room")

    upload(database, alice)
    settle(database)
    monkeypatch.setattr(ParquetWriter, "add", add)
    monkeypatch.setitem(statements(), "exported_tools", statements()["test_long_cursor"])
    began = time.monotonic()

    with pytest.raises(OSError, match="no room"):
        export_targets.export(database, tmp_path, [DAY])
    assert time.monotonic() - began < SOON_SECONDS
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
