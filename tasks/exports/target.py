"""Builds the place for exported files that the settings name: a local folder or an S3 bucket."""

from pathlib import Path

from tasks.exports.config import ExportSettings
from tasks.exports.exporter import ExportTarget
from tasks.exports.local_storage import LocalStorage
from tasks.exports.storage import ExportStorage


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
