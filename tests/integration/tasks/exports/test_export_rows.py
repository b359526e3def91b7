"""The content of exported files: the figures of the rows, one schema, unchanged names, never any text."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage import exports
from db.usage.exports import DATASETS, SCHEMA_VERSION
from db.usage.periods import Period
from tasks.exports import exporter
from tests.exported_schemas import SCHEMAS
from tests.integration import export_targets
from tests.integration.export_targets import DAY, DAYS, OLD, TODAY, export_target, of, read
from tests.integration.uploads import settle, upload


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
    exporter.catch_up(database, export_target(folder, days_kept=30), TODAY)
    question = (
        f"SELECT count(*) FROM read_parquet('{folder}/{dataset}/**/*.parquet', hive_partitioning = true)"
    )
    with duckdb.connect() as connection:
        counted = connection.execute(question).fetchall()

    # What has no tools and no models has no file there.
    expected = 3 if dataset in ("sessions", "daily_stats") else 2
    assert read(folder, dataset).height == expected
    assert counted == [(expected,)]


def test_every_file_contains_its_schema_version(folder: Path) -> None:
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
    export_targets.export(database, folder, DAYS)

    [row] = pl.read_parquet(of(folder, "sessions", DAYS[-1])).rows(named=True)
    assert (row["session_id"], row["git_branch"], row["agent"], row["ended_at"]) == (name, name, "", None)


def test_names_of_tools_arrive_as_they_were_sent(folder: Path, database: Database, bob: Account) -> None:
    names = sorted(["select", "NULL", "42", "-1", "a,b", '"', "\\N", 'mcp__"x"\n__y', "ü"])
    tools = [tool(name) for name in names]
    upload(database, bob, "odd", started_at="2026-11-21T10:00:00Z", ended_at=None, tools=tools)
    settle(database)
    export_targets.export(database, folder, DAYS)

    found = pl.read_parquet(of(folder, "tools", DAYS[-1]))
    assert sorted(found["tool_name"]) == names
    assert found.select("success_count", "error_count").unique().rows() == [(None, None)]


@pytest.fixture(params=[(2, 1, 0), (4, 2, 0), (6, 1, 2**20)])
def portions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions come a few at a time, and what hangs on them comes in pieces."""
    for name, number in zip(("CHUNK", "PIECE", "LIGHT_BYTES"), request.param, strict=True):
        monkeypatch.setattr(exports, name, number)


@pytest.mark.usefixtures("portions")
def test_every_part_gets_its_session_at_any_chunk_size(
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
    export_targets.export(database, folder, DAYS)

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


def test_heavy_tools_are_read_one_piece_at_a_time(
    database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        upload(database, bob, f"n{number}", tools=[tool(f"t{which}") for which in range(10)])
    settle(database)
    for name, number in {"CHUNK": 4, "PIECE": 2, "LIGHT_BYTES": 100}.items():
        monkeypatch.setattr(exports, name, number)

    with database.snapshot() as snapshot:
        read = list(exports.read_exported_parts(snapshot, "tools", Period(DAY, DAY), "UTC"))
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
    export_targets.export(database, folder, DAYS)

    (row,) = pl.read_parquet(of(folder, dataset, DAYS[-1])).to_dicts()
    assert [name for name, value in row.items() if value is None] == unknown.split()


def test_an_idle_connection_survives_a_statement_of_another_at_its_deadline(
    folder: Path, database: Database
) -> None:
    with database.snapshot(deadline=1234) as snapshot:
        assert next(exports.read_exported_sessions(snapshot, Period(DAY, DAY), "UTC"))
        allowed = snapshot.fetch_one("test_idle_allowed")

    assert allowed == {"idle": "1234s"}
