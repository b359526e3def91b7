"""Finds the exported files that the database lists in the export folder, for their list and their download."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from db.usage.exports import ExportedFile


def name(file: ExportedFile) -> str:
    """The name of the downloaded file, without its folders."""
    return file.path.rpartition("/")[2]


def newest_first(files: Iterable[ExportedFile]) -> list[ExportedFile]:
    """Sort by the last day, a month before its days; files of the same period by dataset."""
    by_dataset = sorted(files, key=lambda file: file.dataset)
    return sorted(by_dataset, key=lambda file: (file.last_day, file.period.days), reverse=True)


def is_there(folder: Path, file: ExportedFile) -> bool:
    """Is it in the folder? It may have been moved, or written by another machine."""
    return _place(folder, file) is not None


def opened(folder: Path, file: ExportedFile) -> BinaryIO | None:
    """Open the file; None if it is missing or not readable."""
    found = _place(folder, file)
    try:
        return found.open("rb") if found else None
    except OSError:
        return None


def _place(folder: Path, file: ExportedFile) -> Path | None:
    """The file's path with links resolved; None unless it is a file inside the folder."""
    try:
        found = (folder / file.path).resolve()
        return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
    except (OSError, RuntimeError):
        return None
