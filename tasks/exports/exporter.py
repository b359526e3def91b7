"""From rows to Parquet: a file a dataset and day, later a month, written anew when late data or a deletion says so."""

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from db.connection import Database, Transaction
from db.errors import Contention
from db.locks import Lock
from db.usage import exports, rollups
from db.usage.exports import DATASETS, PARTS, SCHEMA_VERSION, ExportedFile, Pieces
from db.usage.periods import Period
from tasks.exports.prefetch import Prefetcher, ahead
from tasks.exports.storage import MANIFEST, ExportStorage, StagedFile, month_of, period_of, place

# A month of a large team, as of one moment.
PERIOD_SECONDS = 3600
# How often days are looked at whose figures are not yet those of their sessions: late data may come at any time.
LOOKS = 3
# After so long a turn ends, so that others get theirs and whoever waits hears how far it is.
TURN_SECONDS = 1.0
# So many chunks are read before they are needed: reading and writing go at uneven speeds.
AHEAD = 3


class ForeignFiles(OSError):
    """The place holds the files of another database, which ours would take away."""


@dataclass(frozen=True)
class ExportTarget:
    """All exported files: where they stand, for how long days have files of their own, and whose days they are."""

    storage: ExportStorage
    days_kept: int
    zone: str


@dataclass(frozen=True)
class Progress:
    """How far a turn came."""

    files: int = 0
    rows: int = 0
    #: Days and months that are still to be written.
    left: int = 0
    done: tuple[Period, ...] = ()

    def __add__(self, later: "Progress") -> "Progress":
        return Progress(self.files + later.files, self.rows + later.rows, later.left, self.done + later.done)


@dataclass(frozen=True)
class ExportPlan:
    """What there is and what is due, as found when a turn begins."""

    #: Every file of ours that stands in its place.
    paths: frozenset[str]
    #: The same as they are remembered.
    files: tuple[ExportedFile, ...]
    #: Days whose files are not what the rows are.
    stale: frozenset[date]
    #: Days before this one are kept by the month.
    by_month_before: date

    def unit(self, day: date) -> Period:
        """The day, or its month where that is kept in one file, or is due to be."""
        month = month_of(day)
        folded = any(place(dataset, month) in self.paths for dataset in DATASETS)
        return month if folded or month.last < self.by_month_before else Period(day, day)

    def units(self, days: Iterable[date]) -> list[Period]:
        """What is to be written for these days."""
        return sorted({self.unit(day) for day in days}, key=lambda unit: unit.first)

    def unfolded(self) -> list[date]:
        """Days that have files of their own and are old enough to be kept by the month."""
        return [file.first_day for file in self.files if self.unit(file.first_day) != file.period]


Choice = Callable[[ExportPlan], Iterable[date]]


def _nobody(_progress: Progress) -> None:
    """Nobody wants to hear."""


def catch_up(
    db: Database, export_target: ExportTarget, today: date, *, seconds: float = math.inf
) -> Progress:
    """Write every day that is over and not told as it is, and fold old months, for about so many seconds."""

    def due(plan: ExportPlan) -> list[date]:
        return [day for day in plan.stale if day < today] + plan.unfolded()

    return _turn(db, export_target, today, due, seconds)


def export(
    db: Database,
    export_target: ExportTarget,
    days: Iterable[date],
    today: date,
    *,
    tell: Callable[[Progress], None] = _nobody,
) -> Progress:
    """Write all files of these days anew, and tell every now and then what has been done since."""
    wanted, done, left = set(days), Progress(), 1
    exports.mark_days_stale(db, wanted)
    while left:
        progress = _turn(db, export_target, today, lambda plan: plan.stale & wanted, TURN_SECONDS)
        tell(progress)
        done, left = done + progress, progress.left
    return done


def forget(
    db: Database, export_target: ExportTarget, username: str, today: date, *, seconds: float = math.inf
) -> Progress:
    """Write every file anew that names this person, whose rows are gone."""

    def named(plan: ExportPlan) -> list[date]:
        periods = [file.period for file in plan.files if username in file.people]
        return [day for day in plan.stale if any(one.first <= day <= one.last for one in periods)]

    return _turn(db, export_target, today, named, seconds)


def _turn(db: Database, export_target: ExportTarget, today: date, choose: Choice, seconds: float) -> Progress:
    """Write what is chosen until the time is over, at least one unit of it, and tell what there is then."""
    end, progress = time.monotonic() + seconds, Progress()
    with exports.lock_exports(db.url) as lock, _tidy(export_target.storage):
        _refuse_foreign(db, export_target.storage)
        plan = _plan(db, export_target, today)
        units = plan.units(choose(plan))
        for number, unit in enumerate(units, start=1):
            files = _write(db, export_target, unit, plan.paths, lock)
            rows = sum(file.row_count for file in files)
            progress += Progress(len(files), rows, len(units) - number, (unit,))
            if time.monotonic() >= end:
                break
        _tell(db, export_target)
    return progress


@contextmanager
def _tidy(storage: ExportStorage) -> Iterator[None]:
    """Before as afterwards nothing lies aside: it would hold people's rows, and nobody would look for them there."""
    storage.clear_staging()
    try:
        yield
    finally:
        storage.clear_staging()


def _refuse_foreign(db: Database, storage: ExportStorage) -> None:
    try:
        told = json.loads(storage.read(MANIFEST) or b"{}").get("database")
    except (ValueError, AttributeError):
        return
    if told not in (None, exports.fetch_export_target_id(db)):
        raise ForeignFiles(
            f"{storage.address} holds the exports of another database: set EXPORT_URL to another place,"
            f" or remove {MANIFEST} there"
        )


def _plan(db: Database, export_target: ExportTarget, today: date) -> ExportPlan:
    """Look at what there is; what is not as it was left is written anew."""
    listing, files = export_target.storage.listing(), exports.list_exported_files(db)
    leftovers = [path for path in listing if _is_folded(path, listing)]
    export_target.storage.remove(leftovers)
    paths = frozenset(listing) - set(leftovers)
    known = {file.path: (file.byte_count, file.schema_version) for file in files}
    there = {path: (listing[path], SCHEMA_VERSION) for path in paths}
    odd = {path for path in known.keys() | there.keys() if known.get(path) != there.get(path)}
    if odd:
        _warn(len(odd))
        exports.mark_days_stale(
            db, {day for path in odd if (period := period_of(path)) for day in period.dates()}
        )
    cut = today - timedelta(days=export_target.days_kept)
    return ExportPlan(paths, tuple(files), frozenset(exports.list_stale_days(db)), cut)


def _warn(files: int) -> None:
    # What writes logs takes longer to load than most exports to find nothing wrong.
    import structlog

    structlog.get_logger().warning("exports_differ", files=files)


def _is_folded(path: str, listing: dict[str, int]) -> bool:
    """The file of a day beside its month's: whoever folded them was killed before it could take the days away."""
    period, dataset = period_of(path), path.partition("/")[0]
    return period is not None and period.days == 1 and place(dataset, month_of(period.first)) in listing


def _write(
    db: Database, export_target: ExportTarget, unit: Period, paths: frozenset[str], lock: Lock
) -> list[ExportedFile]:
    """Bring all files of a day or a month in line with the rows, then remember them."""
    with _settled(db, unit, export_target.zone) as snapshot:
        changes = exports.list_stale_days(snapshot, unit)
        written = _write_staged(db, snapshot, export_target, unit)
    if not lock.is_held():
        raise Contention("somebody else is writing the exports")
    files = [
        _entry(place(dataset, unit), dataset, unit, writer) for dataset, writer in written.items() if writer
    ]
    for dataset, writer in written.items():
        there = [path for path in paths if _is_part(path, dataset, unit)]
        _put(export_target.storage, writer, place(dataset, unit), there)
    exports.record_exported_files(db, unit, files, changes)
    return files


def _put(storage: ExportStorage, writer: StagedFile | None, path: str, there: list[str]) -> None:
    if writer is None:
        storage.remove(there)
    else:
        storage.swap(writer.path, path, [other for other in there if other != path])


def _is_part(path: str, dataset: str, unit: Period) -> bool:
    period = period_of(path)
    inside = period is not None and unit.first <= period.first and period.last <= unit.last
    return inside and path.startswith(f"{dataset}/")


def _entry(path: str, dataset: str, unit: Period, writer: StagedFile) -> ExportedFile:
    return ExportedFile(
        path=path,
        dataset=dataset,
        first_day=unit.first,
        last_day=unit.last,
        row_count=writer.row_count,
        byte_count=writer.byte_count,
        sha256=writer.sha256,
        schema_version=SCHEMA_VERSION,
        people=writer.people,
    )


@contextmanager
def _settled(db: Database, unit: Period, zone: str) -> Iterator[Transaction]:
    """All rows as of one moment, at which the days' figures are those of their sessions."""
    for look in range(1, LOOKS + 1):
        with db.snapshot(deadline=PERIOD_SECONDS) as snapshot:
            if look == LOOKS or not rollups.has_dirty_days_between(snapshot, unit):
                yield snapshot
                return
        if rollups.fetch_rollup_zone(db) in (None, zone):
            _recompute(db, zone)


def _recompute(db: Database, zone: str) -> None:
    # Only here is Polars needed, which holds more memory than a whole export.
    from tasks.rollups import rollup

    rollup.recompute_days(db, zone)


def _write_staged(
    db: Database, snapshot: Transaction, export_target: ExportTarget, unit: Period
) -> dict[str, StagedFile | None]:
    with _parts_read(db, snapshot, unit, export_target.zone) as parts:
        sessions = exports.read_exported_sessions(snapshot, unit, export_target.zone)
        with ahead(sessions, AHEAD, PERIOD_SECONDS, snapshot.hang_up) as reading:
            # What writes Parquet takes a while to load, and PostgreSQL is at work meanwhile.
            from tasks.exports import parquet_writer

            return parquet_writer.write(
                export_target.storage.staging_dir, reading, parts, exports.read_exported_days(snapshot, unit)
            )


@contextmanager
def _parts_read(
    db: Database, snapshot: Transaction, unit: Period, zone: str
) -> Iterator[dict[str, Prefetcher[Pieces]]]:
    """Tools and models, by connections of their own that see the same moment."""
    with ExitStack() as stack:
        parts = {}
        for dataset in PARTS:
            beside = stack.enter_context(db.snapshot(deadline=PERIOD_SECONDS, of=snapshot))
            pieces = exports.read_exported_parts(beside, dataset, unit, zone)
            reading = ahead(pieces, AHEAD, PERIOD_SECONDS, beside.hang_up)
            parts[dataset] = stack.enter_context(reading)
        yield parts


def _tell(db: Database, export_target: ExportTarget) -> None:
    """List every file with its rows, bytes and SHA-256, so a reader knows what is whole."""
    told = {
        "schema_version": SCHEMA_VERSION,
        "time_zone": export_target.zone,
        "database": exports.fetch_export_target_id(db),
        "files": [_told(file) for file in exports.list_exported_files(db)],
    }
    text = json.dumps(told, indent=1).encode()
    if text != export_target.storage.read(MANIFEST):
        fresh = export_target.storage.staging_dir / MANIFEST
        fresh.write_bytes(text)
        export_target.storage.put(fresh, MANIFEST)


def _told(file: ExportedFile) -> dict[str, object]:
    return {
        "path": file.path,
        "rows": file.row_count,
        "bytes": file.byte_count,
        "sha256": file.sha256,
        "schema_version": file.schema_version,
    }
