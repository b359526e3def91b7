"""Kill -9 while files are written and months folded: readers never see half of anything, and the next run completes it.

`make soak` kills more often: EXPORT_KILLS.
"""

import hashlib
import io
import json
import os
import random
import threading
import time
from contextlib import closing
from datetime import date, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

import polars as pl
import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage import exports, usage_totals
from db.usage.exports import DATASETS
from db.usage.periods import Period
from tasks.exports import exporter
from tasks.exports.storage import MANIFEST, month_of, period_of
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.exported_schemas import SCHEMAS
from tests.integration.export_targets import export_target
from tests.integration.hurried import HURRIED
from tests.integration.uploads import upload

KILLS = int(os.environ.get("EXPORT_KILLS", "4"))
SEED = int(os.environ.get("EXPORT_SEED", "1"))
#: Days of every month that have sessions.
DAYS = (3, 4, 28)
TODAY = date(2026, 11, 22)
PATIENCE_SECONDS = 120
MONTHS = [month_of(TODAY.replace(day=1) - timedelta(days=31 * back)) for back in range(KILLS + 2, 1, -1)]
EVERYTHING = Period(MONTHS[0].first, TODAY)


class Reader(threading.Thread):
    """Reads all files over and over, and keeps what no reader may ever see."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._stopped = threading.Event()
        self.errors: list[str] = []
        self.rounds = 0

    def run(self) -> None:
        while not self._stopped.wait(0.005):
            try:
                self.read_all()
            except OSError as error:
                self.errors.append(str(error))

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def read_all(self) -> None:
        """One round: each month of each dataset as a reader finds it who lists its folder."""
        for month in [month for dataset in DATASETS for month in self._folder.glob(f"{dataset}/*/month=*")]:
            names = sorted(path.name for path in month.glob("*.parquet"))
            self._check(len({len(name) for name in names}) <= 1, f"days beside their month: {names}")
            for name in names:
                self._read(month.parents[1].name, month / name)
        manifest = self._folder / MANIFEST
        self._check(
            not manifest.exists() or json.loads(manifest.read_bytes())["files"] is not None, "half a manifest"
        )
        self.rounds += 1

    def _read(self, dataset: str, path: Path) -> None:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            # Its month changed places with a new one since it was listed.
            return
        try:
            self._check(
                pl.read_parquet(io.BytesIO(content)).schema == SCHEMAS[dataset], f"another schema: {path}"
            )
        except pl.exceptions.PolarsError as error:
            self.errors.append(f"{path}: {error}")

    def _check(self, ok: bool, otherwise: str) -> None:
        if not ok:
            self.errors.append(otherwise)


def send(database: Database, owner: Account, name: str, days: list[date]) -> None:
    for day in days:
        upload(database, owner, f"{name}-{day}", started_at=f"{day}T10:00:00Z", ended_at=None)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")


def days_kept(month: Period) -> int:
    """So that this month is the newest that is folded."""
    return (TODAY - month.last).days - 1


def catch_up(url: str, folder: Path, days: int, begun: Event) -> None:
    """What is killed; it says when the work begins, for starting up is no part of it."""
    with closing(Database(url, pool_size=4, deadline=30)) as database:
        database.fetch("ping")
        begun.set()
        exporter.catch_up(database, export_target(folder, days_kept=days), TODAY)


def killed_run(url: str, folder: Path, month: Period, *, after: float) -> float:
    """Kill a run so many seconds after it has begun; returns how long it ran."""
    begun = HURRIED.Event()
    process = HURRIED.Process(target=catch_up, args=(url, folder, days_kept(month), begun))
    process.start()
    assert begun.wait(PATIENCE_SECONDS)
    began = time.monotonic()
    process.join(after)
    process.kill()
    process.join()
    return time.monotonic() - began


def sessions_in(folder: Path) -> tuple[int, int]:
    """How many rows there are, and how many sessions."""
    rows = pl.scan_parquet(folder / "sessions/**/*.parquet").select("username", "session_id").collect()
    return rows.height, rows.n_unique()


@pytest.fixture(scope="module")
def randomness() -> random.Random:
    return random.Random(SEED)


def test_readers_never_see_partial_files_of_killed_exports_and_the_next_run_completes_them(
    database: Database, alice: Account, bob: Account, tmp_path: Path, randomness: random.Random
) -> None:
    days = [month.first.replace(day=day) for month in MONTHS for day in DAYS]
    for person in (alice, bob):
        send(database, person, "first", days)
    exporter.catch_up(database, export_target(tmp_path), TODAY)
    reader = Reader(tmp_path)
    reader.start()
    longest = killed_run(database.url, tmp_path, MONTHS[0], after=PATIENCE_SECONDS)
    for number, month in enumerate(MONTHS[1:]):
        send(database, bob, f"late{number}", randomness.sample(days, 3))
        killed_run(database.url, tmp_path, month, after=randomness.uniform(0, longest))
    exporter.catch_up(database, export_target(tmp_path, days_kept=days_kept(MONTHS[-1])), TODAY)
    reader.stop()

    assert reader.errors == []
    complete(database, tmp_path)


def complete(database: Database, folder: Path) -> None:
    """Every row is in one file, every month is one, and the manifest tells of just these."""
    listed = {
        entry["path"]: entry["sha256"] for entry in json.loads((folder / MANIFEST).read_text())["files"]
    }
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.parquet")
    }
    assert listed == there
    assert {period_of(path) for path in there} == set(MONTHS)
    assert len(there) == len(MONTHS) * len(DATASETS)
    expected = usage_totals.fetch_team_totals(database, EVERYTHING).session_count
    assert sessions_in(folder) == (expected, expected)
    assert (exports.list_stale_days(database), list((folder / ".staging").iterdir())) == ({}, [])
