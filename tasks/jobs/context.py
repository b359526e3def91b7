"""What the jobs of a worker work with, created once from its settings and passed to every job."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from db.connection import Database
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today
from tasks.exports.exporter import ExportTarget

if TYPE_CHECKING:
    # The command line exports without Redis: loading its client would cost it time and memory.
    from redis import Redis


@dataclass(frozen=True)
class JobContext:
    """PostgreSQL, Redis, the team's time zone, and the settings of exports and retention."""

    database: Database
    redis: "Redis"
    zone: str
    export_target: ExportTarget
    policy: RetentionPolicy

    def today(self) -> date:
        """The current team day."""
        return team_today(self.zone, datetime.now(UTC))
