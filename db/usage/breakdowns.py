"""What a period breaks down into, read from the rollups: tools, steps of time, projects, models and charges."""

from typing import Any

from db.connection import Statements
from db.usage.breakdown_records import (
    CallDay,
    CallPart,
    Charge,
    Grain,
    ModelFigures,
    PeopleStep,
    ProjectDay,
    ProjectFigures,
)
from db.usage.periods import Period
from db.usage.usage_records import Filters

EVERYTHING = Filters()


def list_tool_days(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, tool: str | None = None
) -> list[CallDay]:
    """Calls by day, where there are any; of one tool or of all."""
    return [CallDay.from_row(row) for row in _fetch(db, "list_tool_days", period, filters, tool=tool)]


def list_tool_projects(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, tool: str, limit: int
) -> list[CallPart]:
    """The projects that call a tool, most calls first."""
    rows = _fetch(db, "list_tool_projects", period, filters, tool=tool, limit=limit)
    return [CallPart.from_row(row) for row in rows]


def list_tool_people(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, tool: str, limit: int
) -> list[CallPart]:
    """The people who call a tool, most calls first; for admins only."""
    rows = _fetch(db, "list_tool_people", period, filters, tool=tool, limit=limit)
    return [CallPart.from_row(row) for row in rows]


def list_active_users(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, grain: Grain
) -> list[PeopleStep]:
    """Active people by day, week or month, where there are any."""
    return [PeopleStep.from_row(row) for row in _fetch(db, "list_active_users", period, filters, grain=grain)]


def list_project_figures(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, limit: int
) -> list[ProjectFigures]:
    """Projects with all their sums, most tokens first."""
    return [
        ProjectFigures.from_row(row)
        for row in _fetch(db, "list_project_figures", period, filters, limit=limit)
    ]


def list_project_days(
    db: Statements, period: Period, filters: Filters = EVERYTHING, *, separate: int
) -> list[ProjectDay]:
    """Tokens by day, of so many projects apart and of all others together, where there are any."""
    return [
        ProjectDay.from_row(row)
        for row in _fetch(db, "list_project_days", period, filters, separate=separate)
    ]


def list_model_figures(db: Statements, period: Period, filters: Filters = EVERYTHING) -> list[ModelFigures]:
    """Tokens of all kinds and cost by day and model, where there are any."""
    return [ModelFigures.from_row(row) for row in _fetch(db, "list_model_figures", period, filters)]


def list_charges(db: Statements, period: Period, filters: Filters = EVERYTHING) -> list[Charge]:
    """What every person used on every project; for admins only."""
    return [Charge.from_row(row) for row in _fetch(db, "list_charges", period, filters)]


def _fetch(
    db: Statements, statement: str, period: Period, filters: Filters, **more: object
) -> list[dict[str, Any]]:
    return db.fetch(
        statement,
        first=period.first,
        last=period.last,
        project=filters.project,
        model=filters.model,
        user_id=filters.user_id,
        **more,
    )
