"""What the jobs of one worker work with, made once from its settings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from db.connection import Database
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today
from tasks.config import ExportSettings, WorkerSettings
from tasks.exports.exporter import ExportTarget
from tasks.exports.local_storage import LocalStorage
from tasks.exports.storage import ExportStorage


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


def prepare(settings: WorkerSettings, database: Database, client: Any) -> JobContext:
    """All of it, by these settings."""
    zone = settings.insights_timezone
    return JobContext(database, client, zone, export_target(settings, zone), settings.policy)


def storage(settings: ExportSettings) -> ExportStorage:
    """Where these settings want the exported files."""
    if not settings.export_location.startswith("s3://"):
        return LocalStorage(Path(settings.export_location))
    # Who has no bucket needs none of what speaks to one.
    from tasks.exports.s3_storage import S3Storage

    return S3Storage(
        settings.export_location,
        settings.insights_home / "aside",
        endpoint=settings.aws_endpoint_url,
        region=settings.aws_region,
    )


def export_target(settings: ExportSettings, zone: str) -> ExportTarget:
    """The exported files as these settings have them."""
    return ExportTarget(storage(settings), settings.export_retention_days, zone)
