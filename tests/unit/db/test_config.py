"""Settings: a bad value stops the start with one sentence that names it."""

import pytest

from db.config import StoreSettings, load


def test_without_settings_the_private_stores_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert load(StoreSettings).postgres.startswith("postgresql://insights@/insights?host=")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("INSIGHTS_TIMEZONE", "Mars/Olympus", "INSIGHTS_TIMEZONE: 'Mars/Olympus' is not an IANA time zone"),
        ("INSIGHTS_TIMEZONE", "../etc/passwd", "INSIGHTS_TIMEZONE: "),
        ("INSIGHTS_TIMEZONE", "localtime", "INSIGHTS_TIMEZONE: "),
        ("INSIGHTS_TIMEZONE", "posixrules", "INSIGHTS_TIMEZONE: "),
        ("INSIGHTS_TIMEZONE", "right/Europe/Berlin", "INSIGHTS_TIMEZONE: "),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: must begin with postgresql://"),
    ],
)
def test_a_bad_value_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as stopped:
        load(StoreSettings)

    assert str(stopped.value).startswith(sentence)
    assert "\n" not in str(stopped.value)
