"""Names of exported files, and what is common to the storages that hold them: a local folder or an S3 bucket."""

import calendar
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db.usage.periods import Period

MANIFEST = "manifest.json"
PATH = re.compile(
    r"(?P<dataset>sessions|tools|models|daily_stats)/year=\d{4}/month=\d{2}"
    r"/(?P=dataset)_(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.parquet"
)


@dataclass(frozen=True)
class StagedFile:
    """A finished file in the staging folder."""

    path: Path
    row_count: int
    byte_count: int
    sha256: str
    #: The usernames in it.
    people: list[str]


class ExportStorage(ABC):
    """Holds exported files. Only `put` and `swap` change what readers see, and each file changes atomically.

    All methods raise OSError where the folder or bucket refuses; `strerror` is one line without the address.
    """

    def __init__(self, address: str, staging_dir: Path) -> None:
        """`staging_dir` is a local folder that readers do not look into, where files are written first."""
        self.address, self.staging_dir = address, staging_dir

    def clear_staging(self) -> None:
        """Create the staging folder, or empty it: a killed writer may have left people's rows there."""
        self.staging_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for entry in self.staging_dir.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def listing(self) -> dict[str, int]:
        """The paths of all exported files, with their sizes in bytes; other files are ignored."""
        return {path: size for path, size in self.sizes() if period_of(path)}

    @abstractmethod
    def sizes(self) -> Iterator[tuple[str, int]]:
        """The path and size of every file, exported or not."""

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """The content of a file, or None if it does not exist."""

    @abstractmethod
    def put(self, staged: Path, path: str) -> None:
        """Move a staged file to `path` durably; a failure leaves the old file there as it was."""

    @abstractmethod
    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, some of which may not exist."""

    def swap(self, staged: Path, path: str, replaced: Sequence[str]) -> None:
        """Move a staged file to `path` in place of others of the same folder; here in two steps."""
        self.put(staged, path)
        self.remove(replaced)


def export_path(dataset: str, period: Period) -> str:
    """The path of the file of a day or a month, in folders by year and month."""
    name = f"{period.first:%Y-%m-%d}" if period.days == 1 else f"{period.first:%Y-%m}"
    return f"{dataset}/year={period.first:%Y}/month={period.first:%m}/{dataset}_{name}.parquet"


def period_of(path: str) -> Period | None:
    """The day or month of an exported file; None for any other file."""
    match = PATH.fullmatch(path)
    if match is None:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        return None
    return Period(day, day) if match["day"] else month_of(day)


def month_of(day: date) -> Period:
    """All days of the month of a day."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))
