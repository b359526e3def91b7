"""Settings of the ingest process, read once by its entry point."""

from pathlib import Path

from pydantic import Field

from db.config import KeyPrefix, StoreSettings


class IngestSettings(StoreSettings):
    """What the edge needs to know beyond where the data is."""

    #: Team stats, tools and trends without a key; the leaderboard never.
    insights_public_team_stats: bool = False
    #: What every API key begins with; our own keys are redacted by it.
    insights_key_prefix: KeyPrefix = "dkd_sk_"
    #: How many requests each key may make in a minute, counted in each process by itself; 0 = any number.
    ingest_requests_per_minute: int = Field(default=6000, ge=0, le=1_000_000)
    #: Where the workers of one gunicorn add up what they count; ingest.server sets it for them.
    prometheus_multiproc_dir: Path | None = None
    #: The port that the API listens on.
    ingest_port: int = Field(default=8080, ge=1, le=65535)
