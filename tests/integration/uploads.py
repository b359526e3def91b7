"""Records as ingest would put them into the inbox, made by hand: what the tests of persist and rollup upload."""

import hashlib
import json
import uuid
from typing import Any

from db import inbox
from db.connection import Database
from db.records import Account, Incoming

MODEL = "claude-opus-4-5-20251101"


def record(**changes: Any) -> dict[str, Any]:
    """One session of two responses, ten minutes and three tool calls."""
    body: dict[str, Any] = {
        "project_name": "shop",
        "started_at": "2026-11-20T10:00:00Z",
        "ended_at": "2026-11-20T10:10:00Z",
        "total_messages": 4,
        "total_tokens_in": 100,
        "total_tokens_out": 50,
        "cache_read_tokens": 2000,
        "cache_creation_tokens": 300,
        "reported_tokens_in": 250,
        "reported_tokens_out": 90,
        "model": MODEL,
        "tools": [{"tool_name": "Read", "call_count": 3, "success_count": 2, "error_count": 1}],
        "tags": [{"tag": "tool:Read", "auto_generated": True}],
        "models": [
            {
                "model": MODEL,
                "responses": 2,
                "tokens_in": 100,
                "tokens_out": 50,
                "cache_read_tokens": 2000,
                "cache_creation_tokens": 300,
            }
        ],
        "responses": [[MODEL, None, 60, 20, 2000, 0], [MODEL, None, 40, 30, 0, 300]],
        "tool_calls": [],
        "messages": [],
    } | changes
    plain = json.dumps(body, sort_keys=True)
    return body | {"content_hash": hashlib.sha256(plain.encode()).hexdigest()}


def incoming(name: str, body: dict[str, Any] | None = None) -> Incoming:
    """An upload of this record under this session_id."""
    return Incoming(upload_id=str(uuid.uuid4()), kind="session", name=name, body=json.dumps(body or record()))


def upload(database: Database, person: Account, name: str = "s1", **changes: Any) -> str:
    """Put one upload into the inbox and return its upload_id."""
    item = incoming(name, record(**changes))
    assert inbox.receive(database, user_id=person.user_id, share_level=person.share_level, uploads=[item])
    return item.upload_id
