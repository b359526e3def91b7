"""The first start of `make run`: an admin, a key, and a request to try at once."""

import json
import shlex
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import accounts, audit
from db.connection import Database
from db.credentials import hash_password, new_password
from db.keys import new_key

ADMIN_NAME = "admin"


@dataclass(frozen=True)
class FirstAdmin:
    """The first person, at the one moment the password and the key are known."""

    username: str
    password: str
    api_key: str


def create_first_admin(database: Database, *, key_prefix: str, in_leaderboard: bool) -> FirstAdmin | None:
    """Add the admin, if there is nobody yet."""
    if accounts.list_accounts(database):
        return None
    admin = FirstAdmin(ADMIN_NAME, new_password(), "")
    key = new_key(key_prefix)
    with database.transaction() as transaction:
        account = accounts.create_account(
            transaction,
            username=admin.username,
            email=None,
            role="admin",
            share_level="metadata",
            show_in_leaderboard=in_leaderboard,
            password_hash=hash_password(admin.password),
        )
        accounts.issue_key(
            transaction, user_id=account.user_id, label="first key", prefix=key.prefix, key_hash=key.key_hash
        )
        audit.record(
            transaction,
            actor_id=None,
            subject_id=account.user_id,
            action="account.created",
            detail={"by": "make run"},
        )
    return FirstAdmin(admin.username, admin.password, key.raw)


def welcome(admin: FirstAdmin, ingest_address: str, now: datetime) -> str:
    """What the first start tells, once."""
    return (
        "\nThis is the first start, so here is an admin. It is shown only now:\n\n"
        f"  name      {admin.username}\n"
        f"  password  {admin.password}\n"
        f"  API key   {admin.api_key}\n\n"
        "Send a first session and see it on the dashboard:\n\n"
        f"{first_upload(admin.api_key, ingest_address, now)}\n"
    )


def first_upload(api_key: str, ingest_address: str, now: datetime) -> str:
    """A curl command, on one line, that uploads a session of a few minutes ago."""
    command = [
        *("curl", "-sS", "-X", "POST", f"{ingest_address}/api/v1/sessions"),
        *("-H", f"X-API-Key: {api_key}", "-H", "Content-Type: application/json"),
        *("-d", json.dumps(example_session(now))),
    ]
    return shlex.join(command)


def example_session(now: datetime) -> dict[str, object]:
    """A small session that ended a minute ago."""
    return {
        "session_id": str(uuid.uuid4()),
        "project_name": "first-steps",
        "started_at": _wire_time(now - timedelta(minutes=12)),
        "ended_at": _wire_time(now - timedelta(minutes=1)),
        "total_messages": 24,
        "model": "claude-sonnet-4-5",
        "agent": "curl",
        "tools": {
            "Read": {"count": 9, "success": 9, "errors": 0},
            "Edit": {"count": 4, "success": 3, "errors": 1},
            "Bash": {"count": 3, "success": 3, "errors": 0},
        },
        "token_usage": [
            _response(
                now - timedelta(minutes=11), input_tokens=1800, output_tokens=420, cache_read_tokens=12000
            ),
            _response(
                now - timedelta(minutes=2), input_tokens=950, output_tokens=610, cache_read_tokens=15500
            ),
        ],
    }


def _response(moment: datetime, **tokens: int) -> dict[str, object]:
    return {
        "timestamp": _wire_time(moment),
        "model": "claude-sonnet-4-5",
        **tokens,
        "cache_creation_tokens": 0,
    }


def _wire_time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
