"""Converts the CSV lines that PostgreSQL makes of rows to Parquet: four files at once, each in row groups."""

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

from db.usage.exports import DATASETS, SCHEMA_VERSION, Lines, Pieces, pieces_of
from tasks.exports.export_schemas import LINES, OWN, POSITION, SCHEMAS
from tasks.exports.prefetch import Prefetcher
from tasks.exports.storage import StagedFile

# Of a row group: small enough to hold three in memory, large enough to compress and read well.
GROUP_BYTES = 2**21
# A number that is null, in a line of CSV; a name that equals it is quoted there.
NULL_NUMBER = "-1"
# How many chunks of sessions may wait for their tools or models.
MAX_WAITING_CHUNKS = 20


def write_datasets(
    staging_dir: Path,
    sessions: Iterable[Lines],
    parts: Mapping[str, Prefetcher[Pieces]],
    days: Iterable[Lines],
) -> dict[str, StagedFile | None]:
    """Write the four files as their lines arrive; None for a dataset without rows."""
    writers = {dataset: ParquetWriter(staging_dir / dataset, dataset) for dataset in DATASETS}
    joins = [_PartJoin(dataset, writers[dataset], pieces) for dataset, pieces in parts.items()]
    for chunk in sessions:
        rows = parse(chunk, LINES["sessions"])
        writers["sessions"].add(rows)
        for join in joins:
            join.add_owners(rows.select(OWN))
    for join in joins:
        join.finish()
    for chunk in days:
        writers["daily_stats"].add(parse(chunk, LINES["daily_stats"]))
    return {dataset: writer.close() for dataset, writer in writers.items()}


class _PartJoin:
    """Adds the session's columns to its tools or models, which PostgreSQL delivers later than the sessions."""

    def __init__(self, dataset: str, writer: "ParquetWriter", pieces: Prefetcher[Pieces]) -> None:
        self._dataset, self._writer, self._pieces = dataset, writer, pieces
        self._owners: deque[pa.Table] = deque()
        # How many pieces of the first chunk of owners are written.
        self._written = 0

    def add_owners(self, owners: pa.Table) -> None:
        """Write the pieces that have arrived; wait for more where too many chunks of sessions are waiting."""
        self._owners.append(owners)
        while self._owners and (self._pieces.is_ready() or len(self._owners) > MAX_WAITING_CHUNKS):
            self._write(next(self._pieces))

    def finish(self) -> None:
        """Write all remaining pieces. Raises ValueError unless they match the sessions."""
        for pieces in self._pieces:
            self._write(pieces)
        if self._owners:
            raise ValueError("there are more sessions than pieces of their parts")

    def _write(self, pieces: Pieces) -> None:
        if not self._owners:
            raise ValueError("there are more pieces of parts than sessions")
        owners = self._owners[0]
        lines = [piece for piece in pieces if piece is not None]
        self._writer.add(with_owner(owners, parse(lines, LINES[self._dataset])))
        self._written += len(pieces)
        if self._written == pieces_of(owners.num_rows):
            self._owners.popleft()
            self._written = 0


class ParquetWriter:
    """Writes one file in row groups of about `GROUP_BYTES`, so that no file is ever held whole."""

    def __init__(self, path: Path, dataset: str) -> None:
        self._metadata = {"schema_version": SCHEMA_VERSION, "dataset": dataset}
        self._path = path
        texts = [field.name for field in SCHEMAS[dataset] if pa.types.is_string(field.type)]
        self._file = pq.ParquetWriter(
            path,
            SCHEMAS[dataset].with_metadata(self._metadata),
            compression="zstd",
            compression_level=3,
            # Only columns whose values repeat get smaller by a dictionary.
            use_dictionary=[name for name in texts if name != "session_id" or dataset == "tools"],
        )
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._people: set[str] = set()

    def add(self, rows: pa.Table) -> None:
        """Add rows, and write a row group once enough are pending."""
        self._people.update(rows["username"].unique().to_pylist())
        self._pending.append(rows.replace_schema_metadata(self._metadata))
        if sum(table.nbytes for table in self._pending) >= GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        group = pa.concat_tables(self._pending)
        if group.num_rows:
            self._file.write_table(group)
        self._rows += group.num_rows
        self._pending = []

    def close(self) -> StagedFile | None:
        """Finish the file; None if it has no rows."""
        if self._pending:
            self._write_group()
        self._file.close()
        if not self._rows:
            return None
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = self._path.stat().st_size
        return StagedFile(self._path, self._rows, size, digest, sorted(self._people))


def parse(lines: Lines, types: pa.Schema) -> pa.Table:
    """The rows of CSV lines such as `"a name",7,`; an empty unquoted field is null, and so is -1."""
    text = "".join(f"{line}\n" for line in lines).encode()
    if not text:
        return types.empty_table()
    return csv.read_csv(
        pa.BufferReader(text),
        # One thread, because PostgreSQL uses the other cores. One block, because a line break between two gets lost.
        read_options=csv.ReadOptions(column_names=types.names, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=["", NULL_NUMBER],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def with_owner(owners: pa.Table, parts: pa.Table) -> pa.Table:
    """The parts of these sessions, each row preceded by the columns of its session."""
    rows = owners.take(parts[POSITION.name])
    for name in parts.column_names[1:]:
        rows = rows.append_column(name, parts[name])
    return rows
