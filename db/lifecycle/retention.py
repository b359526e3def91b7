"""Applies the retention policy in batches: text, sessions, quarantine and audit log go, the team's days stay."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from datetime import time as midnight
from functools import partial
from zoneinfo import ZoneInfo

from db import batching
from db.batching import BatchResult, TimeBudget
from db.connection import Database, Statements, Transaction
from db.errors import retried
from db.uploads.upload_records import ArchivedSession
from db.usage import rollups
from db.usage.periods import last_days

#: The parts of each kind that are deleted user by user, in this order.
PERSONAL = {
    "text": ("text_inbox", "text_sessions", "text_plans"),
    "sessions": ("sessions", "plans", "notes"),
}
#: The kinds that are deleted for all users at once.
COMMON = ("quarantine", "audit")
DUE_STATEMENTS = {
    "text_inbox": "retention_due_text_inbox",
    "text_sessions": "retention_due_text_sessions",
    "text_plans": "retention_due_text_plans",
    "sessions": "retention_due_sessions",
    "plans": "retention_due_plans",
    "notes": "retention_due_notes",
}
DELETE_STATEMENTS = {
    "text_inbox": "retention_text_inbox",
    "text_sessions": "retention_text_sessions",
    "text_plans": "retention_text_plans",
    "sessions": "retention_sessions",
    "plans": "retention_plans",
    "notes": "retention_notes",
    "quarantine": "retention_quarantine",
    "audit": "retention_audit",
}


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """How many team days each kind is kept, including today; 0 = forever."""

    text: int = 0
    sessions: int = 0
    quarantine: int = 0
    audit: int = 0

    def limits(self, zone: str, today: date) -> Iterator[tuple[str, datetime]]:
        """Yield each limited kind and the midnight before which its rows are deleted."""
        for kind, days in asdict(self).items():
            if days:
                yield kind, datetime.combine(last_days(days, today).first, midnight.min, ZoneInfo(zone))


@dataclass(frozen=True)
class Removed:
    """How many rows were removed, and whether any may be left."""

    rows: int
    finished: bool


def apply_retention(db: Database, kind: str, *, before: datetime, span: TimeBudget) -> Removed:
    """Remove rows older than `before` until none is left or the budget is used up; safe to repeat."""
    if kind in COMMON:
        results = [_remove(db, kind, {"before": before}, span)]
    else:
        results = [result for part in PERSONAL[kind] for result in _remove_by_user(db, part, before, span)]
    return Removed(sum(result.found for result in results), all(result.finished for result in results))


def _remove_by_user(db: Database, part: str, before: datetime, span: TimeBudget) -> Iterator[BatchResult]:
    if span.is_over():
        # No search either: among a million uploads it takes longer than a batch.
        yield BatchResult(0, finished=False)
        return
    with span.paused():
        # Only users with such rows: a short run would not get through all users.
        due = db.fetch(DUE_STATEMENTS[part], before=before)
    for row in due:
        yield _remove(db, part, {"before": before, "user_id": row["user_id"]}, span)


def _remove(db: Database, part: str, values: dict[str, object], span: TimeBudget) -> BatchResult:
    batch = partial(_run_batch, part, values)
    return retried(lambda: batching.run_batches(db, batch, end=span.end, finish_batch=True))


def _run_batch(part: str, values: dict[str, object], transaction: Transaction, limit: int) -> int:
    if part == "sessions":
        # Archiving moves sums between tables that a recomputation reads.
        rollups.lock_rollups(transaction)
    return transaction.execute(DELETE_STATEMENTS[part], limit=limit, **values)


def list_archived_sessions(
    db: Statements, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], ArchivedSession]:
    """The archived sessions among these (user_id, session_id), with their last known state."""
    rows = db.fetch(
        "list_archived_sessions",
        user_ids=[user_id for user_id, _ in keys],
        session_ids=[session_id for _, session_id in keys],
    )
    return {(row["user_id"], row["session_id"]): ArchivedSession.from_row(row) for row in rows}
