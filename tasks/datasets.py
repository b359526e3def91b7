"""The four datasets of the exports: every column of each, and the way from PostgreSQL's lines to a Parquet file."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow import compute, csv
from pyarrow import parquet as pq

SCHEMA_VERSION = "1"
# Of a row group: little enough to hold three of, enough to be read and packed well.
GROUP_BYTES = 2**20

Columns = Mapping[str, Any]


def _schema(*parts: Columns) -> pl.Schema:
    return pl.Schema({name: kind for part in parts for name, kind in part.items()})


_OWNER: Columns = dict.fromkeys(("session_id", "username", "project_name"), pl.String)
_STARTED: Columns = {"started_at": pl.Datetime("us", "UTC")}
_CACHE: Columns = dict.fromkeys(("cache_read_tokens", "cache_creation_tokens"), pl.Int64)
#: Every column of every dataset, in order; the same in every file, whatever a day holds.
SCHEMAS = {
    "sessions": _schema(
        _OWNER,
        _STARTED,
        {"ended_at": pl.Datetime("us", "UTC")},
        dict.fromkeys(
            ("duration_seconds", "total_messages", "total_tokens_in", "total_tokens_out"), pl.Int64
        ),
        _CACHE,
        dict.fromkeys(("model", "git_branch", "agent", "agent_version"), pl.String),
    ),
    "tools": _schema(
        _OWNER,
        _STARTED,
        {"tool_name": pl.String},
        dict.fromkeys(("call_count", "success_count", "error_count"), pl.Int64),
    ),
    "models": _schema(
        _OWNER,
        _STARTED,
        {"model": pl.String},
        dict.fromkeys(("responses", "tokens_in", "tokens_out"), pl.Int64),
        _CACHE,
        {"cost_usd": pl.Decimal(18, 9), "price_version": pl.String},
    ),
    "daily_stats": _schema(
        {"username": pl.String, "stat_date": pl.Date},
        dict.fromkeys(("session_count", "total_messages", "total_tokens_in", "total_tokens_out"), pl.Int64),
        _CACHE,
        {"total_duration_seconds": pl.Int64, "cost_usd": pl.Decimal(38, 9), "unpriced_tokens": pl.Int64},
    ),
}
#: What every row about a session says of it first.
OWN_COLUMNS = [*_OWNER, *_STARTED]
PLACE = "place"


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
        self._file = pq.ParquetWriter(
            path, arrow_schema(SCHEMAS[dataset]).with_metadata(self._marks), compression="zstd"
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


def parse(lines: Iterable[str | None], schema: pl.Schema) -> pa.Table:
    """Rows from what PostgreSQL writes of each, `(,value,"another value",)`; nothing between two commas is null."""
    text = "\n".join(line for line in lines if line is not None)
    types = arrow_schema(schema)
    if not text:
        return types.empty_table()
    return csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=csv.ReadOptions(column_names=["(", *schema, ")"], use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, escape_char="\\"),
        convert_options=csv.ConvertOptions(
            column_types=types,
            include_columns=list(schema),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def parts_schema(dataset: str) -> pl.Schema:
    """What the lines of a session's parts hold: the place of the session among all, and what is their own."""
    own = {name: kind for name, kind in SCHEMAS[dataset].items() if name not in OWN_COLUMNS}
    return _schema({PLACE: pl.Int64}, own)


def with_owner(sessions: pa.Table, parts: pa.Table, *, first_place: int) -> pa.Table:
    """The parts of these sessions, each row after what it says of its session."""
    rows = sessions.select(OWN_COLUMNS).take(compute.subtract(parts[PLACE], first_place))
    for name in parts.column_names[1:]:
        rows = rows.append_column(name, parts[name])
    return rows


def arrow_schema(schema: pl.Schema) -> pa.Schema:
    """The same as Arrow says it, in types that every reader knows."""
    return schema.to_frame().to_arrow(compat_level=pl.CompatLevel.oldest()).schema
