"""The sums that must agree, asked of the database itself: `manage.py check` and the nightly run."""

from db.connection import Database
from db.usage import rollups
from db.usage.periods import Period
from db.usage.usage_records import CheckResult
from db.usage.usage_totals import fetch_team_totals

# Every table is read from end to end.
DEADLINE_SECONDS = 600


def check_all(db: Database) -> list[CheckResult]:
    """Every sum that must agree over all data."""
    with db.snapshot(deadline=DEADLINE_SECONDS) as snapshot:
        return [CheckResult.from_row(row) for row in snapshot.fetch("check_all")]


def check_period(db: Database, period: Period, zone: str) -> list[CheckResult]:
    """What the pages say of a period, beside what the sessions themselves say; nothing while days are recomputed."""
    with db.snapshot(deadline=DEADLINE_SECONDS) as snapshot:
        if rollups.has_dirty_days_between(snapshot, period):
            return []
        raw = snapshot.fetch_one("check_period", first=period.first, last=period.last, zone=zone) or {}
        shown = fetch_team_totals(snapshot, period)
    return [
        CheckResult(
            name=f"{name} of the last {period.days} days", expected=expected, found=getattr(shown, name)
        )
        for name, expected in raw.items()
    ]
