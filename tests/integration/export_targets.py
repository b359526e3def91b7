"""Exports into a folder of a test, where every day keeps its own files forever."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from db.connection import Database
from db.usage.periods import Period
from tasks.exports import exporter
from tasks.exports.exporter import ExportTarget, Progress
from tasks.exports.local_storage import LocalStorage
from tasks.exports.storage import export_path

TODAY = date(2026, 11, 22)
DAY = date(2026, 11, 20)
DAYS = Period(date(2026, 11, 19), date(2026, 11, 21)).dates()
OLD = date(2026, 8, 20)
FOR_EVER = 36_500


def export_target(folder: Path, zone: str = "UTC", days_kept: int = FOR_EVER) -> ExportTarget:
    """An export target that stores files in this folder."""
    return ExportTarget(LocalStorage(folder), days_kept, zone)


def export(database: Database, folder: Path, days: Iterable[date], zone: str = "UTC") -> Progress:
    """Write the files of these days."""
    return exporter.export(database, export_target(folder, zone), days, TODAY)


def remove_person(database: Database, folder: Path, username: str, zone: str = "UTC") -> Progress:
    """Rewrite the files that contain this person."""
    return exporter.remove_person(database, export_target(folder, zone), username, TODAY)


def of(folder: Path, dataset: str, day: date = DAY) -> Path:
    """The file of a dataset's day."""
    return folder / export_path(dataset, Period(day, day))


def read(folder: Path, dataset: str) -> pl.DataFrame:
    """All files of a dataset, in one call."""
    return pl.scan_parquet(folder / dataset / "**" / "*.parquet", hive_partitioning=True).collect()
