"""Deletes texts, sessions, quarantined uploads and audit events that are older than the retention policy allows."""

from datetime import UTC, datetime

from db.batching import TimeBudget
from db.connection import Database
from db.lifecycle import retention
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today

# What is not deleted within this time is deleted by the next runs.
RUN_SECONDS = 600.0


def run(
    db: Database,
    zone: str,
    policy: RetentionPolicy,
    *,
    now: datetime | None = None,
    seconds: float = RUN_SECONDS,
) -> dict[str, object]:
    """Delete rows past their retention; returns rows deleted by kind, and whether all are done. May be repeated."""
    budget = TimeBudget(seconds)
    today = team_today(zone, now or datetime.now(UTC))
    removed = {
        kind: retention.apply_retention(db, kind, before=before, span=budget)
        for kind, before in policy.limits(zone, today)
    }
    rows: dict[str, object] = {kind: result.rows for kind, result in removed.items()}
    return rows | {"finished": all(result.finished for result in removed.values())}
