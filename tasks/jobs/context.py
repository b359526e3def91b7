"""What the jobs of one worker work with, made once from its settings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from db.connection import Database
from db.lifecycle.retention import Keep
from db.usage.periods import team_today
from tasks.config import ExportSettings, WorkerSettings
from tasks.exports.exporter import Lake
from tasks.exports.local_storage import Folder
from tasks.exports.storage import Shelf


@dataclass(frozen=True)
class Tools:
    """Both stores, the team's zone, and what was chosen about exports and retention."""

    database: Database
    redis: Any
    zone: str
    lake: Lake
    keep: Keep

    def today(self) -> date:
        """The team day it is now."""
        return team_today(self.zone, datetime.now(UTC))


def prepare(settings: WorkerSettings, database: Database, client: Any) -> Tools:
    """All of it, by these settings."""
    zone = settings.insights_timezone
    return Tools(database, client, zone, lake(settings, zone), settings.keep)


def shelf(settings: ExportSettings) -> Shelf:
    """Where these settings want the exported files."""
    if not settings.export_target.startswith("s3://"):
        return Folder(Path(settings.export_target))
    # Who has no bucket needs none of what speaks to one.
    from tasks.exports.s3_storage import Bucket

    return Bucket(
        settings.export_target,
        settings.insights_home / "aside",
        endpoint=settings.aws_endpoint_url,
        region=settings.aws_region,
    )


def lake(settings: ExportSettings, zone: str) -> Lake:
    """The exported files as these settings have them."""
    return Lake(shelf(settings), settings.export_retention_days, zone)
