"""The four datasets of the exports: every column of each, the same in every file."""

import pyarrow as pa

from db.usage.exports import PARTS


def _fields(kind: pa.DataType, *names: str) -> list[pa.Field]:
    return [pa.field(name, kind) for name in names]


_TIME = pa.timestamp("us", "UTC")
#: What tools and models say of their session.
OWNER = [*_fields(pa.string(), "session_id", "username", "project_name"), pa.field("started_at", _TIME)]
OWN = [field.name for field in OWNER]
_CACHE = _fields(pa.int64(), "cache_read_tokens", "cache_creation_tokens")
#: Every column of every dataset, in order, whatever a day holds.
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
#: Of a session, its place among those that are read with it.
PLACE = pa.field("place", pa.int32())
#: What the lines hold that the files are made of: of tools and models, all but what their session says.
LINES = SCHEMAS | {part: pa.schema([PLACE, *list(SCHEMAS[part])[len(OWNER) :]]) for part in PARTS}
