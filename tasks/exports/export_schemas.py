"""The Arrow schemas of the four exported datasets, and of the CSV lines they are parsed from."""

import pyarrow as pa

from db.usage.exports import PARTS


def _fields(kind: pa.DataType, *names: str) -> list[pa.Field]:
    return [pa.field(name, kind) for name in names]


_TIME = pa.timestamp("us", "UTC")
#: The columns of the session that precede those of its tools and models.
OWNER = [*_fields(pa.string(), "session_id", "username", "project_name"), pa.field("started_at", _TIME)]
OWN = [field.name for field in OWNER]
_CACHE = _fields(pa.int64(), "cache_read_tokens", "cache_creation_tokens")
#: Every column of every dataset, in order; the same in every file.
SCHEMAS = {
    "sessions": pa.schema(
        [
            *OWNER,
            pa.field("ended_at", _TIME),
            *_fields(pa.int64(), "duration_seconds", "total_messages", "total_tokens_in", "total_tokens_out"),
            *_CACHE,
            *_fields(pa.string(), "model", "git_branch", "agent", "agent_version"),
        ]
    ),
    "tools": pa.schema(
        [
            *OWNER,
            pa.field("tool_name", pa.string()),
            *_fields(pa.int64(), "call_count", "success_count", "error_count"),
        ]
    ),
    "models": pa.schema(
        [
            *OWNER,
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
#: The position of a session in its chunk.
POSITION = pa.field("place", pa.int32())
#: The columns of the CSV lines: tools and models have the position of their session instead of its columns.
LINES = SCHEMAS | {part: pa.schema([POSITION, *list(SCHEMAS[part])[len(OWNER) :]]) for part in PARTS}
