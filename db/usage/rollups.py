"""Days to be recomputed: the marks, what a recomputation reads, and where it writes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from db.connection import Statements
from db.usage import exports
from db.usage.periods import Period
from db.usage.usage_records import UserDay

READ_STATEMENTS = {"sessions": "rollup_sessions", "models": "rollup_models", "tools": "rollup_tools"}
#: By grain: the statements that clear a day, write it, and recompute its month where months have that grain.
WRITE_STATEMENTS = {
    "stats": ("daily_clear_stats", "daily_write_stats", "monthly_stats_recompute"),
    "usage": ("daily_clear_usage", "daily_write_usage", "monthly_usage_recompute"),
    "tools": ("daily_clear_tools", "daily_write_tools", None),
    "hours": ("daily_clear_hours", "daily_write_hours", None),
}
GRAINS = tuple(WRITE_STATEMENTS)
#: In this order: months are summed from the days that are written before them.
TEAM_STATEMENTS = (
    "team_usage_recompute",
    "team_months_recompute",
    "team_tools_recompute",
    "team_hours_recompute",
)
# Of one person, before it is another's turn.
DAYS_A_TURN = 50


def lock_rollups(db: Statements) -> None:
    """Become the one recomputation until the transaction ends, waiting for another to finish."""
    db.execute("lock_rollups")


def has_dirty_days(db: Statements) -> bool:
    """Is any day marked?"""
    row = db.fetch_one("has_dirty_days")
    return bool(row and row["waiting"])


def has_dirty_days_between(db: Statements, period: Period) -> bool:
    """Are figures of these days still to become those of their sessions?"""
    row = db.fetch_one("has_dirty_days_between", first=period.first, last=period.last)
    return bool(row and row["marked"])


def take_dirty_days(db: Statements, *, limit: int) -> list[UserDay]:
    """Take the marks of up to `limit` days off the pile; they come back if the transaction fails."""
    return [UserDay.from_row(row) for row in db.fetch("take_dirty_days", limit=limit, a_turn=DAYS_A_TURN)]


def read_rollup(db: Statements, grain: str, days: Sequence[UserDay], zone: str) -> list[tuple[Any, ...]]:
    """Read `sessions`, `models` or `tools` of these days, in the order of the statement's columns."""
    return db.fetch_values(READ_STATEMENTS[grain], zone=zone, **_columns(days))


def write_rollup(db: Statements, grain: str, days: Sequence[UserDay], rows: str = "[]") -> None:
    """Put these rows, a JSON list of objects, in the place of all that a grain held for these days."""
    clear, write, recompute_month = WRITE_STATEMENTS[grain]
    db.execute(clear, **_columns(days))
    db.execute(write, rows=rows)
    if recompute_month:
        db.execute(recompute_month, **_columns(days))


def recompute_team_days(db: Statements, days: Sequence[date]) -> None:
    """Bring the people-free days up to date, have their files written anew, and tell open pages."""
    for statement in TEAM_STATEMENTS:
        db.execute(statement, days=list(days))
    exports.mark_days_stale(db, days)
    db.execute("rollups_note_change")


def fetch_rollup_zone(db: Statements) -> str | None:
    """The zone whose days the rollups are; None before the first start."""
    row = db.fetch_one("fetch_rollup_zone")
    return row["time_zone"] if row else None


def require_zone(db: Statements, zone: str) -> None:
    """Raise Refused if PostgreSQL does not know this zone, whatever Python knows."""
    db.fetch_one("require_zone", zone=zone)


def restart_rollups(db: Statements, zone: str) -> None:
    """Forget all rolled-up days and mark every day of every session, in this zone."""
    db.execute("rollups_zone_set", zone=zone)
    exports.mark_all_days_stale(db)
    db.execute("rollups_empty")
    db.execute("days_mark_all_dirty", zone=zone)


def mark_days_dirty_between(db: Statements, period: Period, zone: str) -> None:
    """Mark every day of a period that holds sessions, or rollups of some that went."""
    db.execute("mark_days_dirty_between", first=period.first, last=period.last, zone=zone)


def _columns(days: Sequence[UserDay]) -> dict[str, Any]:
    return {"user_ids": [day.user_id for day in days], "days": [day.stat_date for day in days]}
