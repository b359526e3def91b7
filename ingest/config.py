"""Settings of the ingest process, read once by its entry point."""

from pathlib import Path

from pydantic import Field

from db.config import ApiKeySettings, BindSettings, IngestPortSettings, PostgresSettings, TimeZoneSettings


class IngestSettings(PostgresSettings, TimeZoneSettings, ApiKeySettings, BindSettings, IngestPortSettings):
    """What the API needs to know, beside the address of the queue."""

    #: Team stats, tools and trends without a key; the leaderboard never.
    insights_public_team_stats: bool = False
    #: How many requests each key may make in a minute, counted in each process by itself; 0 = any number.
    ingest_requests_per_minute: int = Field(default=6000, ge=0, le=1_000_000)
    #: Where the workers of one gunicorn add up what they count; gunicorn_conf sets it for them.
    prometheus_multiproc_dir: Path | None = None
