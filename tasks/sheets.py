"""From the lines of PostgreSQL to Parquet: four files at a time, none of them ever held whole."""

import hashlib
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, csv
from pyarrow import parquet as pq

from db.connection import Values
from db.exports import DATASETS, SCHEMA_VERSION
from tasks.datasets import LINES, OWNER, SCHEMAS
from tasks.shelf import Written

# Of a row group: little enough to hold three of, enough to be read and packed well.
GROUP_BYTES = 2**21

Rows = list[Values]


def write(
    aside: Path, chunks: Iterable[tuple[Rows, Rows]], days: Iterable[Rows]
) -> dict[str, Written | None]:
    """Write all four files; a chunk is some sessions, each with its models, and the tools of each of the same ones."""
    sheets = {dataset: Sheet(aside / dataset, dataset) for dataset in DATASETS}
    for sessions_read, tools_read in chunks:
        lines, models, model_counts = zip(*sessions_read, strict=True)
        tools, tool_counts = zip(*tools_read, strict=True)
        sessions = parse(lines, LINES["sessions"])
        sheets["sessions"].add(sessions)
        sheets["models"].add(with_owner(sessions, parse(models, LINES["models"]), model_counts))
        sheets["tools"].add(with_owner(sessions, parse(tools, LINES["tools"]), tool_counts))
    for chunk in days:
        sheets["daily_stats"].add(parse((line for (line,) in chunk), LINES["daily_stats"]))
    return {dataset: sheet.close() for dataset, sheet in sheets.items()}


class Sheet:
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

    def close(self) -> Written | None:
        """Finish the file; None if there was nothing to write."""
        if self._kept:
            self._write_kept()
        self._file.close()
        if not self._rows:
            return None
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = self._path.stat().st_size
        return Written(self._path, self._rows, size, digest, sorted(self._people))


def _repeating(dataset: str) -> list[str]:
    """The columns whose few values are worth a dictionary; numbers and names that stand once only lose by one."""
    texts = [field.name for field in SCHEMAS[dataset] if pa.types.is_string(field.type)]
    return [name for name in texts if name != "session_id" or dataset == "tools"]


def parse(lines: Iterable[str | None], types: pa.Schema) -> pa.Table:
    """Rows from lines of CSV, `"a name",7,`; nothing between two commas is null."""
    text = "".join(f"{line}\n" for line in lines if line is not None).encode()
    if not text:
        return types.empty_table()
    return csv.read_csv(
        pa.BufferReader(text),
        # PostgreSQL has use for the other cores. And in one piece: where two met, a line break would get lost.
        read_options=csv.ReadOptions(column_names=types.names, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def with_owner(sessions: pa.Table, parts: pa.Table, counts: Iterable[int]) -> pa.Table:
    """The parts of these sessions, so many of each, every row after what it says of its session."""
    starts = pa.array(accumulate(counts, initial=0), pa.int32())
    places = compute.list_parent_indices(pa.ListArray.from_arrays(starts, pa.nulls(parts.num_rows)))
    rows = sessions.select([field.name for field in OWNER]).take(places)
    for name in parts.column_names:
        rows = rows.append_column(name, parts[name])
    return rows
