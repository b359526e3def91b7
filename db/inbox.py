"""The inbox, where an upload is safe: ingest puts it in before it answers, tasks.persist takes it out."""

from collections.abc import Sequence
from datetime import datetime

from db.connection import Row, Statements
from db.records import Caller, Claimed, Incoming

MOST_ATTEMPTS = 3
# What one drain takes at a time, as PostgreSQL keeps it: a backlog of huge sessions must not outlast the deadline.
MOST_BYTES = 8 * 1024 * 1024


def receive(db: Statements, caller: Caller, uploads: Sequence[Incoming]) -> bool:
    """Commit the uploads in their order; False if the key, the person or the level is not what it was."""
    count = db.execute(
        "inbox_receive",
        user_id=caller.account.user_id,
        key_id=caller.key_id,
        share_level=caller.account.share_level,
        upload_ids=[upload.upload_id for upload in uploads],
        kinds=[upload.kind for upload in uploads],
        names=[upload.name for upload in uploads],
        reasons=[upload.quarantine_reason for upload in uploads],
        bodies=[upload.body for upload in uploads],
    )
    return count == len(uploads)


def waiting(db: Statements) -> tuple[int, datetime | None]:
    """How many uploads wait (at most 10,000 are counted), and since when the oldest does."""
    row = db.fetch_one("inbox_waiting") or {"waiting": 0, "oldest_at": None}
    return row["waiting"], row["oldest_at"]


def lock_drain(db: Statements) -> bool:
    """Become the one drain, until the transaction ends; False if somebody else is."""
    row = db.fetch_one("persist_lock")
    return bool(row and row["ours"])


def claim(db: Statements, *, limit: int, only: Sequence[int] | None = None) -> list[Claimed]:
    """Take the oldest waiting sessions, or only these, until the transaction ends."""
    chosen = None if only is None else list(only)
    rows = db.fetch("inbox_claim", limit=limit, only=chosen, most_bytes=MOST_BYTES)
    return [Claimed.from_row(row) for row in rows]


def next_ids(db: Statements, *, limit: int) -> list[int]:
    """The numbers of the oldest waiting sessions, without reading what is in them."""
    return [row["inbox_id"] for row in db.fetch("inbox_next_ids", limit=limit)]


def settle(db: Statements, inbox_ids: Sequence[int], state: str) -> None:
    """Mark uploads as `persisted` or `repeated`, and empty their bodies."""
    if inbox_ids:
        db.execute("inbox_settle", inbox_ids=list(inbox_ids), state=state)


def postpone(db: Statements, inbox_id: int, reason: str) -> None:
    """Count a failed try; the last one ends in quarantine."""
    db.execute("inbox_postpone", inbox_id=inbox_id, reason=reason, most=MOST_ATTEMPTS)


def quarantined(db: Statements, limit: int = 200) -> list[Row]:
    """What lies in quarantine, oldest first, without the bodies."""
    return db.fetch("inbox_quarantined", limit=limit)


def show(db: Statements, upload_id: str) -> Row | None:
    """One upload with everything that is kept of it."""
    return db.fetch_one("inbox_show", upload_id=upload_id)


def requeue(db: Statements, upload_id: str) -> bool:
    """Let persist try again; False if it is not in quarantine."""
    return db.execute("inbox_requeue", upload_id=upload_id) > 0


def discard(db: Statements, upload_id: str) -> bool:
    """Give an upload up for good; its row stays as a record, its body goes."""
    return db.execute("inbox_discard", upload_id=upload_id) > 0
