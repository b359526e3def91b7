"""What was kept for its days: the nightly run that lets text, sessions, quarantine and audit log go."""

from datetime import UTC, datetime

from db.batching import TimeBudget
from db.connection import Database
from db.lifecycle import retention
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today

# What does not go in the night it was asked for goes in the next ones.
RUN_SECONDS = 600.0


def run(
    db: Database,
    zone: str,
    policy: RetentionPolicy,
    *,
    now: datetime | None = None,
    seconds: float = RUN_SECONDS,
) -> dict[str, object]:
    """Let go what is old enough, and say how much that was; a run that was cut short, or comes twice, just goes on."""
    span = TimeBudget(seconds)
    today = team_today(zone, now or datetime.now(UTC))
    removed = {
        kind: retention.apply_retention(db, kind, before=before, span=span)
        for kind, before in policy.limits(zone, today)
    }
    rows: dict[str, object] = {kind: part.rows for kind, part in removed.items()}
    return rows | {"finished": all(part.finished for part in removed.values())}
