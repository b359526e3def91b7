"""The first start of `make run`: adds an admin and prints the credentials with an example upload."""

import json
import shlex
import uuid
from datetime import datetime, timedelta

from db.accounts import users
from db.accounts.administration import Credentials, NewUser, UserAdmin

ADMIN_NAME = "admin"


def create_first_admin(user_admin: UserAdmin, *, in_leaderboard: bool) -> Credentials | None:
    """Add the admin and return the credentials; None when the database has users."""
    if users.list_accounts(user_admin.db):
        return None
    return user_admin.add(NewUser(username=ADMIN_NAME, role="admin", show_in_leaderboard=in_leaderboard))


def welcome(admin: Credentials, ingest_address: str, now: datetime) -> str:
    """Return the message of the first start, the only one that shows the credentials."""
    return (
        "\nThis is the first start, so here is an admin. It is shown only now:\n\n"
        f"  name      {admin.username}\n"
        f"  password  {admin.password}\n"
        f"  API key   {admin.key}\n\n"
        "Send a first session and see it on the dashboard:\n\n"
        f"{first_upload(admin.key, ingest_address, now)}\n"
    )


def first_upload(api_key: str, ingest_address: str, now: datetime) -> str:
    """Return a curl command, on one line, that uploads `example_session`."""
    command = [
        *("curl", "-sS", "-X", "POST", f"{ingest_address}/api/v1/sessions"),
        *("-H", f"X-API-Key: {api_key}", "-H", "Content-Type: application/json"),
        *("-d", json.dumps(example_session(now))),
    ]
    return shlex.join(command)


def example_session(now: datetime) -> dict[str, object]:
    """Return a small session that ended a minute before `now`."""
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
