"""Parquet for analysts: the figures of the rows, one schema, never any text, and never half a file."""

import fcntl
import hashlib
import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from db import accounts, exports
from db.connection import Database, Row
from db.periods import Period
from db.records import Account
from tasks import export, persist, rollup
from tests.integration.uploads import upload

DAY = date(2026, 11, 20)
DAYS = Period(date(2026, 11, 19), date(2026, 11, 21)).dates()
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}


@pytest.fixture
def folder(database: Database, alice: Account, bob: Account, tmp_path: Path) -> Path:
    """Two people's day, exported."""
    upload(database, alice, messages=[MESSAGE])
    upload(database, bob, model=None)
    persist.drain(database, "UTC")
    rollup.recompute(database, "UTC")
    export.export(database, tmp_path, DAYS, "UTC")
    return tmp_path


@pytest.mark.parametrize("dataset", exports.DATASETS)
def test_a_dataset_is_read_in_one_call_under_its_schema(folder: Path, dataset: str) -> None:
    frame = pl.scan_parquet(folder / dataset / "**" / "*.parquet", hive_partitioning=True).collect()

    assert frame.height == 2
    assert frame.drop("year", "month").schema == export.SCHEMAS[dataset]


def test_the_sums_are_those_of_the_rows(folder: Path) -> None:
    sessions = pl.read_parquet(export.place(folder, "sessions", DAY))

    assert sessions.select("username", "total_tokens_in", "model").rows() == [
        ("alice", 100, "claude-opus-4-5-20251101"),
        ("bob", 100, None),
    ]


def test_no_text_is_exported(folder: Path) -> None:
    assert not any(b"a secret thought" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_manifest_lists_every_file_as_it_is(folder: Path) -> None:
    listed = {entry["path"]: entry for entry in json.loads((folder / "manifest.json").read_text())["files"]}
    files = list(folder.rglob("*.parquet"))

    assert {path.relative_to(folder).as_posix() for path in files} == set(listed)
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == {
        entry["sha256"] for entry in listed.values()
    }


def test_a_day_that_became_empty_loses_its_files(
    folder: Path, database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        upload(database, person, started_at="2026-11-18T10:00:00Z", total_messages=9)
    persist.drain(database, "UTC")
    rollup.recompute(database, "UTC")

    assert export.export(database, folder, DAYS, "UTC") == []
    assert list(folder.rglob("*.parquet")) == []


def test_a_deleted_person_is_in_no_file(folder: Path, database: Database, alice: Account) -> None:
    upload(database, alice, started_at="2026-11-24T10:00:00Z", ended_at=None, total_messages=9)
    persist.drain(database, "UTC")
    rollup.recompute(database, "UTC")

    accounts.delete_account(database, alice.user_id)
    export.forget(database, folder, "alice", "UTC")

    people = [pl.read_parquet(path)["username"].to_list() for path in folder.rglob("*.parquet")]
    assert people == [["bob"]] * len(exports.DATASETS)


def test_a_file_that_nobody_can_read_is_written_anew_when_somebody_goes(
    folder: Path, database: Database, alice: Account
) -> None:
    broken = next(folder.rglob("sessions_*.parquet"))
    broken.write_bytes(b"half a file")

    accounts.delete_account(database, alice.user_id)
    export.forget(database, folder, "alice", "UTC")

    assert [pl.read_parquet(path)["username"].to_list() for path in folder.rglob("sessions_*")] == [["bob"]]


def test_a_day_with_two_midnights_is_exported_whole(database: Database, bob: Account, tmp_path: Path) -> None:
    zone, day = "Atlantic/Azores", date(2026, 10, 25)
    upload(database, bob, started_at="2026-10-25T00:30:00Z", ended_at=None)
    persist.drain(database, zone)
    rollup.recompute(database, zone)

    files = export.export(database, tmp_path, Period(date(2026, 10, 24), day).dates(), zone)

    assert files == [export.place(tmp_path, dataset, day) for dataset in exports.DATASETS]


def test_what_a_killed_export_left_behind_goes(folder: Path, database: Database) -> None:
    half = export.place(folder, "sessions", DAY).with_name(".sessions_2026-11-20.parquet.4711")
    half.write_text("alice")

    export.forget(database, folder, "nobody", "UTC")

    assert not half.exists()


def test_two_exports_do_not_write_at_once(folder: Path, database: Database) -> None:
    second = threading.Thread(target=export.export, args=(database, folder, DAYS, "UTC"))
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(10)

    assert not second.is_alive()


def test_the_figures_of_a_day_are_those_of_its_sessions(
    folder: Path, database: Database, bob: Account
) -> None:
    upload(database, bob, "s2")
    persist.drain(database, "UTC")

    export.export(database, folder, DAYS, "UTC")

    counts = pl.read_parquet(export.place(folder, "daily_stats", DAY))["session_count"]
    assert counts.sum() == pl.read_parquet(export.place(folder, "sessions", DAY)).height == 3


def test_late_data_in_the_midst_of_an_export_does_not_split_a_day(
    folder: Path, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = exports.read

    def read_late(*arguments: Any) -> list[Row]:
        rows = read(*arguments)
        upload(database, bob, f"late{len(rows)}")
        persist.drain(database, "UTC")
        rollup.recompute(database, "UTC")
        return rows

    monkeypatch.setattr(exports, "read", read_late)
    export.export(database, folder, [DAY], "UTC")

    assert {pl.read_parquet(path).height for path in folder.rglob("*.parquet")} == {2}


@pytest.mark.parametrize("damage", [b"", b"PAR1 not really"])
def test_a_damaged_file_is_written_anew_when_a_person_leaves(
    folder: Path, database: Database, alice: Account, damage: bytes
) -> None:
    damaged = export.place(folder, "tools", DAY)
    damaged.write_bytes(damage)
    accounts.delete_account(database, alice.user_id)

    export.forget(database, folder, "alice", "UTC")

    assert pl.read_parquet(damaged)["username"].to_list() == ["bob"]


def test_a_damaged_file_is_not_listed(folder: Path) -> None:
    export.place(folder, "tools", DAY).write_bytes(b"PAR1 not really")

    export.write_manifest(folder)

    listed = json.loads((folder / "manifest.json").read_text())["files"]
    assert [entry["path"].partition("/")[0] for entry in listed] == ["daily_stats", "models", "sessions"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    with pytest.raises(RuntimeError), export.whole(path) as fresh:
        fresh.write_text("half")
        raise RuntimeError

    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("file", "old")]
