"""Reads rows for the exporter, never message text, and records exported files and stale days."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from db.connection import Database, Statements, Transaction
from db.errors import Contention, retried
from db.locks import Lock
from db.rows import FromRow
from db.usage.periods import Period

#: The version of the columns of all files; documented in docs/data.md.
SCHEMA_VERSION = "1"
DATASETS = ("sessions", "tools", "models", "daily_stats")
#: The datasets of a session's parts.
PARTS = ("tools", "models")
Lines = list[str]
Pieces = list[str | None]
# Rows per chunk; bounds the writer's memory.
CHUNK = 3000
# Sessions per piece. PostgreSQL returns their parts as one text, usually about 25 kB, at most 25 MB.
PIECE = 100
LIGHT_BYTES = 2**20
# Another writer releases the lock within seconds, except for a very large month.
LOCK_TIMEOUT_SECONDS = 600
POLL_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class ExportedFile(FromRow):
    """The record of one exported file."""

    #: Relative to the folder or bucket of the exports.
    path: str
    dataset: str
    first_day: date
    last_day: date
    row_count: int
    byte_count: int
    sha256: str
    schema_version: str
    #: The usernames in the file.
    people: list[str]
    written_at: datetime | None = field(default=None, compare=False)

    @property
    def period(self) -> Period:
        """The day or month in the file."""
        return Period(self.first_day, self.last_day)


def read_exported_sessions(snapshot: Transaction, period: Period, zone: str) -> Iterator[Lines]:
    """Yield the sessions of these days as CSV lines by start time, in chunks of `CHUNK`."""
    return _read(snapshot, "read_exported_sessions", CHUNK, first=period.first, last=period.last, zone=zone)


#: The statement that opens each dataset of parts.
PARTS_STATEMENTS = {"tools": "exported_tools", "models": "exported_models"}


def read_exported_parts(snapshot: Transaction, dataset: str, period: Period, zone: str) -> Iterator[Pieces]:
    """Yield the tools or models in groups of pieces, with fewer pieces a group while they are large.

    Each line of a piece starts with the index of its session in the chunk; a piece without lines is None.
    """
    days = {"first": period.first, "last": period.last, "zone": zone}
    left, limit = pieces_of(CHUNK), 1
    with _opened(snapshot, PARTS_STATEMENTS[dataset], size=CHUNK, piece=PIECE, **days):
        while rows := snapshot.fetch_values("exported_more", limit=min(limit, left)):
            pieces = [piece for (piece,) in rows]
            yield pieces
            left = left - len(pieces) or pieces_of(CHUNK)
            light = sum(len(piece or "") for piece in pieces) < LIGHT_BYTES
            limit = min(limit * 2, pieces_of(CHUNK)) if light else 1


def pieces_of(sessions: int) -> int:
    """The number of pieces for a chunk of this many sessions."""
    return -(-sessions // PIECE)


def read_exported_days(snapshot: Transaction, period: Period) -> Iterator[Lines]:
    """Yield all users' daily figures of these days as CSV lines."""
    return _read(snapshot, "read_exported_days", CHUNK, first=period.first, last=period.last)


def _read(snapshot: Transaction, statement: str, limit: int, **parameters: object) -> Iterator[Lines]:
    with _opened(snapshot, statement, **parameters):
        while rows := snapshot.fetch_values("exported_more", limit=limit):
            yield [line for (line,) in rows]


@contextmanager
def _opened(snapshot: Transaction, statement: str, **parameters: object) -> Iterator[None]:
    snapshot.execute("exported_whole")
    snapshot.execute(statement, **parameters)
    yield
    snapshot.execute("exported_end")


@contextmanager
def lock_exports(url: str, *, timeout: float = LOCK_TIMEOUT_SECONDS) -> Iterator[Lock]:
    """Hold the lock on writing exports; raises Contention if another writer keeps it longer than `timeout` seconds."""
    end = time.monotonic() + timeout
    with Lock(url, "lock_exports") as lock:
        while not lock.is_held():
            if time.monotonic() > end:
                raise Contention("another process is writing the exports")
            time.sleep(POLL_SECONDS)
        yield lock


def mark_days_stale(db: Statements, days: Iterable[date]) -> None:
    """Mark the files of these days for rewriting."""
    db.execute("mark_days_stale", days=list(days))


def mark_all_days_stale(db: Statements) -> None:
    """Mark all files for rewriting, after a change of the time zone."""
    db.execute("mark_all_days_stale")


def mark_days_of_user_stale(db: Statements, user_id: int) -> None:
    """Mark every file that names this user for rewriting."""
    db.execute("mark_days_of_user_stale", user_id=user_id)


def list_stale_days(db: Statements, period: Period | None = None) -> dict[date, int]:
    """The days whose files are stale, each with the number of its last change."""
    if period is None:
        rows = db.fetch("exports_stale")
    else:
        rows = db.fetch("exports_stale_between", first=period.first, last=period.last)
    return {row["stat_date"]: row["change"] for row in rows}


def count_stale_days(db: Statements) -> int:
    """The number of days with stale files, including today after any upload."""
    row = db.fetch_one("count_stale_days")
    return int(row["days"]) if row else 0


def list_exported_files(db: Statements) -> list[ExportedFile]:
    """All exported files, ordered by path."""
    return [ExportedFile.from_row(row) for row in db.fetch("list_exported_files")]


def record_exported_files(
    db: Database, period: Period, written: Iterable[ExportedFile], changes: Mapping[date, int]
) -> None:
    """Replace the records of the period's files, and clear the stale marks of these changes."""
    retried(lambda: _record(db, period, list(written), changes))


def _record(db: Database, period: Period, written: list[ExportedFile], changes: Mapping[date, int]) -> None:
    with db.transaction() as transaction:
        transaction.execute("exported_files_gone", first=period.first, last=period.last)
        for file in written:
            transaction.execute("exported_file_note", **asdict(file))
        transaction.execute("exports_settle", days=list(changes), changes=list(changes.values()))


def fetch_export_target_id(db: Statements) -> str:
    """The id that marks files as written from this database."""
    row = db.fetch_one("fetch_export_target_id")
    return row["lake_id"] if row else ""
