"""Who did what to whom: written where it happens, shown to admins and to the person concerned."""

import json

from db.connection import Row, Statements


def record(
    db: Statements, *, actor_id: int | None, subject_id: int | None, action: str, detail: dict[str, object]
) -> None:
    """Write one entry; `detail` never holds a key, a password or text of a session."""
    db.execute(
        "audit_record", actor_id=actor_id, subject_id=subject_id, action=action, detail=json.dumps(detail)
    )


def recent(db: Statements, limit: int = 100) -> list[Row]:
    """The newest entries, newest first."""
    return db.fetch("audit_recent", limit=limit)
