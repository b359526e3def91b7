"""The exported files as the database remembers them, the same that their manifest lists: which, and where each lies."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from db.usage.exports import ExportedFile


def name(file: ExportedFile) -> str:
    """What it is called once it is downloaded."""
    return file.path.rpartition("/")[2]


def newest_first(files: Iterable[ExportedFile]) -> list[ExportedFile]:
    """A month before its days, for they end with it; of one day, dataset by dataset."""
    by_dataset = sorted(files, key=lambda file: file.dataset)
    return sorted(by_dataset, key=lambda file: (file.last_day, file.period.days), reverse=True)


def is_there(folder: Path, file: ExportedFile) -> bool:
    """Whether the folder has it: somebody may have moved it, or another machine may have written it."""
    return _place(folder, file) is not None


def opened(folder: Path, file: ExportedFile) -> BinaryIO | None:
    """What to read it from; None if it is not there, or not for us to read."""
    found = _place(folder, file)
    try:
        return found.open("rb") if found else None
    except OSError:
        return None


def _place(folder: Path, file: ExportedFile) -> Path | None:
    """Where it is, as a file and inside the folder, wherever links lead."""
    try:
        found = (folder / file.path).resolve()
        return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
    except (OSError, RuntimeError):
        return None
