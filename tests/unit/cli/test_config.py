"""The admin CLI works with the settings of the running house, whatever its own shell says or leaves out."""

from pathlib import Path
from typing import Any

import pytest

from cli.config import AdminSettings, Mismatch
from db.config import load
from db.private_address import database_url
from standalone.home import save_settings

OUTSIDE = "postgresql://insights@db/insights"
TOLD = {"database_url": OUTSIDE, "export_url": "/srv/exports", "insights_key_prefix": "own_"}


class Rollups:
    """Knows the zone of its days, and nothing else."""

    def __init__(self, zone: str | None) -> None:
        self.zone = zone

    def fetch_one(self, statement: str, **_parameters: object) -> dict[str, Any] | None:
        assert statement == "fetch_rollup_zone"
        return {"time_zone": self.zone} if self.zone else None


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A shell that knows the data folder only."""
    for name in ("DATABASE_URL", "REDIS_URL", "EXPORT_URL", "INSIGHTS_TIMEZONE", "INSIGHTS_KEY_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSIGHTS_HOME", str(tmp_path))
    return monkeypatch


def test_a_plain_shell_has_the_settings_of_the_run(shell: pytest.MonkeyPatch, tmp_path: Path):
    save_settings(tmp_path, TOLD)
    settings = load(AdminSettings)

    assert (settings.postgres, settings.insights_key_prefix) == (OUTSIDE, "own_")
    settings.require_shared_exports()
    assert settings.export_location == "/srv/exports"


def test_before_the_first_run_the_defaults_count(shell: pytest.MonkeyPatch, tmp_path: Path):
    settings = load(AdminSettings)

    assert settings.postgres == database_url(tmp_path)
    settings.require_shared_exports()
    assert settings.export_location == str(tmp_path / "exports")


def test_a_setting_of_the_shell_goes_first(shell: pytest.MonkeyPatch, tmp_path: Path):
    save_settings(tmp_path, TOLD)
    shell.setenv("INSIGHTS_KEY_PREFIX", "mine_")

    assert load(AdminSettings).insights_key_prefix == "mine_"


@pytest.mark.parametrize("same", [OUTSIDE, None])
def test_another_export_folder_for_the_same_data_is_refused(
    shell: pytest.MonkeyPatch, tmp_path: Path, same: str | None
):
    save_settings(tmp_path, TOLD)
    shell.setenv("EXPORT_URL", "/elsewhere")
    if same:
        shell.setenv("DATABASE_URL", same)

    with pytest.raises(Mismatch, match=r"^EXPORT_URL is /elsewhere here, but .* exports to /srv/exports"):
        load(AdminSettings).require_shared_exports()


def test_of_another_database_the_run_says_nothing(shell: pytest.MonkeyPatch, tmp_path: Path):
    save_settings(tmp_path, TOLD)
    shell.setenv("DATABASE_URL", "postgresql://insights@other/insights")
    shell.setenv("EXPORT_URL", "/elsewhere")
    settings = load(AdminSettings)

    assert settings.insights_key_prefix == "dkd_sk_"
    settings.require_shared_exports()
    assert settings.export_location == "/elsewhere"


@pytest.mark.parametrize(("stored", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), (None, "UTC")])
def test_the_zone_is_that_of_the_days(shell: pytest.MonkeyPatch, stored: str | None, zone: str):
    assert load(AdminSettings).team_zone(Rollups(stored)) == zone  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", ["Asia/Tokyo", None])
def test_the_same_zone_may_be_said(shell: pytest.MonkeyPatch, stored: str | None):
    shell.setenv("INSIGHTS_TIMEZONE", "Asia/Tokyo")

    assert load(AdminSettings).team_zone(Rollups(stored)) == "Asia/Tokyo"  # type: ignore[arg-type]


def test_another_zone_is_refused(shell: pytest.MonkeyPatch):
    shell.setenv("INSIGHTS_TIMEZONE", "UTC")

    with pytest.raises(Mismatch, match=r"^INSIGHTS_TIMEZONE is UTC here, but .* Asia/Tokyo days"):
        load(AdminSettings).team_zone(Rollups("Asia/Tokyo"))  # type: ignore[arg-type]
