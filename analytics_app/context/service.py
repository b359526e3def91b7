"""The collaborators that pages work with, handed in once by create_app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from analytics_app.context.config import AnalyticsSettings
from db.connection import Database
from db.usage.periods import team_today
from tasks.queue.notifier import QueueFigures

Clock = Callable[[], datetime]
#: Calls a function with its arguments without blocking other requests; returns or raises what the function does.
Offload = Callable[..., Any]


def utc_now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def call(work: Callable[..., Any], *arguments: object) -> Any:
    """Call it in place: the Offload of a process that serves one request at a time."""
    return work(*arguments)


class Queue(Protocol):
    """The queue of jobs, as far as pages show it."""

    def figures(self) -> QueueFigures | None:
        """Its length and the counts of its jobs; None when the queue does not answer in time."""


@dataclass(frozen=True)
class Service:
    """The database to read, the settings, a clock that tests can set, the queue where there is one, and an Offload."""

    database: Database
    settings: AnalyticsSettings
    clock: Clock
    queue: Queue | None = None
    offload: Offload = call

    def now(self) -> datetime:
        """The current time in the team's time zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.insights_timezone))

    def today(self) -> date:
        """The current day in the team's time zone."""
        return team_today(self.settings.insights_timezone, self.clock())
