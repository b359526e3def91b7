"""From rows to Parquet: one file a dataset and team day, whole or not at all, and a manifest of all of them."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from db import exports, rollups
from db.connection import Database, Row, Transaction
from tasks import rollup

log = structlog.get_logger()

SCHEMA_VERSION = "1"
MANIFEST = "manifest.json"
# A day of a large team; all of it is read at one moment.
DAY_SECONDS = 600
# How often a day is looked at whose figures are not yet those of its sessions: late data may come at any time.
LOOKS = 3

#: What a damaged file raises.
UNREADABLE = (OSError, pl.exceptions.PolarsError)

Columns = Mapping[str, Any]


def _schema(*parts: Columns) -> pl.Schema:
    return pl.Schema({name: kind for part in parts for name, kind in part.items()})


_OWNER: Columns = dict.fromkeys(("session_id", "username", "project_name"), pl.String)
_STARTED: Columns = {"started_at": pl.Datetime("us", "UTC")}
_CACHE: Columns = dict.fromkeys(("cache_read_tokens", "cache_creation_tokens"), pl.Int64)
#: Every column of every dataset, in order; the same in every file, whatever a day holds.
SCHEMAS = {
    "sessions": _schema(
        _OWNER,
        _STARTED,
        {"ended_at": pl.Datetime("us", "UTC")},
        dict.fromkeys(
            ("duration_seconds", "total_messages", "total_tokens_in", "total_tokens_out"), pl.Int64
        ),
        _CACHE,
        dict.fromkeys(("model", "git_branch", "agent", "agent_version"), pl.String),
    ),
    "tools": _schema(
        _OWNER,
        _STARTED,
        {"tool_name": pl.String},
        dict.fromkeys(("call_count", "success_count", "error_count"), pl.Int64),
    ),
    "models": _schema(
        _OWNER,
        _STARTED,
        {"model": pl.String},
        dict.fromkeys(("responses", "tokens_in", "tokens_out"), pl.Int64),
        _CACHE,
        {"cost_usd": pl.Decimal(18, 9), "price_version": pl.String},
    ),
    "daily_stats": _schema(
        {"username": pl.String, "stat_date": pl.Date},
        dict.fromkeys(("session_count", "total_messages", "total_tokens_in", "total_tokens_out"), pl.Int64),
        _CACHE,
        {"total_duration_seconds": pl.Int64, "cost_usd": pl.Decimal(38, 9), "unpriced_tokens": pl.Int64},
    ),
}


def export(db: Database, folder: Path, days: Iterable[date], zone: str) -> list[Path]:
    """Write all datasets of these team days below `folder`; the files returned hold what the rows are now."""
    with _alone_in(folder):
        return _export(db, folder, days, zone)


def forget(db: Database, folder: Path, username: str, zone: str) -> list[date]:
    """Write every day anew whose files name this person, who has left the rows; returns the days."""
    with _alone_in(folder):
        days = sorted({_day_of(path) for path in _files(folder) if _may_name(path, username)})
        if days:
            _export(db, folder, days, zone)
    return days


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One writer at a time; what another left half-written when it was killed holds people's rows, and goes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for half in [*folder.rglob(".*.parquet.*"), *folder.glob(f".{MANIFEST}.*")]:
            half.unlink(missing_ok=True)
        yield


def _export(db: Database, folder: Path, days: Iterable[date], zone: str) -> list[Path]:
    files = [file for day in days for file in _export_day(db, folder, day, zone)]
    write_manifest(folder)
    return files


def _export_day(db: Database, folder: Path, day: date, zone: str) -> list[Path]:
    """All datasets as of one moment, and the day's figures those of its sessions."""
    for _ in range(LOOKS - 1):
        with db.snapshot(deadline=DAY_SECONDS) as snapshot:
            if not rollups.is_marked(snapshot, day):
                return _write_day(snapshot, folder, day, zone)
        if rollups.zone(db) in (None, zone):
            rollup.recompute(db, zone)
    with db.snapshot(deadline=DAY_SECONDS) as snapshot:
        return _write_day(snapshot, folder, day, zone)


def _write_day(snapshot: Transaction, folder: Path, day: date, zone: str) -> list[Path]:
    written = [_write(snapshot, folder, dataset, day, zone) for dataset in exports.DATASETS]
    return [file for file in written if file is not None]


def _may_name(path: Path, username: str) -> bool:
    try:
        people = pl.scan_parquet(path).select(pl.col("username").eq(username).any())
        return bool(people.collect().item())
    except UNREADABLE as error:
        # Who knows whom it names: its day is written anew as well.
        log.warning("unreadable_export", file=path.name, error=type(error).__name__)
        return True


def _day_of(path: Path) -> date:
    return date.fromisoformat(path.stem[-len("YYYY-MM-DD") :])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/year=*/month=*/*.parquet"))


def _write(snapshot: Transaction, folder: Path, dataset: str, day: date, zone: str) -> Path | None:
    rows = exports.read(snapshot, dataset, day, zone)
    path = place(folder, dataset, day)
    if not rows:
        path.unlink(missing_ok=True)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as fresh:
        frame(dataset, rows).write_parquet(
            fresh, compression="zstd", metadata={"schema_version": SCHEMA_VERSION, "dataset": dataset}
        )
    return path


def frame(dataset: str, rows: list[Row]) -> pl.DataFrame:
    """The rows under the dataset's schema."""
    return pl.DataFrame(rows, schema=SCHEMAS[dataset], orient="row")


def place(folder: Path, dataset: str, day: date) -> Path:
    """Where the file of a day is: partitioned by year and month, as readers expect."""
    return folder / dataset / f"year={day:%Y}" / f"month={day:%m}" / f"{dataset}_{day.isoformat()}.parquet"


def write_manifest(folder: Path) -> None:
    """List every file with its rows, bytes and SHA-256, so a reader knows what is whole."""
    entries = (_entry(folder, path) for path in _files(folder))
    files = [entry for entry in entries if entry is not None]
    with whole(folder / MANIFEST) as fresh:
        fresh.write_text(
            json.dumps({"schema_version": SCHEMA_VERSION, "files": files}, indent=1), encoding="utf-8"
        )


def _entry(folder: Path, path: Path) -> dict[str, object] | None:
    """None for a file that is damaged: a reader must not take it for whole."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    except UNREADABLE as error:
        log.error("unreadable_export", file=path.name, error=type(error).__name__)
        return None
    return {
        "path": path.relative_to(folder).as_posix(),
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": digest,
    }


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Write beside its place, flush to disk, then rename: a reader sees the old file or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield fresh
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
