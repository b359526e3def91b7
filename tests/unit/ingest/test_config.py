"""Settings of the edge: defaults, and bad values that stop the start."""

from ingest.config import IngestSettings


def test_team_stats_are_private_unless_somebody_opens_them(settings: IngestSettings) -> None:
    assert (settings.insights_public_team_stats, settings.ingest_port) == (False, 8080)
