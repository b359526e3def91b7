"""What the team did, read from the rollups: sums, days and names for cards, /team answers and the Team page."""

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from db.connection import Statements
from db.usage.breakdown_records import ToolTotals
from db.usage.periods import Period
from db.usage.usage_records import (
    Choices,
    Coverage,
    DayTotals,
    Filters,
    HourTotals,
    ModelDay,
    ProjectTotals,
    Rank,
    Totals,
)

EVERYTHING = Filters()
#: The statement that reads one person's days, for each that reads the team's.
PERSON_STATEMENTS = {
    "list_model_days": "list_model_days_of_person",
    "list_tool_totals": "list_tool_totals_of_person",
    "list_project_totals": "list_project_totals_of_person",
    "list_hour_totals": "list_hour_totals_of_person",
}


def list_team_days(db: Statements, period: Period, filters: Filters = EVERYTHING) -> list[DayTotals]:
    """The sums of every day of the period, days without sessions as zeros."""
    return [DayTotals.from_row(row) for row in db.fetch("list_team_days", **_parameters(period, filters))]


def fetch_team_totals(db: Statements, period: Period, filters: Filters = EVERYTHING) -> Totals:
    """The sums of the whole period."""
    sums = db.fetch_one("fetch_team_totals", **_parameters(period, filters)) or {}
    return Totals.from_row(sums | {"active_users": count_active_users(db, period, filters)})


def count_active_users(db: Statements, period: Period, filters: Filters = EVERYTHING) -> int:
    """How many people have at least one session in the period."""
    narrowed = filters.project is not None or filters.model is not None
    statement = "team_people_filtered" if narrowed else "team_people"
    row = db.fetch_one(statement, **_parameters(period, filters))
    return int(row["active_users"]) if row else 0


def sum_days(days: list[DayTotals], active_users: int) -> Totals:
    """Add days up; the people of a period can't be added, so they are given."""
    costs = [day.cost_usd for day in days if day.cost_usd is not None]
    sums: dict[str, Any] = {
        field.name: sum(getattr(day, field.name) for day in days)
        for field in fields(Totals)
        if field.name not in ("cost_usd", "active_users")
    }
    return Totals(active_users=active_users, cost_usd=sum(costs, Decimal(0)) if costs else None, **sums)


def list_model_days(db: Statements, period: Period, filters: Filters = EVERYTHING) -> list[ModelDay]:
    """Tokens by day and model, where there are any."""
    return [ModelDay.from_row(row) for row in _fetch(db, "list_model_days", period, filters)]


def list_tool_totals(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, limit: int
) -> list[ToolTotals]:
    """The most called tools, most calls first; a model can't narrow them, since a call names none."""
    return [ToolTotals.from_row(row) for row in _fetch(db, "list_tool_totals", period, filters, limit)]


def list_leaderboard(
    db: Statements, period: Period, *, limit: int, key_hash: bytes | None = None
) -> list[Rank]:
    """The people who take part, most tokens first; nobody where the key that asks counts no more."""
    rows = db.fetch("list_leaderboard", first=period.first, last=period.last, limit=limit, key_hash=key_hash)
    return [Rank.from_row(row) for row in rows]


def list_project_totals(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, limit: int
) -> list[ProjectTotals]:
    """The projects with the most tokens, most first."""
    return [ProjectTotals.from_row(row) for row in _fetch(db, "list_project_totals", period, filters, limit)]


def list_hour_totals(db: Statements, period: Period, filters: Filters = EVERYTHING) -> list[HourTotals]:
    """Sessions begun by weekday and hour of the team's clock, where there are any."""
    return [HourTotals.from_row(row) for row in _fetch(db, "list_hour_totals", period, filters)]


def fetch_coverage(db: Statements, period: Period) -> Coverage:
    """How much of the team, and of the numbers, the period covers."""
    row = db.fetch_one("fetch_coverage", first=period.first, last=period.last)
    return Coverage.from_row(row or {})


def fetch_choices(db: Statements, period: Period) -> Choices:
    """Projects and models that occur in the period."""
    return Choices(
        projects=[row["name"] for row in db.fetch("choices_projects", first=period.first, last=period.last)],
        models=[row["name"] for row in db.fetch("choices_models", first=period.first, last=period.last)],
    )


def fetch_latest_change(db: Statements) -> datetime | None:
    """When the rollups last changed."""
    row = db.fetch_one("fetch_latest_change")
    return row["changed_at"] if row else None


def _fetch(
    db: Statements, statement: str, period: Period, filters: Filters, limit: int | None = None
) -> list[dict[str, Any]]:
    """Read the days of one person when a person is asked for, else the days without people."""
    name = statement if filters.user_id is None else PERSON_STATEMENTS[statement]
    return db.fetch(name, limit=limit, **_parameters(period, filters))


def _parameters(period: Period, filters: Filters) -> dict[str, Any]:
    return {
        "first": period.first,
        "last": period.last,
        "project": filters.project,
        "model": filters.model,
        "user_id": filters.user_id,
    }
