"""From the lines of PostgreSQL to Parquet: four files at a time, none of them ever held whole."""

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

from db.usage.exports import DATASETS, SCHEMA_VERSION, Lines, Pieces, pieces_of
from tasks.exports.export_schemas import LINES, OWN, PLACE, SCHEMAS
from tasks.exports.prefetch import Prefetcher
from tasks.exports.storage import StagedFile

# Of a row group: little enough to hold three of, enough to be read and packed well.
GROUP_BYTES = 2**21
# What stands for null where a number would; a name that says so comes quoted.
NO_NUMBER = "-1"
# Sessions may be so many chunks in front of what hangs on them.
IN_FRONT = 20


def write(
    staging_dir: Path,
    sessions: Iterable[Lines],
    parts: Mapping[str, Prefetcher[Pieces]],
    days: Iterable[Lines],
) -> dict[str, StagedFile | None]:
    """Write all four files, as what they are made of comes in."""
    sheets = {dataset: ParquetWriter(staging_dir / dataset, dataset) for dataset in DATASETS}
    hanging = [_Part(dataset, sheets[dataset], pieces) for dataset, pieces in parts.items()]
    for chunk in sessions:
        rows = parse(chunk, LINES["sessions"])
        sheets["sessions"].add(rows)
        for part in hanging:
            part.follow(rows.select(OWN))
    for part in hanging:
        part.catch_up()
    for chunk in days:
        sheets["daily_stats"].add(parse(chunk, LINES["daily_stats"]))
    return {dataset: writer.close() for dataset, writer in sheets.items()}


class _Part:
    """What hangs on sessions, on its way: it takes PostgreSQL longer to find."""

    def __init__(self, dataset: str, writer: "ParquetWriter", pieces: Prefetcher[Pieces]) -> None:
        self._dataset, self._writer, self._pieces = dataset, writer, pieces
        self._owners: deque[pa.Table] = deque()
        # Pieces of what hangs on the first of these.
        self._written = 0

    def follow(self, owners: pa.Table) -> None:
        """Write what is there by now, and wait where these sessions are too far in front."""
        self._owners.append(owners)
        while self._owners and (self._pieces.is_ready() or len(self._owners) > IN_FRONT):
            self._write(next(self._pieces))

    def catch_up(self) -> None:
        """Write what is left; there is as much of it as of sessions."""
        for pieces in self._pieces:
            self._write(pieces)
        if self._owners:
            raise ValueError("there are more sessions than pieces of what hangs on them")

    def _write(self, pieces: Pieces) -> None:
        if not self._owners:
            raise ValueError("there are more pieces than sessions that they hang on")
        owners = self._owners[0]
        lines = [piece for piece in pieces if piece is not None]
        self._writer.add(with_owner(owners, parse(lines, LINES[self._dataset])))
        self._written += len(pieces)
        if self._written == pieces_of(owners.num_rows):
            self._owners.popleft()
            self._written = 0


class ParquetWriter:
    """One file on its way: rows come in as they are read, and go out in groups, so that no file is ever held whole."""

    def __init__(self, path: Path, dataset: str) -> None:
        self._marks = {"schema_version": SCHEMA_VERSION, "dataset": dataset}
        self._path = path
        self._file = pq.ParquetWriter(
            path,
            SCHEMAS[dataset].with_metadata(self._marks),
            compression="zstd",
            compression_level=3,
            use_dictionary=_repeating(dataset),
        )
        self._kept: list[pa.Table] = []
        self._rows = 0
        self._people: set[str] = set()

    def add(self, rows: pa.Table) -> None:
        """Take some rows."""
        self._people.update(rows["username"].unique().to_pylist())
        self._kept.append(rows.replace_schema_metadata(self._marks))
        if sum(table.nbytes for table in self._kept) >= GROUP_BYTES:
            self._write_kept()

    def _write_kept(self) -> None:
        group = pa.concat_tables(self._kept)
        if group.num_rows:
            self._file.write_table(group)
        self._rows += group.num_rows
        self._kept = []

    def close(self) -> StagedFile | None:
        """Finish the file; None if there was nothing to write."""
        if self._kept:
            self._write_kept()
        self._file.close()
        if not self._rows:
            return None
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = self._path.stat().st_size
        return StagedFile(self._path, self._rows, size, digest, sorted(self._people))


def _repeating(dataset: str) -> list[str]:
    """The columns whose few values are worth a dictionary; numbers and names that stand once only lose by one."""
    texts = [field.name for field in SCHEMAS[dataset] if pa.types.is_string(field.type)]
    return [name for name in texts if name != "session_id" or dataset == "tools"]


def parse(lines: Lines, types: pa.Schema) -> pa.Table:
    """Rows from lines of CSV, `"a name",7,`; nothing between two commas is null, and so is -1."""
    text = "".join(f"{line}\n" for line in lines).encode()
    if not text:
        return types.empty_table()
    return csv.read_csv(
        pa.BufferReader(text),
        # PostgreSQL has use for the other cores. And in one piece: where two met, a line break would get lost.
        read_options=csv.ReadOptions(column_names=types.names, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=["", NO_NUMBER],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def with_owner(owners: pa.Table, parts: pa.Table) -> pa.Table:
    """The parts of these sessions, each row after what it says of its session."""
    rows = owners.take(parts[PLACE.name])
    for name in parts.column_names[1:]:
        rows = rows.append_column(name, parts[name])
    return rows
