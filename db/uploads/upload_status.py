"""How far uploads have come, as their owner may know it."""

from collections.abc import Sequence

from db.connection import Statements
from db.uploads.upload_records import UploadProgress


def fetch_upload_progress(db: Statements, *, user_id: int, upload_id: str) -> UploadProgress | None:
    """One upload; None for an unknown one and for that of somebody else."""
    row = db.fetch_one("fetch_upload_progress", user_id=user_id, upload_id=upload_id)
    return UploadProgress.from_row(row) if row else None


def list_upload_states(db: Statements, *, user_id: int, upload_ids: Sequence[str]) -> dict[str, int]:
    """How many of these uploads are in which state."""
    rows = db.fetch("list_upload_states", user_id=user_id, upload_ids=list(upload_ids))
    return {row["state"]: row["uploads"] for row in rows}
