"""A bad setting stops the start with a sentence."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from analytics_app.config import AnalyticsSettings, web_address
from db.config import DEVELOPMENT_KEY


def test_the_known_key_is_refused_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ValidationError, match="must be set to a long random value"):
        AnalyticsSettings(insights_env="production")


def test_development_starts_with_the_known_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert AnalyticsSettings(insights_env="development").secret_key == DEVELOPMENT_KEY


@pytest.mark.parametrize(
    "setting",
    [
        {"SECRET_KEY": "short"},
        {"INSIGHTS_TITLE": ""},
        {"INSIGHTS_TIMEZONE": "Mars/Olympus"},
        {"INSIGHTS_KEY_PREFIX": "with space"},
        {"ANALYTICS_PORT": "99999"},
        {"INSIGHTS_ENV": "staging"},
        {"TRUSTED_PROXIES": "-1"},
        {"EXPORT_URL": "s3://AKIAEXAMPLE:secret@lake/team"},
        {"EXPORT_URL": "s3://lake/team?access_key=secret"},
        {"EXPORT_URL": "https://lake.example.org"},
    ],
)
def test_a_bad_value_stops_the_start(setting: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ({"SECRET_KEY": "k" * 32} | setting).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        AnalyticsSettings()


@pytest.mark.parametrize("value", ["ftp://a", "https://a b", "https://a'b", "a.example.org", "https://"])
def test_an_address_that_would_break_a_command_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        web_address(value)


def test_exports_are_in_a_folder_here_or_elsewhere() -> None:
    chosen = [
        AnalyticsSettings(secret_key="k" * 32, export_url=url)
        for url in ("/srv/exports/", "s3://lake/team", "", None)
    ]
    ours = AnalyticsSettings(secret_key="k" * 32).insights_home.resolve() / "exports"
    assert [settings.export_folder for settings in chosen] == [Path("/srv/exports"), None, ours, ours]
