"""What a person's clients have sent last, as the inbox has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from db.connection import Statements
from db.rows import FromRow


@dataclass(frozen=True, kw_only=True)
class LastUpload(FromRow):
    """One upload that came in; later ones have higher numbers."""

    inbox_id: int
    kind: Literal["session", "plan"]
    name: str
    state: Literal["pending", "persisted", "repeated", "quarantined", "discarded"]
    reason: str | None
    received_at: datetime


def fetch_last_upload(db: Statements, user_id: int) -> LastUpload | None:
    """The last upload of this person; found in one step, however many there are."""
    row = db.fetch_one("fetch_last_upload", user_id=user_id)
    return LastUpload.from_row(row) if row else None
