"""Writes and reads the audit log: changes of users and views of their data, for admins and the users themselves."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.connection import Database, Statements
from db.rows import FromRow


@dataclass(frozen=True, kw_only=True)
class AuditEntry(FromRow):
    """One entry of the log."""

    entry_id: int
    happened_at: datetime
    action: str
    detail: dict[str, Any]
    #: None: a program, or a deleted user.
    actor: str | None
    #: None: no single user, or a deleted one.
    subject: str | None


def record_audit_entry(
    db: Statements, *, actor_id: int | None, subject_id: int | None, action: str, detail: dict[str, object]
) -> None:
    """Write one entry; `detail` must not hold a key, a password or session text."""
    db.execute(
        "record_audit_entry",
        actor_id=actor_id,
        subject_id=subject_id,
        action=action,
        detail=json.dumps(detail),
    )


def record_person_view(db: Database, *, actor_id: int, subject_id: int) -> None:
    """Record that an admin views a user's sessions; at most once an hour."""
    pair = {"actor_id": actor_id, "subject_id": subject_id}
    if _is_recorded(db, pair):
        return
    with db.transaction() as transaction:
        transaction.fetch("audit_view_lock", subject_id=subject_id)
        if not _is_recorded(transaction, pair):
            transaction.execute("audit_view", **pair)


def record_team_view(db: Statements, *, actor_id: int) -> None:
    """Record that an admin views figures that name all users; at most once an hour."""
    db.execute("record_team_view", actor_id=actor_id)


def _is_recorded(db: Statements, pair: dict[str, int]) -> bool:
    row = db.fetch_one("audit_view_exists", **pair)
    return bool(row and row["found"])


def list_audit_entries(
    db: Statements,
    *,
    limit: int,
    before: int | None = None,
    person: int | None = None,
    action: str | None = None,
) -> list[AuditEntry]:
    """The newest entries with an id below `before`, optionally of one user (as actor or subject) or one action."""
    rows = db.fetch("list_audit_entries", limit=limit, before=before, person=person, action=action)
    return [AuditEntry.from_row(row) for row in rows]
