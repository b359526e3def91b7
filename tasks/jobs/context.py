"""What the jobs of a worker work with, created once from its settings and passed to every job."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from db.connection import Database
from db.lifecycle.retention import RetentionPolicy
from db.usage.periods import team_today
from tasks.config import ExportSettings, WorkerSettings
from tasks.exports.exporter import ExportTarget
from tasks.exports.local_storage import LocalStorage
from tasks.exports.storage import ExportStorage

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


def create_context(settings: WorkerSettings, database: Database, client: "Redis") -> JobContext:
    """The context of a worker with these settings and connections."""
    zone = settings.insights_timezone
    return JobContext(database, client, zone, export_target(settings, zone), settings.policy)


def export_target(settings: ExportSettings, zone: str) -> ExportTarget:
    """Where exported files are stored, and how long each day keeps its own."""
    location = settings.export_location
    storage: ExportStorage
    if location.startswith("s3://"):
        # Imported only here: obstore takes time and memory that exports to a folder do not need.
        from tasks.exports.s3_storage import S3Storage

        storage = S3Storage(
            location,
            settings.insights_home / "staging",
            endpoint=settings.aws_endpoint_url,
            region=settings.aws_region,
        )
    else:
        storage = LocalStorage(Path(location))
    return ExportTarget(storage, settings.export_retention_days, zone)
