"""What comes late into a full year, and what it takes to hold all of it against itself."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from benchmarks.bodies import SESSIONS, api_key, person_name
from benchmarks.year_servers import YearServer
from db.config import CHECKOUT
from db.connection import Database

#: The person whose session comes late, and how late it comes.
PERSON, LATE_DAYS = 7, 200
TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.01


def late_seconds(server: YearServer, peer: YearServer | None) -> float:
    """From the acknowledgement of a session of many months ago until its day counts it; the peer gets the same one."""
    began = datetime.now(UTC) - timedelta(days=LATE_DAYS)
    day = {"name": person_name(PERSON), "day": began.date()}
    with closing(Database(server.database_url, pool_size=1)) as database:
        before = database.fetch_one("bench_day", **day)
        session_id = f"late-{uuid4()}"
        if peer:
            _upload(peer, began, session_id)
        _upload(server, began, session_id)
        acknowledged_at = time.monotonic()
        while database.fetch_one("bench_day", **day) == before:
            if time.monotonic() > acknowledged_at + TIMEOUT_SECONDS:
                sys.exit("A session that came late is not in its day after a minute.")
            time.sleep(POLL_SECONDS)
    return time.monotonic() - acknowledged_at


def _upload(server: YearServer, began: datetime, session_id: str) -> None:
    session = {
        "session_id": session_id,
        "project_name": "shop-api",
        "started_at": began.isoformat(timespec="seconds"),
        "ended_at": (began + timedelta(minutes=5)).isoformat(timespec="seconds"),
        "total_messages": 12,
        "total_tokens_in": 40_000,
        "total_tokens_out": 3_000,
        "model": "claude-sonnet-5",
        "tools": {"Read": {"count": 9, "success": 9, "errors": 0}},
    }
    headers = {"Content-Type": "application/json", "X-API-Key": api_key(PERSON)}
    request = urllib.request.Request(  # noqa: S310 - our own server's address
        f"{server.ingest}{SESSIONS}", json.dumps(session).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def check_seconds(server: YearServer) -> float:
    """How long `manage.py check` takes; a sum that does not agree ends the measurement."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, CHECKOUT / "manage.py", "check"],
        env={**os.environ, "DATABASE_URL": server.database_url, "INSIGHTS_TIMEZONE": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"manage.py check found something wrong:\n{done.stdout}{done.stderr}")
    return time.monotonic() - began
