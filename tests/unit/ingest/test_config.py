"""Settings of the edge: defaults, and bad values that stop the start."""

import pytest

from db.config import load
from ingest.config import IngestSettings


def test_team_stats_are_private_unless_somebody_opens_them(settings: IngestSettings) -> None:
    assert (settings.insights_public_team_stats, settings.ingest_port) == (False, 8080)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INGEST_PORT", "0"),
        ("INGEST_PORT", "eighty"),
        ("INSIGHTS_PUBLIC_TEAM_STATS", "perhaps"),
        ("INSIGHTS_KEY_PREFIX", "a key "),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=f"^{name}: "):
        load(IngestSettings)
