"""The collaborators that pages work with, handed in once by create_app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from analytics_app.config import AnalyticsSettings
from db.connection import Database
from db.usage.periods import team_today
from tasks.queue.notifier import QueueFigures

Clock = Callable[[], datetime]
#: Calls a function with arguments where it does not hold up other requests; returns or raises what it does.
Offload = Callable[..., Any]


def utc_now() -> datetime:
    """The time, with its offset."""
    return datetime.now(UTC)


def call(work: Callable[..., Any], *arguments: object) -> Any:
    """Call it here and now: an Offload for a process that serves one request at a time."""
    return work(*arguments)


class Queue(Protocol):
    """What there is to know of the queue of jobs; None when it does not answer quickly."""

    def figures(self) -> QueueFigures | None:
        """How long it is, and how its jobs went."""


@dataclass(frozen=True)
class Service:
    """The database to read, the settings, a clock that tests can set, the queue where there is one, and an Offload."""

    database: Database
    settings: AnalyticsSettings
    clock: Clock
    queue: Queue | None = None
    offload: Offload = call

    def now(self) -> datetime:
        """The time in the team's zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.insights_timezone))

    def today(self) -> date:
        """The team day that it is."""
        return team_today(self.settings.insights_timezone, self.clock())
