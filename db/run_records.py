"""The records of due runs of the schedule."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from db.rows import FromRow


@dataclass(frozen=True, kw_only=True)
class ScheduledRun(FromRow):
    """One due run of the schedule and what became of it."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    #: What came of it, for people; small.
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EndedRun(FromRow):
    """How a run went."""

    name: str
    finished_at: datetime
    outcome: Literal["done", "failed"]
    #: From its beginning to its end, pauses between turns included.
    seconds: float
