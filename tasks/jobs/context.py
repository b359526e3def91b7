"""What the jobs of one worker work with, made once from its settings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from db.connection import Database
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today
from tasks.exports.exporter import ExportTarget


@dataclass(frozen=True)
class JobContext:
    """Both stores, the team's zone, and what was chosen about exports and retention."""

    database: Database
    redis: Any
    zone: str
    export_target: ExportTarget
    policy: RetentionPolicy

    def today(self) -> date:
        """The team day it is now."""
        return team_today(self.zone, datetime.now(UTC))
