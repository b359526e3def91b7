"""Uploads that could not be stored, as whoever looks after them sees them: let in after all, or given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from db import audit
from db.accounts.account_records import ShareLevel
from db.connection import Database, Row, Statements
from db.rows import FromRow
from db.uploads import inbox

#: Nobody leafs through more.
MAX_COUNT = 10_000


@dataclass(frozen=True, kw_only=True)
class QuarantineEntry(FromRow):
    """One upload in quarantine."""

    upload_id: str
    user_id: int
    username: str
    kind: Literal["session", "plan"]
    #: Empty where it had none that can be used.
    name: str
    reason: str
    #: How often it was tried in vain; 0 = refused on its way in.
    attempts: int
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class QuarantineDetail(QuarantineEntry):
    """The same with all that may be told of it."""

    settled_at: datetime | None
    #: Its owner's at the time.
    share_level: ShareLevel
    #: Of what is kept of it; None = nothing is.
    bytes: int | None
    project_name: str | None
    agent: str
    #: Something of it is kept under a name, and its owner still shares something.
    can_be_stored: bool


@dataclass(frozen=True)
class QuarantineAdmin:
    """Whoever looks at an upload, lets it in or gives it up: a person, or a program where nobody is logged in."""

    db: Database
    actor_id: int | None = None
    program: str | None = None

    def show(self, upload_id: str) -> Row | None:
        """The upload with everything that is kept of it, texts too. The look is noted, where its owner sees it."""
        with self.db.transaction() as transaction:
            row = inbox.fetch_quarantined_upload(transaction, upload_id)
            if row is not None:
                self._note(transaction, row["user_id"], "person.viewed", upload=upload_id)
            return row

    def requeue(self, upload_id: str) -> bool:
        """Let it be tried again; False where nothing of it is kept, or it is not in quarantine."""
        return self._change(upload_id, inbox.requeue_uploads, "upload.requeued")

    def discard(self, upload_id: str) -> bool:
        """Give it up for good; False where it is not in quarantine."""
        return self._change(upload_id, inbox.discard_uploads, "upload.discarded")

    def _change(self, upload_id: str, change: Callable[[Statements, str], bool], action: str) -> bool:
        with self.db.transaction() as transaction:
            retained = fetch_quarantine_entry(transaction, upload_id)
            if retained is None or not change(transaction, upload_id):
                return False
            self._note(transaction, retained.user_id, action, upload=upload_id, kind=retained.kind)
            return True

    def _note(self, db: Statements, owner_id: int, action: str, **detail: object) -> None:
        by: dict[str, object] = {"by": self.program} if self.program else {}
        audit.record_audit_entry(
            db, actor_id=self.actor_id, subject_id=owner_id, action=action, detail=by | detail
        )


def list_quarantine_entries(db: Statements, *, limit: int, offset: int = 0) -> list[QuarantineEntry]:
    """A page of what lies there, oldest first."""
    return [
        QuarantineEntry.from_row(row)
        for row in db.fetch("list_quarantine_entries", limit=limit, offset=offset)
    ]


def count_quarantine_entries(db: Statements) -> int:
    """How much lies there; counted to 10,000."""
    row = db.fetch_one("count_quarantine_entries", most=MAX_COUNT)
    return int(row["found"]) if row else 0


def fetch_quarantine_entry(db: Statements, upload_id: str) -> QuarantineDetail | None:
    """One upload, while it is in quarantine."""
    row = db.fetch_one("fetch_quarantine_entry", upload_id=upload_id)
    return QuarantineDetail.from_row(row) if row else None
