"""The exported files as their manifest lists them: what is not in it is half-written, or none of ours."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.json"
#: dataset/…/dataset_2026-11-20.parquet, or a month of them.
NAME = re.compile(
    r"(?P<dataset>[a-z_]+)/(?:[\w=-]+/)*(?P=dataset)_(?P<period>\d{4}-\d{2}(?:-\d{2})?)\.parquet"
)


class Unreadable(Exception):
    """There is a manifest, and it can't be read."""


@dataclass(frozen=True)
class ExportFile:
    """One file of the manifest."""

    #: Below the folder of the exports.
    path: str
    dataset: str
    #: A day as 2026-11-20, or a month as 2026-11.
    period: str
    rows: int
    bytes: int

    @property
    def name(self) -> str:
        """What it is called once it is downloaded."""
        return self.path.rpartition("/")[2]


def listed(folder: Path) -> list[ExportFile]:
    """Every file, the newest first; none before the first export. Raises Unreadable."""
    try:
        entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        files = [file for entry in entries if (file := _file(entry)) is not None]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unreadable from error
    files.sort(key=lambda file: file.dataset)
    # A month comes after the last of its days.
    return sorted(files, key=lambda file: file.period, reverse=True)


def _file(entry: dict[str, object]) -> ExportFile | None:
    """None for what does not lie where ours do."""
    path = str(entry["path"])
    parts = NAME.fullmatch(path)
    if parts is None:
        return None
    return ExportFile(
        path, parts["dataset"], parts["period"], int(str(entry["rows"])), int(str(entry["bytes"]))
    )


def place(folder: Path, path: str) -> Path | None:
    """Where the file of this path is, if the manifest lists it and it is there, inside the folder, as a file."""
    if all(file.path != path for file in listed(folder)):
        return None
    found = (folder / path).resolve()
    return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
