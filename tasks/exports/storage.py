"""Where the exported files stand, a folder or a bucket, and what each is called: readers find it whole or not."""

import calendar
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from db.usage.periods import Period

MANIFEST = "manifest.json"
PATH = re.compile(
    r"(?P<dataset>sessions|tools|models|daily_stats)/year=\d{4}/month=\d{2}"
    r"/(?P=dataset)_(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.parquet"
)


@dataclass(frozen=True)
class StagedFile:
    """A finished file, not yet in its place."""

    path: Path
    row_count: int
    byte_count: int
    sha256: str
    #: Whose rows are in it.
    people: list[str]


class ExportStorage(Protocol):
    """A place for files; only `put` and `swap` change what readers see, and both at one moment a file."""

    #: As people know it.
    address: str
    #: Where files are written before they are put: readers do not look there.
    staging_dir: Path

    def clear_staging(self) -> None:
        """Make the folder aside, and take away what a killed writer left in it: it holds people's rows."""

    def listing(self) -> dict[str, int]:
        """The paths of all exported files, with their sizes in bytes."""

    def read(self, path: str) -> bytes | None:
        """What a file holds, if it is there."""

    def put(self, fresh: Path, path: str) -> None:
        """Let a finished file take its place; it lasts from then on."""

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away that may be there."""

    def swap(self, fresh: Path, path: str, gone: Sequence[str]) -> None:
        """Let a finished file take its place, and that of these others of its folder: at one moment if that can be."""


def empty(folder: Path) -> None:
    """Make a folder for our eyes only, or take away all that is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def place(dataset: str, period: Period) -> str:
    """Where the file of a day, or of a month, stands: partitioned by year and month, as readers expect."""
    name = f"{period.first:%Y-%m-%d}" if period.days == 1 else f"{period.first:%Y-%m}"
    return f"{dataset}/year={period.first:%Y}/month={period.first:%m}/{dataset}_{name}.parquet"


def period_of(path: str) -> Period | None:
    """The day or month of a file; None for what is none of ours."""
    found = PATH.fullmatch(path)
    if found is None:
        return None
    year, month, day = (int(found[part] or 0) for part in ("year", "month", "day"))
    try:
        return (
            Period(date(year, month, day), date(year, month, day)) if day else month_of(date(year, month, 1))
        )
    except ValueError:
        return None


def month_of(day: date) -> Period:
    """All days of the month that a day is in."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))
