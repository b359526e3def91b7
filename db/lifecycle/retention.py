"""What was kept long enough: text, sessions, quarantine and audit log go in short steps, and the team's days stay."""

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

#: What each kind takes from every person's rows, and in which order.
PERSONAL = {
    "text": ("text_inbox", "text_sessions", "text_plans"),
    "sessions": ("sessions", "plans", "notes"),
}
#: What is looked for among everybody's rows at once.
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
    """For how many team days each kind is kept, today among them; 0 = for ever."""

    text: int = 0
    sessions: int = 0
    quarantine: int = 0
    audit: int = 0

    def limits(self, zone: str, today: date) -> Iterator[tuple[str, datetime]]:
        """Each kind that is not kept for ever, and the midnight before which it goes."""
        for kind, days in asdict(self).items():
            if days:
                yield kind, datetime.combine(last_days(days, today).first, midnight.min, ZoneInfo(zone))


@dataclass(frozen=True)
class Removed:
    """How many rows of a kind are gone, and whether that is all of them."""

    rows: int
    finished: bool


def apply_retention(db: Database, kind: str, *, before: datetime, span: TimeBudget) -> Removed:
    """Take away what is older, person by person, until none is left or the time is over; doing it again goes on."""
    if kind in COMMON:
        taken = [_emptied(db, kind, {"before": before}, span)]
    else:
        taken = [part for place in PERSONAL[kind] for part in _of_everybody(db, place, before, span)]
    return Removed(sum(part.found for part in taken), all(part.finished for part in taken))


def _of_everybody(db: Database, place: str, before: datetime, span: TimeBudget) -> Iterator[BatchResult]:
    if span.is_over():
        # Not even a look: among a million uploads that takes longer than a step.
        yield BatchResult(0, finished=False)
        return
    with span.looking():
        # Only of those who have any: among many people a short turn would not come far.
        due = db.fetch(DUE_STATEMENTS[place], before=before)
    for row in due:
        yield _emptied(db, place, {"before": before, "user_id": row["user_id"]}, span)


def _emptied(db: Database, place: str, values: dict[str, object], span: TimeBudget) -> BatchResult:
    step = _retire if place == "sessions" else _take
    return retried(lambda: batching.until_none(db, partial(step, place, values), end=span.end, patient=True))


def _take(place: str, values: dict[str, object], transaction: Transaction, limit: int) -> int:
    return transaction.execute(DELETE_STATEMENTS[place], limit=limit, **values)


def _retire(place: str, values: dict[str, object], transaction: Transaction, limit: int) -> int:
    # Sums move between tables that a recomputation reads, in the zone it has: neither may change meanwhile.
    rollups.lock_rollups(transaction)
    return _take(place, values, transaction, limit)


def list_archived_sessions(
    db: Statements, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], ArchivedSession]:
    """Which of these (user_id, session_id) are sums by now, and how far they had come."""
    rows = db.fetch(
        "list_archived_sessions",
        user_ids=[user_id for user_id, _ in keys],
        session_ids=[session_id for _, session_id in keys],
    )
    return {(row["user_id"], row["session_id"]): ArchivedSession.from_row(row) for row in rows}
