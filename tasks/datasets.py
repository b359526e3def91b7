"""The four datasets of the exports: every column of each, and the way from PostgreSQL's lines to a Parquet file."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, csv
from pyarrow import parquet as pq

SCHEMA_VERSION = "1"
# Of a row group: little enough to hold three of, enough to be read and packed well.
GROUP_BYTES = 2**20


def _fields(kind: pa.DataType, *names: str) -> list[pa.Field]:
    return [pa.field(name, kind) for name in names]


_TIME = pa.timestamp("us", "UTC")
_OWNER = [*_fields(pa.string(), "session_id", "username", "project_name"), pa.field("started_at", _TIME)]
_CACHE = _fields(pa.int64(), "cache_read_tokens", "cache_creation_tokens")
#: Every column of every dataset, in order; the same in every file, whatever a day holds.
SCHEMAS = {
    "sessions": pa.schema(
        [
            *_OWNER,
            pa.field("ended_at", _TIME),
            *_fields(pa.int64(), "duration_seconds", "total_messages", "total_tokens_in", "total_tokens_out"),
            *_CACHE,
            *_fields(pa.string(), "model", "git_branch", "agent", "agent_version"),
        ]
    ),
    "tools": pa.schema(
        [
            *_OWNER,
            pa.field("tool_name", pa.string()),
            *_fields(pa.int64(), "call_count", "success_count", "error_count"),
        ]
    ),
    "models": pa.schema(
        [
            *_OWNER,
            pa.field("model", pa.string()),
            *_fields(pa.int64(), "responses", "tokens_in", "tokens_out"),
            *_CACHE,
            pa.field("cost_usd", pa.decimal128(18, 9)),
            pa.field("price_version", pa.string()),
        ]
    ),
    "daily_stats": pa.schema(
        [
            pa.field("username", pa.string()),
            pa.field("stat_date", pa.date32()),
            *_fields(pa.int64(), "session_count", "total_messages", "total_tokens_in", "total_tokens_out"),
            *_CACHE,
            pa.field("total_duration_seconds", pa.int64()),
            pa.field("cost_usd", pa.decimal128(38, 9)),
            pa.field("unpriced_tokens", pa.int64()),
        ]
    ),
}
#: What hangs on a session: its lines hold the session's place among all, and what is their own.
PARTS = ("tools", "models")
PLACE = "place"
#: What the lines hold that the files are made of.
LINES = SCHEMAS | {
    part: pa.schema([pa.field(PLACE, pa.int64()), *list(SCHEMAS[part])[len(_OWNER) :]]) for part in PARTS
}


@dataclass(frozen=True)
class Written:
    """A finished file, not yet in its place."""

    path: Path
    row_count: int
    byte_count: int
    sha256: str
    people: list[str]


class Sheet:
    """One file on its way: rows come in as they are read, and go out in groups, so that no file is ever held whole."""

    def __init__(self, path: Path, dataset: str) -> None:
        self._marks = {"schema_version": SCHEMA_VERSION, "dataset": dataset}
        self._path = path
        self._file = pq.ParquetWriter(path, SCHEMAS[dataset].with_metadata(self._marks), compression="zstd")
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


def parse(lines: Iterable[str | None], types: pa.Schema) -> pa.Table:
    """Rows from what PostgreSQL writes of each, `(,value,"another value",)`; nothing between two commas is null."""
    text = "\n".join(line for line in lines if line is not None)
    if not text:
        return types.empty_table()
    return csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=csv.ReadOptions(column_names=["(", *types.names, ")"], use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, escape_char="\\"),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=types.names,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def with_owner(sessions: pa.Table, parts: pa.Table, *, first_place: int) -> pa.Table:
    """The parts of these sessions, each row after what it says of its session."""
    own = [field.name for field in _OWNER]
    rows = sessions.select(own).take(compute.subtract(parts[PLACE], first_place))
    for name in parts.column_names[1:]:
        rows = rows.append_column(name, parts[name])
    return rows
