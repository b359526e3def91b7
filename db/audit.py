"""Who did what to whom, and who looked at whom: written where it happens, shown to admins and to whom it concerns."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.connection import Database, Statements
from db.rows import FromRow


@dataclass(frozen=True, kw_only=True)
class AuditEntry(FromRow):
    """One line of the log."""

    entry_id: int
    happened_at: datetime
    action: str
    detail: dict[str, Any]
    #: None where it was a program, or somebody who is gone.
    actor: str | None
    #: None where it concerns nobody alone, or somebody who is gone.
    subject: str | None


def record_audit_entry(
    db: Statements, *, actor_id: int | None, subject_id: int | None, action: str, detail: dict[str, object]
) -> None:
    """Write one entry; `detail` never holds a key, a password or text of a session."""
    db.execute(
        "record_audit_entry",
        actor_id=actor_id,
        subject_id=subject_id,
        action=action,
        detail=json.dumps(detail),
    )


def record_person_view(db: Database, *, actor_id: int, subject_id: int) -> None:
    """Note that somebody looks at a person's sessions; once an hour, however much they look at."""
    whose = {"actor_id": actor_id, "subject_id": subject_id}
    if _is_noted(db, whose):
        return
    with db.transaction() as transaction:
        transaction.fetch("audit_look_lock", subject_id=subject_id)
        if not _is_noted(transaction, whose):
            transaction.execute("audit_look", **whose)


def record_team_view(db: Statements, *, actor_id: int) -> None:
    """Note that somebody looks at figures that name everybody; once an hour, however much they look at."""
    db.execute("record_team_view", actor_id=actor_id)


def _is_noted(db: Statements, whose: dict[str, int]) -> bool:
    row = db.fetch_one("audit_looked_lately", **whose)
    return bool(row and row["noted"])


def list_audit_entries(
    db: Statements,
    *,
    limit: int,
    before: int | None = None,
    person: int | None = None,
    action: str | None = None,
) -> list[AuditEntry]:
    """The newest entries older than `before`: of whatever this person did or had done to them, or of one action."""
    rows = db.fetch("list_audit_entries", limit=limit, before=before, person=person, action=action)
    return [AuditEntry.from_row(row) for row in rows]
