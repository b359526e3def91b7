"""Creates the export target that the settings name: files in a local folder or an S3 bucket."""

from pathlib import Path

from tasks.exports.config import ExportSettings
from tasks.exports.exporter import ExportTarget
from tasks.exports.local_storage import LocalStorage
from tasks.exports.storage import ExportStorage


def export_target(settings: ExportSettings, zone: str) -> ExportTarget:
    """Where exported files are stored, and how long each day keeps its own."""
    location = settings.export_location
    storage: ExportStorage
    if location.startswith("s3://"):
        # Imported only here: obstore takes time and memory that exports to a folder do not need.
        from tasks.exports.s3_storage import S3Storage

        staging_dir = settings.insights_home / "staging"
        endpoint, region = settings.aws_endpoint_url, settings.aws_region
        storage = S3Storage(location, staging_dir, endpoint=endpoint, region=region)
    else:
        storage = LocalStorage(Path(location))
    return ExportTarget(storage, settings.export_retention_days, zone)
