"""The inbox, where an upload is safe: ingest puts it in before it answers, tasks.persist takes it out."""

from collections.abc import Sequence
from datetime import datetime

from db.connection import Row, Statements
from db.uploads.upload_records import ClaimedUpload, UploadBatch

MAX_ATTEMPTS = 3
# What one drain takes at a time, as PostgreSQL keeps it: about a second's work, whatever is in it, so that nobody waits
# long behind a backlog of huge sessions.
MAX_BYTES = 4 * 1024 * 1024


def insert_uploads(db: Statements, batches: Sequence[UploadBatch]) -> list[bool]:
    """Commit deliveries in their order, each whole; False for one whose key, person or level is not what it was."""
    items = [(batch.caller, upload) for batch in batches for upload in batch.uploads]
    rows = db.fetch(
        "insert_uploads",
        user_ids=[caller.account.user_id for caller, _ in items],
        key_ids=[caller.key_id for caller, _ in items],
        share_levels=[caller.account.share_level for caller, _ in items],
        upload_ids=[upload.upload_id for _, upload in items],
        kinds=[upload.kind for _, upload in items],
        names=[upload.name for _, upload in items],
        reasons=[upload.quarantine_reason for _, upload in items],
        bodies=[upload.body for _, upload in items],
    )
    stored = {row["upload_id"] for row in rows}
    return [all(upload.upload_id in stored for upload in batch.uploads) for batch in batches]


def count_pending_uploads(db: Statements) -> tuple[int, datetime | None]:
    """How many uploads wait (at most 10,000 are counted), and since when the oldest does."""
    row = db.fetch_one("count_pending_uploads") or {"waiting": 0, "oldest_at": None}
    return row["waiting"], row["oldest_at"]


def lock_persist(db: Statements) -> bool:
    """Become the one drain, until the transaction ends; False if somebody else is."""
    row = db.fetch_one("lock_persist")
    return bool(row and row["ours"])


def claim_uploads(db: Statements, *, limit: int, only: Sequence[int] | None = None) -> list[ClaimedUpload]:
    """Take the oldest waiting sessions of everybody in turn, or only these, until the transaction ends."""
    chosen = None if only is None else list(only)
    rows = db.fetch("claim_uploads", limit=limit, only=chosen, most_bytes=MAX_BYTES)
    return [ClaimedUpload.from_row(row) for row in rows]


def list_next_upload_ids(db: Statements, *, limit: int, kind: str = "session") -> list[int]:
    """The numbers of the oldest waiting mail of a kind, without reading what is in it."""
    return [row["inbox_id"] for row in db.fetch("list_next_upload_ids", kind=kind, limit=limit)]


def settle_uploads(db: Statements, inbox_ids: Sequence[int], state: str) -> None:
    """Mark uploads as `persisted` or `repeated`, and empty their bodies."""
    if inbox_ids:
        db.execute("settle_uploads", inbox_ids=list(inbox_ids), state=state)


def quarantine_uploads(db: Statements, inbox_ids: Sequence[int], reason: str) -> None:
    """Lay uploads aside for an admin to see: trying again would not help."""
    if inbox_ids:
        db.execute("quarantine_uploads", inbox_ids=list(inbox_ids), reason=reason)


def postpone_uploads(db: Statements, inbox_id: int, reason: str) -> None:
    """Count a failed try; the last one ends in quarantine."""
    db.execute("postpone_uploads", inbox_id=inbox_id, reason=reason, most=MAX_ATTEMPTS)


def list_quarantined_uploads(db: Statements, limit: int = 200) -> list[Row]:
    """What lies in quarantine, oldest first, without the bodies."""
    return db.fetch("list_quarantined_uploads", limit=limit)


def fetch_quarantined_upload(db: Statements, upload_id: str) -> Row | None:
    """One upload with everything that is kept of it."""
    return db.fetch_one("fetch_quarantined_upload", upload_id=upload_id)


def requeue_uploads(db: Statements, upload_id: str) -> bool:
    """Let persist try again; False if it is not in quarantine."""
    return db.execute("requeue_uploads", upload_id=upload_id) > 0


def discard_uploads(db: Statements, upload_id: str) -> bool:
    """Give an upload up for good; its row stays as a record, its body goes."""
    return db.execute("discard_uploads", upload_id=upload_id) > 0
