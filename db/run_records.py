"""The records of scheduled runs, as pages and metrics read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from db.rows import FromRow


@dataclass(frozen=True, kw_only=True)
class ScheduledRun(FromRow):
    """One run of the schedule and its outcome."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    #: A small result to show to people.
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EndedRun(FromRow):
    """The outcome and duration of a run."""

    name: str
    finished_at: datetime
    outcome: Literal["done", "failed"]
    #: From start to end, including pauses.
    seconds: float
