"""When exported files are written, merged, rewritten and removed."""

import hashlib
import itertools
import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from db.usage import exports
from db.usage.exports import DATASETS
from db.usage.periods import Period
from tasks.exports import exporter
from tasks.exports.exporter import ForeignFiles
from tasks.exports.storage import MANIFEST, export_path, month_of
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration import export_targets
from tests.integration.export_targets import DAY, DAYS, OLD, TODAY, export_target, of, read
from tests.integration.uploads import settle, upload


def listed(folder: Path) -> dict[str, Any]:
    return {entry["path"]: entry for entry in json.loads((folder / MANIFEST).read_text())["files"]}


def on_disk(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


def test_no_text_is_exported(folder: Path) -> None:
    assert not any(b"a secret thought" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_manifest_lists_every_file_as_it_is(folder: Path) -> None:
    found = {
        path: (
            pl.read_parquet(folder / path).height,
            hashlib.sha256((folder / path).read_bytes()).hexdigest(),
        )
        for path in on_disk(folder)
    }

    assert {path: (entry["rows"], entry["sha256"]) for path, entry in listed(folder).items()} == found


def test_the_files_of_a_day_that_became_empty_are_removed(
    folder: Path, database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        upload(database, person, started_at="2026-11-18T10:00:00Z", total_messages=9)
    settle(database)
    export_targets.export(database, folder, DAYS)

    assert on_disk(folder) == set(listed(folder)) == set()


def test_a_late_upload_rewrites_its_day(folder: Path, database: Database, bob: Account) -> None:
    untouched = of(folder, "sessions").stat().st_mtime_ns
    upload(database, bob, "late", started_at="2026-11-12T10:00:00Z", ended_at=None)
    settle(database)

    progress = exporter.catch_up(database, export_target(folder), TODAY)

    assert [period.first for period in progress.done] == [date(2026, 11, 12)]
    assert of(folder, "sessions").stat().st_mtime_ns == untouched


def test_a_day_is_exported_once_it_is_over(folder: Path, database: Database, bob: Account) -> None:
    upload(database, bob, "now", started_at=f"{TODAY}T10:00:00Z", ended_at=None)
    settle(database)

    assert exporter.catch_up(database, export_target(folder), TODAY).done == ()
    assert exports.count_stale_days(database) == 1


def test_missed_days_are_written_in_several_runs(folder: Path, database: Database, bob: Account) -> None:
    for day in range(10, 15):
        upload(database, bob, f"s{day}", started_at=f"2026-11-{day}T10:00:00Z", ended_at=None)
    settle(database)

    left = [exporter.catch_up(database, export_target(folder), TODAY, seconds=0).left for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    assert read(folder, "sessions").height == 7


def old_month(database: Database, folder: Path, owner: Account, days: int = 3) -> None:
    """Some days of a month that is long over, in files of their own."""
    for number in range(days):
        day = OLD.replace(day=OLD.day + number)
        upload(database, owner, f"old{number}", started_at=f"{day}T10:00:00Z", ended_at=None)
    settle(database)
    exporter.catch_up(database, export_target(folder), TODAY)


MONTHS = {export_path(dataset, month_of(OLD)) for dataset in DATASETS}


def test_old_days_are_merged_into_monthly_files(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)
    before = read(folder, "tools").sort("session_id", "tool_name")

    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)

    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS
    assert read(folder, "tools").sort("session_id", "tool_name").equals(before)
    assert set(listed(folder)) == on_disk(folder)


def test_a_month_is_merged_when_its_last_day_is_old(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)

    assert exporter.catch_up(database, export_target(folder, days_kept=83), TODAY).done == ()
    assert exporter.catch_up(database, export_target(folder, days_kept=82), TODAY).done == (month_of(OLD),)


def test_late_uploads_of_a_merged_month_go_into_its_file(
    folder: Path, database: Database, bob: Account
) -> None:
    old_month(database, folder, bob)
    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)
    upload(database, bob, "late", started_at="2026-08-02T10:00:00Z", ended_at=None)
    settle(database)

    # However long days were to be kept from now on.
    exporter.catch_up(database, export_target(folder), TODAY)

    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS
    assert read(folder, "sessions").height == 2 + 4


def test_daily_files_left_beside_their_month_are_removed(
    folder: Path, database: Database, bob: Account
) -> None:
    old_month(database, folder, bob)
    kept = {path: (folder / path).read_bytes() for path in on_disk(folder)}
    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)
    for path, content in kept.items():
        (folder / path).write_bytes(content)

    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)

    assert read(folder, "sessions").height == 2 + 3
    assert set(listed(folder)) == on_disk(folder)


def test_other_files_in_a_month_are_kept(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)
    note = of(folder, "sessions", OLD).with_name("notes.txt")
    note.write_text("mine")

    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)

    assert note.read_text() == "mine"
    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS


@pytest.mark.parametrize("days_kept", [30, export_targets.FOR_EVER])
def test_a_deleted_person_is_in_no_file(
    folder: Path, database: Database, alice: Account, bob: Account, days_kept: int
) -> None:
    old_month(database, folder, alice)
    upload(database, bob, "old", started_at=f"{OLD}T11:00:00Z", ended_at=None)
    settle(database)
    exporter.catch_up(database, export_target(folder, days_kept=days_kept), TODAY)

    deletions.delete_account(database, alice.user_id, program="test")
    exporter.remove_person(database, export_target(folder, days_kept=days_kept), "alice", TODAY)

    people = {name for dataset in DATASETS for name in read(folder, dataset)["username"]}
    assert people == {"bob"}
    assert {name for file in exports.list_exported_files(database) for name in file.people} == {"bob"}


def test_a_person_deleted_between_exports_is_removed_by_the_next_one(
    folder: Path, database: Database, alice: Account
) -> None:
    deletions.delete_account(database, alice.user_id, program="test")

    exporter.catch_up(database, export_target(folder), TODAY)

    assert read(folder, "sessions")["username"].to_list() == ["bob"]


def test_a_day_with_two_midnights_is_exported_whole(database: Database, bob: Account, tmp_path: Path) -> None:
    zone, day = "Atlantic/Azores", date(2026, 10, 25)
    upload(database, bob, started_at="2026-10-25T00:30:00Z", ended_at=None)
    settle(database, zone)

    export_targets.export(database, tmp_path, Period(date(2026, 10, 24), day).dates(), zone)

    assert on_disk(tmp_path) == {export_path(dataset, Period(day, day)) for dataset in DATASETS}


def test_days_of_another_zone_are_other_files(folder: Path, database: Database, bob: Account) -> None:
    upload(database, bob, "night", started_at="2026-11-20T23:30:00Z", ended_at=None)
    rollup.begin_in_zone(database, "UTC")
    settle(database)
    export_targets.export(database, folder, DAYS)
    rollup.begin_in_zone(database, "Europe/Berlin")
    rollup.recompute_days(database, "Europe/Berlin")

    exporter.catch_up(database, export_target(folder, "Europe/Berlin"), TODAY)

    assert pl.read_parquet(of(folder, "sessions", date(2026, 11, 21)))["session_id"].to_list() == ["night"]
    assert read(folder, "sessions").height == 3


def test_leftovers_of_a_killed_export_are_removed(folder: Path, database: Database) -> None:
    half = folder / ".staging" / "sessions"
    half.write_text("alice")

    export_targets.remove_person(database, folder, "nobody")

    assert not half.exists()


def test_two_exports_do_not_write_at_once(folder: Path, database: Database) -> None:
    second = threading.Thread(target=export_targets.export, args=(database, folder, DAYS))
    with exports.lock_exports(database.url):
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(60)

    assert not second.is_alive()


def test_the_figures_of_a_day_are_those_of_its_sessions(
    folder: Path, database: Database, bob: Account
) -> None:
    upload(database, bob, "s2")
    persist.drain_sessions(database, "UTC")

    export_targets.export(database, folder, DAYS)

    counts = pl.read_parquet(of(folder, "daily_stats"))["session_count"]
    assert counts.sum() == pl.read_parquet(of(folder, "sessions")).height == 3


@pytest.mark.parametrize(
    ("owner", "asked"),
    [(Database, "snapshot"), (exports, "read_exported_parts"), (exports, "read_exported_days")],
)
def test_an_upload_during_an_export_does_not_split_a_day(
    folder: Path,
    database: Database,
    bob: Account,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    asked: str,
) -> None:
    ask, asks = getattr(owner, asked), itertools.count()

    def ask_late(*arguments: Any, **options: Any) -> Any:
        # The first snapshot is the moment that all others have to see.
        if asked != "snapshot" or next(asks):
            upload(database, bob, "late")
            settle(database)
        return ask(*arguments, **options)

    monkeypatch.setattr(owner, asked, ask_late)
    export_targets.export(database, folder, [DAY])

    assert {pl.read_parquet(path).height for path in folder.rglob("*.parquet")} == {2}
    assert list(exports.list_stale_days(database)) == [DAY]


@pytest.mark.parametrize("damage", [b"", b"PAR1 not really", None])
def test_a_file_that_was_changed_is_rewritten(folder: Path, database: Database, damage: bytes | None) -> None:
    damaged = of(folder, "tools")
    whole = damaged.read_bytes()
    damaged.unlink()
    if damage is not None:
        damaged.write_bytes(damage)

    exporter.catch_up(database, export_target(folder), TODAY)

    assert damaged.read_bytes() == whole


def test_a_file_of_a_day_without_rows_is_removed(folder: Path, database: Database) -> None:
    stray = of(folder, "sessions", date(2026, 11, 1))
    stray.write_bytes(of(folder, "sessions").read_bytes())

    exporter.catch_up(database, export_target(folder), TODAY)

    assert not stray.exists()


def test_the_files_of_another_database_are_not_touched(folder: Path, database: Database) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"database": "somebody else's"}))

    with pytest.raises(ForeignFiles, match="holds the exports of another database"):
        export_targets.export(database, folder, DAYS)
