"""The sums that must agree, asked of the database itself: `manage.py check` and the nightly run."""

from db.connection import Statements
from db.periods import Period
from db.records import CheckResult, Totals
from db.usage import team_totals


def check_all(db: Statements) -> list[CheckResult]:
    """Every sum that must agree over all data."""
    return [CheckResult.from_row(row) for row in db.fetch("checks")]


def check_period(db: Statements, period: Period, zone: str) -> list[CheckResult]:
    """What the pages say of a period, beside what the sessions themselves say."""
    raw = db.fetch_one("check_period", first=period.first, last=period.last, zone=zone) or {}
    shown: Totals = team_totals(db, period)
    label = f"last {period.days} days"
    return [
        CheckResult(name=f"{name} of the {label}", expected=expected, found=getattr(shown, name))
        for name, expected in raw.items()
    ]
