"""What analysts get of the rows, never a word of anybody's text; which files there are, and which days are due."""

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

#: Of the columns of all files, by name, type, order and meaning; docs/data.md is about this one.
SCHEMA_VERSION = "1"
DATASETS = ("sessions", "tools", "models", "daily_stats")
#: What hangs on a session.
PARTS = ("tools", "models")
Lines = list[str]
Pieces = list[str | None]
# So many rows at a time: what a writer holds of them does not grow with the day.
CHUNK = 3000
# Of what hangs on so many of them PostgreSQL makes one text: it may be 25 MB, mostly it is a thousandth. Some of these
# pieces are a chunk.
PIECE = 100
LIGHT_BYTES = 2**20
# Whoever else writes gives way after a few seconds, except for a very large month.
PATIENCE_SECONDS = 600
LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class ExportedFile(FromRow):
    """One file that analysts have."""

    #: Below the folder or bucket of the exports.
    path: str
    dataset: str
    first_day: date
    last_day: date
    row_count: int
    byte_count: int
    sha256: str
    schema_version: str
    #: Whose rows are in it.
    people: list[str]
    written_at: datetime | None = field(default=None, compare=False)

    @property
    def period(self) -> Period:
        """The day or the month it holds."""
        return Period(self.first_day, self.last_day)


def read_exported_sessions(snapshot: Transaction, period: Period, zone: str) -> Iterator[Lines]:
    """The sessions of these days by when they began, a line each, in chunks of `CHUNK`."""
    return _read(snapshot, "read_exported_sessions", CHUNK, first=period.first, last=period.last, zone=zone)


#: The statement that opens each dataset of parts.
PARTS_STATEMENTS = {"tools": "exported_tools", "models": "exported_models"}


def read_exported_parts(snapshot: Transaction, dataset: str, period: Period, zone: str) -> Iterator[Pieces]:
    """The tools or the models, some pieces of a chunk at a time, and fewer while these are heavy.

    Each line of a piece begins with the place of its session in the chunk; None: nothing hangs on any of them.
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
    """In how many pieces what hangs on a chunk of so many comes."""
    return -(-sessions // PIECE)


def read_exported_days(snapshot: Transaction, period: Period) -> Iterator[Lines]:
    """Everybody's figures of these days, a line each."""
    return _read(snapshot, "exported_days", CHUNK, first=period.first, last=period.last)


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
def lock_exports(url: str, *, patience: float = PATIENCE_SECONDS) -> Iterator[Lock]:
    """Be the only one that writes files, waiting for another to finish; Contention if it does not."""
    end = time.monotonic() + patience
    with Lock(url, "lock_exports") as lock:
        while not lock.is_held():
            if time.monotonic() > end:
                raise Contention("somebody else is writing the exports")
            time.sleep(LOOK_SECONDS)
        yield lock


def mark_days_stale(db: Statements, days: Iterable[date]) -> None:
    """Have the files of these days written anew."""
    db.execute("mark_days_stale", days=list(days))


def mark_all_days_stale(db: Statements) -> None:
    """Have every file written anew: its days are no days any more."""
    db.execute("mark_all_days_stale")


def mark_days_of_user_stale(db: Statements, user_id: int) -> None:
    """Have every file written anew that names this person."""
    db.execute("mark_days_of_user_stale", user_id=user_id)


def list_stale_days(db: Statements, period: Period | None = None) -> dict[date, int]:
    """The days whose files are to be written anew, each with the number of its last change."""
    if period is None:
        rows = db.fetch("exports_stale")
    else:
        rows = db.fetch("exports_stale_between", first=period.first, last=period.last)
    return {row["stat_date"]: row["change"] for row in rows}


def count_stale_days(db: Statements) -> int:
    """How many days wait for their files, today among them where anything came in."""
    row = db.fetch_one("count_stale_days")
    return int(row["days"]) if row else 0


def list_exported_files(db: Statements) -> list[ExportedFile]:
    """Every file there is, in the order of their paths."""
    return [ExportedFile.from_row(row) for row in db.fetch("list_exported_files")]


def record_exported_files(
    db: Database, period: Period, written: Iterable[ExportedFile], changes: Mapping[date, int]
) -> None:
    """Remember that these are the period's files now, and that they hold these changes."""
    retried(lambda: _note(db, period, list(written), changes))


def _note(db: Database, period: Period, written: list[ExportedFile], changes: Mapping[date, int]) -> None:
    with db.transaction() as transaction:
        transaction.execute("exported_files_gone", first=period.first, last=period.last)
        for file in written:
            transaction.execute("exported_file_note", **asdict(file))
        transaction.execute("exports_settle", days=list(changes), changes=list(changes.values()))


def fetch_export_target_id(db: Statements) -> str:
    """What tells this database's files from another's."""
    row = db.fetch_one("fetch_export_target_id")
    return row["lake_id"] if row else ""
