"""Writes Parquet files from the rows: one per dataset and day, later per month, again after late uploads and deletions.

Entry points: `catch_up` (nightly), `export` (command line) and `remove_person` (deletions). Each makes an
`ExportPlan`, then writes period by period: stage the files, move them into place, record them; last the manifest.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from db.connection import Database, Transaction
from db.errors import Contention
from db.locks import Lock
from db.usage import exports, rollups
from db.usage.exports import DATASETS, PARTS, SCHEMA_VERSION, ExportedFile
from db.usage.periods import Period
from tasks.exports.prefetch import Prefetcher
from tasks.exports.storage import MANIFEST, ExportStorage, StagedFile, export_path, month_of, period_of

# The deadline of one period: a month of a large team, read as of one moment.
PERIOD_SECONDS = 3600
# How often changed days are recomputed before their period is exported anyway: late uploads may arrive at any time.
MAX_ROLLUP_ATTEMPTS = 3
# `export` releases the lock and reports its progress after this time.
RUN_SECONDS = 1.0
# Chunks read ahead of the writer, because reading and writing proceed at uneven speeds.
PREFETCH_CHUNKS = 3


class ForeignFiles(OSError):
    """The storage holds the exports of another database, which this one would delete."""


@dataclass(frozen=True)
class ExportTarget:
    """Where exported files are stored, for how many days each day keeps its own, and the team's time zone."""

    storage: ExportStorage
    days_kept: int
    zone: str


@dataclass(frozen=True)
class Progress:
    """What one run has written."""

    files: int = 0
    rows: int = 0
    #: Days and months that are still to be written.
    left: int = 0
    done: tuple[Period, ...] = ()

    def __add__(self, later: "Progress") -> "Progress":
        return Progress(self.files + later.files, self.rows + later.rows, later.left, self.done + later.done)


@dataclass(frozen=True)
class ExportPlan:
    """The exported files and the days to be written, as found at the beginning of a run."""

    #: Paths of all exported files in the storage.
    paths: frozenset[str]
    #: The files that the database has recorded.
    files: tuple[ExportedFile, ...]
    #: Days whose files differ from the rows.
    stale: frozenset[date]
    #: Days before this one belong in monthly files.
    monthly_before: date

    def period(self, day: date) -> Period:
        """The day, or its month where that has one file or is due to."""
        month = month_of(day)
        merged = any(export_path(dataset, month) in self.paths for dataset in DATASETS)
        return month if merged or month.last < self.monthly_before else Period(day, day)

    def periods(self, days: Iterable[date]) -> list[Period]:
        """The periods to be written for these days, in order."""
        return sorted({self.period(day) for day in days}, key=lambda period: period.first)

    def unmerged(self) -> list[date]:
        """Days that have files of their own and belong in monthly files."""
        return [file.first_day for file in self.files if self.period(file.first_day) != file.period]


def catch_up(
    db: Database, export_target: ExportTarget, today: date, *, seconds: float = math.inf
) -> Progress:
    """Write all stale days before `today` and merge old days into months, for about `seconds`."""

    def select(plan: ExportPlan) -> list[date]:
        return [day for day in plan.stale if day < today] + plan.unmerged()

    return _run(db, export_target, today, select, seconds)


def export(
    db: Database,
    export_target: ExportTarget,
    days: Iterable[date],
    today: date,
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """Write all files of these days again; `on_progress` gets what each second of work has written."""
    requested, done, left = set(days), Progress(), 1
    exports.mark_days_stale(db, requested)

    def select(plan: ExportPlan) -> Iterable[date]:
        return plan.stale & requested

    while left:
        progress = _run(db, export_target, today, select, RUN_SECONDS)
        if on_progress is not None:
            on_progress(progress)
        done, left = done + progress, progress.left
    return done


def remove_person(
    db: Database, export_target: ExportTarget, username: str, today: date, *, seconds: float = math.inf
) -> Progress:
    """Rewrite all files that contain a person whose rows have been deleted, for about `seconds`."""

    def select(plan: ExportPlan) -> list[date]:
        periods = [file.period for file in plan.files if username in file.people]
        return [day for day in plan.stale if any(one.first <= day <= one.last for one in periods)]

    return _run(db, export_target, today, select, seconds)


def _run(
    db: Database,
    export_target: ExportTarget,
    today: date,
    select: Callable[[ExportPlan], Iterable[date]],
    seconds: float,
) -> Progress:
    """Write the selected days until the time is over, at least one period, then the manifest."""
    end, progress = time.monotonic() + seconds, Progress()
    with exports.lock_exports(db.url) as lock, _clean_staging(export_target.storage):
        _refuse_foreign(db, export_target.storage)
        plan = _make_plan(db, export_target, today)
        periods = plan.periods(select(plan))
        for number, period in enumerate(periods, start=1):
            files = _write_period(db, export_target, period, plan.paths, lock)
            rows = sum(file.row_count for file in files)
            progress += Progress(len(files), rows, len(periods) - number, (period,))
            if time.monotonic() >= end:
                break
        _write_manifest(db, export_target)
    return progress


@contextmanager
def _clean_staging(storage: ExportStorage) -> Iterator[None]:
    """Empty the staging folder before and after: leftovers would contain people's rows that no deletion finds."""
    storage.clear_staging()
    try:
        yield
    finally:
        storage.clear_staging()


def _refuse_foreign(db: Database, storage: ExportStorage) -> None:
    try:
        owner = json.loads(storage.read(MANIFEST) or b"{}").get("database")
    except (ValueError, AttributeError):
        return
    if owner not in (None, exports.fetch_export_target_id(db)):
        raise ForeignFiles(
            f"{storage.address} holds the exports of another database: set EXPORT_URL to another place,"
            f" or remove {MANIFEST} there"
        )


def _make_plan(db: Database, export_target: ExportTarget, today: date) -> ExportPlan:
    """Compare the files in the storage with those recorded; days of files that differ become stale."""
    sizes, files = export_target.storage.listing(), exports.list_exported_files(db)
    leftovers = {path for path in sizes if _is_merged(path, sizes)}
    export_target.storage.remove(sorted(leftovers))
    paths = frozenset(sizes) - leftovers
    recorded = {file.path: (file.byte_count, file.schema_version) for file in files}
    found = {path: (sizes[path], SCHEMA_VERSION) for path in paths}
    different = {path for path in recorded.keys() | paths if recorded.get(path) != found.get(path)}
    if different:
        # Imported only here: structlog takes longer to load than an export that finds nothing wrong.
        import structlog

        structlog.get_logger().warning("exports_differ", files=len(different))
        exports.mark_days_stale(
            db, {day for path in different if (period := period_of(path)) for day in period.dates()}
        )
    monthly_before = today - timedelta(days=export_target.days_kept)
    return ExportPlan(paths, tuple(files), frozenset(exports.list_stale_days(db)), monthly_before)


def _is_merged(path: str, sizes: dict[str, int]) -> bool:
    """Whether a daily file is a leftover beside its monthly one: the writer was killed before it removed the days."""
    period, dataset = period_of(path), path.partition("/")[0]
    return period is not None and period.days == 1 and export_path(dataset, month_of(period.first)) in sizes


def _write_period(
    db: Database, export_target: ExportTarget, period: Period, paths: frozenset[str], lock: Lock
) -> list[ExportedFile]:
    """Write all files of a day or a month, replace the existing ones, and record them."""
    with _settled_snapshot(db, period, export_target.zone) as snapshot:
        changes = exports.list_stale_days(snapshot, period)
        staged = _stage_files(db, snapshot, export_target, period)
    if not lock.is_held():
        raise Contention("another process is writing the exports")
    files, storage = [], export_target.storage
    for dataset, file in staged.items():
        path = export_path(dataset, period)
        replaced = [old for old in paths if _is_within(old, dataset, period)]
        if file is None:
            storage.remove(replaced)
        else:
            storage.swap(file.path, path, [old for old in replaced if old != path])
            days = {"first_day": period.first, "last_day": period.last}
            details = asdict(file) | days | {"path": path, "dataset": dataset}
            files.append(ExportedFile(**details, schema_version=SCHEMA_VERSION))
    exports.record_exported_files(db, period, files, changes)
    return files


@contextmanager
def _settled_snapshot(db: Database, period: Period, zone: str) -> Iterator[Transaction]:
    """A snapshot of all rows in which the daily figures agree with their sessions."""
    for attempt in range(1, MAX_ROLLUP_ATTEMPTS + 1):
        with db.snapshot(deadline=PERIOD_SECONDS) as snapshot:
            if attempt == MAX_ROLLUP_ATTEMPTS or not rollups.has_dirty_days_between(snapshot, period):
                yield snapshot
                return
        if rollups.fetch_rollup_zone(db) in (None, zone):
            # Imported only here: Polars takes more memory than a whole export.
            from tasks.rollups.rollup import recompute_days

            recompute_days(db, zone)


def _stage_files(
    db: Database, snapshot: Transaction, export_target: ExportTarget, period: Period
) -> dict[str, StagedFile | None]:
    """Write the files of a period to the staging folder; None where a dataset has no rows."""
    zone, parts = export_target.zone, {}
    with ExitStack() as stack:
        for dataset in PARTS:
            # Tools and models are read on connections of their own that share the snapshot.
            joined = stack.enter_context(db.snapshot(deadline=PERIOD_SECONDS, of=snapshot))
            pieces = exports.read_exported_parts(joined, dataset, period, zone)
            parts[dataset] = stack.enter_context(
                Prefetcher(pieces, PREFETCH_CHUNKS, PERIOD_SECONDS, joined.shut_down)
            )
        chunks = exports.read_exported_sessions(snapshot, period, zone)
        sessions = stack.enter_context(
            Prefetcher(chunks, PREFETCH_CHUNKS, PERIOD_SECONDS, snapshot.shut_down)
        )
        # Imported only now: pyarrow takes a while to load, and PostgreSQL is at work meanwhile.
        from tasks.exports.parquet_writer import write_datasets

        days = exports.read_exported_days(snapshot, period)
        return write_datasets(export_target.storage.staging_dir, sessions, parts, days)


def _is_within(path: str, dataset: str, period: Period) -> bool:
    """Whether a file holds rows of this dataset and of no day outside the period."""
    other = period_of(path)
    inside = other is not None and period.first <= other.first and other.last <= period.last
    return inside and path.startswith(f"{dataset}/")


def _write_manifest(db: Database, export_target: ExportTarget) -> None:
    """List every file with its rows, bytes and SHA-256, so that readers can check that theirs are complete."""
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "time_zone": export_target.zone,
        "database": exports.fetch_export_target_id(db),
        "files": [
            {
                "path": file.path,
                "rows": file.row_count,
                "bytes": file.byte_count,
                "sha256": file.sha256,
                "schema_version": file.schema_version,
            }
            for file in exports.list_exported_files(db)
        ],
    }
    text = json.dumps(manifest, indent=1).encode()
    if text != export_target.storage.read(MANIFEST):
        staged = export_target.storage.staging_dir / MANIFEST
        staged.write_bytes(text)
        export_target.storage.put(staged, MANIFEST)
