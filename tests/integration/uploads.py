"""Records as ingest would put them into the inbox, made by hand, and all that becomes of them."""

import hashlib
import json
import uuid
from typing import Any

from db.accounts import users
from db.accounts.account_records import Account, Caller
from db.accounts.api_keys import new_key
from db.connection import Database, Statements
from db.uploads import inbox
from db.uploads.upload_records import InboxRow, UploadBatch
from tasks.jobs import persist, persist_plans
from tasks.rollups import rollup

MODEL = "claude-opus-4-5-20251101"


def plan(share_level: str, **changes: Any) -> dict[str, Any]:
    """One plan; its content is there where it is shared."""
    texts = {"content": "# Move the cache\n"} if share_level == "full" else {}
    return _sealed({"title": "Move the cache", "created_at": "2026-11-20T10:00:00Z"} | texts | changes)


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
    return _sealed(body)


def _sealed(body: dict[str, Any]) -> dict[str, Any]:
    plain = json.dumps(body, sort_keys=True)
    return body | {"content_hash": hashlib.sha256(plain.encode()).hexdigest()}


def incoming(name: str, body: dict[str, Any] | None = None) -> InboxRow:
    """An upload of this record under this session_id."""
    return InboxRow(upload_id=str(uuid.uuid4()), kind="session", name=name, body=json.dumps(body or record()))


def caller(database: Database, person: Account) -> Caller:
    """The person with a new key in hand."""
    made = new_key("dkd_sk_")
    key = users.issue_key(
        database, user_id=person.user_id, label="test", prefix=made.prefix, key_hash=made.key_hash
    )
    return Caller(account=person, key_id=key.key_id, key_hash=made.key_hash)


def deliver(db: Statements, sender: Caller, items: list[InboxRow]) -> bool:
    """Put these uploads into the inbox, as one request would."""
    return inbox.insert_uploads(db, [UploadBatch(caller=sender, uploads=items)]) == [True]


def upload(database: Database, person: Account, name: str = "s1", **changes: Any) -> str:
    """Put one upload into the inbox and return its upload_id."""
    item = incoming(name, record(**changes))
    assert deliver(database, caller(database, person), [item])
    return item.upload_id


def upload_plan(database: Database, person: Account, name: str = "otter", **changes: Any) -> str:
    """Put one plan into the inbox and return its upload_id."""
    body = json.dumps(plan(person.share_level, **changes))
    item = InboxRow(upload_id=str(uuid.uuid4()), kind="plan", name=name, body=body)
    assert deliver(database, caller(database, person), [item])
    return item.upload_id


def settle(database: Database, zone: str = "UTC") -> None:
    """Everything that waits becomes rows and days."""
    persist.drain_sessions(database, zone)
    persist_plans.drain_plans(database)
    rollup.recompute_days(database, zone)
