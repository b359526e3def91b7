"""Parquet for analysts: the figures of the rows, one schema, never any text, and never half a file."""

import hashlib
import itertools
import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from db import accounts, exports
from db.connection import Database
from db.exports import DATASETS, SCHEMA_VERSION
from db.periods import Period
from db.records import Account
from tasks import export, persist, rollup
from tasks.export import ForeignFiles
from tasks.shelf import MANIFEST, month_of, place
from tests.exported_schemas import SCHEMAS
from tests.integration import lakes
from tests.integration.lakes import TODAY, lake
from tests.integration.uploads import settle, upload

DAY = date(2026, 11, 20)
DAYS = Period(date(2026, 11, 19), date(2026, 11, 21)).dates()
OLD = date(2026, 8, 20)
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}


@pytest.fixture
def folder(database: Database, alice: Account, bob: Account, tmp_path: Path) -> Path:
    """Two people's day, exported."""
    upload(database, alice, messages=[MESSAGE])
    upload(database, bob, model=None)
    settle(database)
    lakes.export(database, tmp_path, DAYS)
    return tmp_path


def of(folder: Path, dataset: str, day: date = DAY) -> Path:
    return folder / place(dataset, Period(day, day))


def read(folder: Path, dataset: str) -> pl.DataFrame:
    return pl.scan_parquet(folder / dataset / "**" / "*.parquet", hive_partitioning=True).collect()


def listed(folder: Path) -> dict[str, Any]:
    return {entry["path"]: entry for entry in json.loads((folder / MANIFEST).read_text())["files"]}


def on_disk(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_dataset_is_read_in_one_call_under_its_schema(folder: Path, dataset: str) -> None:
    frame = read(folder, dataset)

    assert frame.height == 2
    assert frame.drop("year", "month").schema == SCHEMAS[dataset]


@pytest.mark.parametrize("dataset", DATASETS)
def test_days_and_months_are_read_in_one_call_by_polars_and_by_duckdb(
    folder: Path, database: Database, bob: Account, dataset: str
) -> None:
    upload(database, bob, "old", started_at=f"{OLD}T10:00:00Z", ended_at=None, tools=[], models=[])
    settle(database)
    export.catch_up(database, lake(folder, days_kept=30), TODAY)
    question = (
        f"SELECT count(*) FROM read_parquet('{folder}/{dataset}/**/*.parquet', hive_partitioning = true)"
    )
    with duckdb.connect() as connection:
        counted = connection.execute(question).fetchall()

    # What has no tools and no models has no file there.
    expected = 3 if dataset in ("sessions", "daily_stats") else 2
    assert read(folder, dataset).height == expected
    assert counted == [(expected,)]


def test_every_file_says_which_version_of_the_schema_it_has(folder: Path) -> None:
    versions = {pl.read_parquet_metadata(path)["schema_version"] for path in folder.rglob("*.parquet")}

    assert versions == {SCHEMA_VERSION}


def test_the_sums_are_those_of_the_rows(folder: Path) -> None:
    sessions = pl.read_parquet(of(folder, "sessions"))

    assert sessions.select("username", "total_tokens_in", "model").rows() == [
        ("alice", 100, "claude-opus-4-5-20251101"),
        ("bob", 100, None),
    ]


def test_names_arrive_as_they_were_sent(folder: Path, database: Database, bob: Account) -> None:
    name = ' a "quoted", (odd) \\ {name}\n\r\tü日本 '
    upload(database, bob, name, git_branch=name, agent="", started_at="2026-11-21T10:00:00Z", ended_at=None)
    settle(database)
    lakes.export(database, folder, DAYS)

    [row] = pl.read_parquet(of(folder, "sessions", DAYS[-1])).rows(named=True)
    assert (row["session_id"], row["git_branch"], row["agent"], row["ended_at"]) == (name, name, "", None)


def test_names_of_tools_arrive_as_they_were_sent(folder: Path, database: Database, bob: Account) -> None:
    names = sorted(["select", "NULL", "42", "-1", "a,b", '"', "\\N", 'mcp__"x"\n__y', "ü"])
    tools = [tool(name) for name in names]
    upload(database, bob, "odd", started_at="2026-11-21T10:00:00Z", ended_at=None, tools=tools)
    settle(database)
    lakes.export(database, folder, DAYS)

    found = pl.read_parquet(of(folder, "tools", DAYS[-1]))
    assert sorted(found["tool_name"]) == names
    assert found.select("success_count", "error_count").unique().rows() == [(None, None)]


@pytest.fixture(params=[(2, 1, 0), (4, 2, 0), (6, 1, 2**20)])
def portions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions come a few at a time, and what hangs on them comes in pieces."""
    for name, number in zip(("CHUNK", "PIECE", "LIGHT_BYTES"), request.param, strict=True):
        monkeypatch.setattr(exports, name, number)


@pytest.mark.usefixtures("portions")
def test_every_part_finds_its_session_however_many_are_read_at_once(
    folder: Path, database: Database, alice: Account, bob: Account
) -> None:
    """Also where two people call a session the same, and several begin at the same moment."""
    begun = [(f"2026-11-21T{hour:02}:00:00Z", who, f"n{number}") for hour, who, number in ODD_MORNING]
    counts = {one: 0 if 3 <= place < 7 else place for place, one in enumerate(begun)}
    for one in reversed(begun):
        started_at, who, name = one
        tools = [tool(f"{who}-{name}-{started_at}-{which}") for which in range(counts[one])]
        models = [used(f"{who}-{name}-{started_at}")] if counts[one] else []
        times = {"started_at": started_at, "ended_at": None}
        upload(database, {"alice": alice, "bob": bob}[who], name, tools=tools, models=models, **times)
    settle(database)
    lakes.export(database, folder, DAYS)

    expected = [one for one in begun for _ in range(counts[one])]
    assert owners(folder, "tools", "tool_name") == expected
    assert owners(folder, "models", "model") == [one for one in begun if counts[one]]
    sessions = pl.read_parquet(of(folder, "sessions", DAYS[-1]))
    assert sessions.select("username", "session_id").rows() == [(who, name) for _, who, name in begun]


#: Hours, whose, and which, in the order of the file.
ODD_MORNING = [
    *((0, "alice", 1), (0, "alice", 3), (0, "bob", 0), (0, "bob", 1), (0, "bob", 2)),
    *((4, "bob", 6), (5, "alice", 4), (5, "bob", 4), (6, "alice", 0)),
]


def owners(folder: Path, dataset: str, name: str) -> list[tuple[str, str, str]]:
    """When the session of each row began, whose and which it is; the row's own name has to say the same."""
    rows = pl.read_parquet(of(folder, dataset, DAYS[-1])).sort("started_at", "username", "session_id", name)
    found = [
        (f"{row['started_at']:%Y-%m-%dT%H:%M:%SZ}", row["username"], row["session_id"])
        for row in rows.iter_rows(named=True)
    ]
    said = [f"{who}-{session}-{started_at}" for started_at, who, session in found]
    assert [one.startswith(own) for one, own in zip(rows[name], said, strict=True)] == [True] * len(said)
    return found


def used(model: str) -> dict[str, Any]:
    return {"model": model, "responses": 1} | dict.fromkeys(
        ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens"), 1
    )


def test_of_many_tools_no_more_are_read_at_once_than_hang_on_a_piece(
    database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        upload(database, bob, f"n{number}", tools=[tool(f"t{which}") for which in range(10)])
    settle(database)
    for name, number in {"CHUNK": 4, "PIECE": 2, "LIGHT_BYTES": 100}.items():
        monkeypatch.setattr(exports, name, number)

    with database.snapshot() as snapshot:
        read = list(exports.read_parts(snapshot, "tools", Period(DAY, DAY), "UTC"))
    assert [[len((piece or "").splitlines()) for piece in pieces] for pieces in read] == [[20]] * 4


def tool(name: str) -> dict[str, Any]:
    return {"tool_name": name, "call_count": 1, "success_count": None, "error_count": None}


@pytest.mark.parametrize(
    ("dataset", "unknown"),
    [
        ("sessions", "project_name ended_at duration_seconds model git_branch agent agent_version"),
        ("tools", "project_name success_count error_count"),
        ("models", "project_name cost_usd price_version"),
        ("daily_stats", "cost_usd"),
    ],
)
def test_what_is_not_known_is_null(
    folder: Path, database: Database, bob: Account, dataset: str, unknown: str
) -> None:
    names = dict.fromkeys(("project_name", "model", "ended_at"))
    upload(
        database,
        bob,
        "bare",
        started_at="2026-11-21T10:00:00Z",
        tools=[tool("Read")],
        models=[used("nobody's")],
        **names,
    )
    settle(database)
    lakes.export(database, folder, DAYS)

    (row,) = pl.read_parquet(of(folder, dataset, DAYS[-1])).to_dicts()
    assert [name for name, value in row.items() if value is None] == unknown.split()


def test_a_connection_may_wait_for_its_neighbour_as_long_as_a_statement_lasts(
    folder: Path, database: Database
) -> None:
    with database.snapshot(deadline=1234) as snapshot:
        assert next(exports.read_sessions(snapshot, Period(DAY, DAY), "UTC"))
        allowed = snapshot.fetch_one("test_idle_allowed")

    assert allowed == {"idle": "1234s"}


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


def test_a_day_that_became_empty_loses_its_files(
    folder: Path, database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        upload(database, person, started_at="2026-11-18T10:00:00Z", total_messages=9)
    settle(database)
    lakes.export(database, folder, DAYS)

    assert on_disk(folder) == set(listed(folder)) == set()


def test_late_data_has_its_day_written_anew(folder: Path, database: Database, bob: Account) -> None:
    untouched = of(folder, "sessions").stat().st_mtime_ns
    upload(database, bob, "late", started_at="2026-11-12T10:00:00Z", ended_at=None)
    settle(database)

    progress = export.catch_up(database, lake(folder), TODAY)

    assert [unit.first for unit in progress.done] == [date(2026, 11, 12)]
    assert of(folder, "sessions").stat().st_mtime_ns == untouched


def test_days_are_due_once_they_are_over(folder: Path, database: Database, bob: Account) -> None:
    upload(database, bob, "now", started_at=f"{TODAY}T10:00:00Z", ended_at=None)
    settle(database)

    assert export.catch_up(database, lake(folder), TODAY).done == ()
    assert exports.count_stale(database) == 1


def test_days_that_were_missed_are_caught_up_in_turns(folder: Path, database: Database, bob: Account) -> None:
    for day in range(10, 15):
        upload(database, bob, f"s{day}", started_at=f"2026-11-{day}T10:00:00Z", ended_at=None)
    settle(database)

    left = [export.catch_up(database, lake(folder), TODAY, seconds=0).left for _ in range(5)]

    assert left == [4, 3, 2, 1, 0]
    assert read(folder, "sessions").height == 7


def old_month(database: Database, folder: Path, owner: Account, days: int = 3) -> None:
    """Some days of a month that is long over, in files of their own."""
    for number in range(days):
        day = OLD.replace(day=OLD.day + number)
        upload(database, owner, f"old{number}", started_at=f"{day}T10:00:00Z", ended_at=None)
    settle(database)
    export.catch_up(database, lake(folder), TODAY)


MONTHS = {place(dataset, month_of(OLD)) for dataset in DATASETS}


def test_old_days_are_folded_into_a_file_a_month(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)
    before = read(folder, "tools").sort("session_id", "tool_name")

    export.catch_up(database, lake(folder, days_kept=30), TODAY)

    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS
    assert read(folder, "tools").sort("session_id", "tool_name").equals(before)
    assert set(listed(folder)) == on_disk(folder)


def test_a_month_is_folded_when_its_last_day_is_old(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)

    assert export.catch_up(database, lake(folder, days_kept=83), TODAY).done == ()
    assert export.catch_up(database, lake(folder, days_kept=82), TODAY).done == (month_of(OLD),)


def test_late_data_of_a_folded_month_goes_into_its_file(
    folder: Path, database: Database, bob: Account
) -> None:
    old_month(database, folder, bob)
    export.catch_up(database, lake(folder, days_kept=30), TODAY)
    upload(database, bob, "late", started_at="2026-08-02T10:00:00Z", ended_at=None)
    settle(database)

    # However long days were to be kept from now on.
    export.catch_up(database, lake(folder), TODAY)

    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS
    assert read(folder, "sessions").height == 2 + 4


def test_what_a_folding_left_beside_its_month_goes(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)
    kept = {path: (folder / path).read_bytes() for path in on_disk(folder)}
    export.catch_up(database, lake(folder, days_kept=30), TODAY)
    for path, content in kept.items():
        (folder / path).write_bytes(content)

    export.catch_up(database, lake(folder, days_kept=30), TODAY)

    assert read(folder, "sessions").height == 2 + 3
    assert set(listed(folder)) == on_disk(folder)


def test_what_others_keep_in_a_month_stays(folder: Path, database: Database, bob: Account) -> None:
    old_month(database, folder, bob)
    note = of(folder, "sessions", OLD).with_name("notes.txt")
    note.write_text("mine")

    export.catch_up(database, lake(folder, days_kept=30), TODAY)

    assert note.read_text() == "mine"
    assert {path for path in on_disk(folder) if "month=08" in path} == MONTHS


@pytest.mark.parametrize("days_kept", [30, lakes.FOR_EVER])
def test_a_deleted_person_is_in_no_file(
    folder: Path, database: Database, alice: Account, bob: Account, days_kept: int
) -> None:
    old_month(database, folder, alice)
    upload(database, bob, "old", started_at=f"{OLD}T11:00:00Z", ended_at=None)
    settle(database)
    export.catch_up(database, lake(folder, days_kept=days_kept), TODAY)

    accounts.delete_account(database, alice.user_id)
    export.forget(database, lake(folder, days_kept=days_kept), "alice", TODAY)

    people = {name for dataset in DATASETS for name in read(folder, dataset)["username"]}
    assert people == {"bob"}
    assert {name for file in exports.files(database) for name in file.people} == {"bob"}


def test_who_goes_while_nobody_writes_is_gone_after_the_next_night(
    folder: Path, database: Database, alice: Account
) -> None:
    accounts.delete_account(database, alice.user_id)

    export.catch_up(database, lake(folder), TODAY)

    assert read(folder, "sessions")["username"].to_list() == ["bob"]


def test_a_day_with_two_midnights_is_exported_whole(database: Database, bob: Account, tmp_path: Path) -> None:
    zone, day = "Atlantic/Azores", date(2026, 10, 25)
    upload(database, bob, started_at="2026-10-25T00:30:00Z", ended_at=None)
    settle(database, zone)

    lakes.export(database, tmp_path, Period(date(2026, 10, 24), day).dates(), zone)

    assert on_disk(tmp_path) == {place(dataset, Period(day, day)) for dataset in DATASETS}


def test_days_of_another_zone_are_other_files(folder: Path, database: Database, bob: Account) -> None:
    upload(database, bob, "night", started_at="2026-11-20T23:30:00Z", ended_at=None)
    rollup.begin_in_zone(database, "UTC")
    settle(database)
    lakes.export(database, folder, DAYS)
    rollup.begin_in_zone(database, "Europe/Berlin")
    rollup.recompute(database, "Europe/Berlin")

    export.catch_up(database, lake(folder, "Europe/Berlin"), TODAY)

    assert pl.read_parquet(of(folder, "sessions", date(2026, 11, 21)))["session_id"].to_list() == ["night"]
    assert read(folder, "sessions").height == 3


def test_what_a_killed_export_left_behind_goes(folder: Path, database: Database) -> None:
    half = folder / ".aside" / "sessions"
    half.write_text("alice")

    lakes.forget(database, folder, "nobody")

    assert not half.exists()


def test_two_exports_do_not_write_at_once(folder: Path, database: Database) -> None:
    second = threading.Thread(target=lakes.export, args=(database, folder, DAYS))
    with exports.alone(database.url):
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(60)

    assert not second.is_alive()


def test_the_figures_of_a_day_are_those_of_its_sessions(
    folder: Path, database: Database, bob: Account
) -> None:
    upload(database, bob, "s2")
    persist.drain(database, "UTC")

    lakes.export(database, folder, DAYS)

    counts = pl.read_parquet(of(folder, "daily_stats"))["session_count"]
    assert counts.sum() == pl.read_parquet(of(folder, "sessions")).height == 3


@pytest.mark.parametrize(
    ("owner", "asked"), [(Database, "snapshot"), (exports, "read_parts"), (exports, "read_days")]
)
def test_late_data_in_the_midst_of_an_export_does_not_split_a_day(
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
    lakes.export(database, folder, [DAY])

    assert {pl.read_parquet(path).height for path in folder.rglob("*.parquet")} == {2}
    assert list(exports.stale(database)) == [DAY]


@pytest.mark.parametrize("damage", [b"", b"PAR1 not really", None])
def test_a_file_that_is_not_as_it_was_left_is_written_anew(
    folder: Path, database: Database, damage: bytes | None
) -> None:
    damaged = of(folder, "tools")
    whole = damaged.read_bytes()
    damaged.unlink()
    if damage is not None:
        damaged.write_bytes(damage)

    export.catch_up(database, lake(folder), TODAY)

    assert damaged.read_bytes() == whole


def test_a_file_of_a_day_that_has_no_rows_goes(folder: Path, database: Database) -> None:
    stray = of(folder, "sessions", date(2026, 11, 1))
    stray.write_bytes(of(folder, "sessions").read_bytes())

    export.catch_up(database, lake(folder), TODAY)

    assert not stray.exists()


def test_the_files_of_another_database_are_left_alone(folder: Path, database: Database) -> None:
    told = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(told | {"database": "somebody else's"}))

    with pytest.raises(ForeignFiles, match="holds the exports of another database"):
        lakes.export(database, folder, DAYS)
