"""Settings: a bad value stops the start with one sentence that names it."""

import pytest

from db.config import StoreSettings, export_address, load


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


@pytest.mark.parametrize(
    "slip",
    ["s3:/lake/team", "s3:lake", "S3://lake", "file:/srv", "ftp://lake", "~/exports", " ", " /srv", "/srv\n"],
)
def test_a_slip_of_the_pen_is_no_folder(slip: str) -> None:
    with pytest.raises(ValueError, match="must be a folder of this machine"):
        export_address(slip)


@pytest.mark.parametrize("address", ["s3://lake/../x", "s3://lake/a/./b", "s3://lake/a/..", "s3://lake/a//b"])
def test_what_a_bucket_would_read_otherwise_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="or s3://bucket/prefix"):
        export_address(address)


@pytest.mark.parametrize(
    "value", ["", "/", "/srv/exports", "exports", "./s3:lake", "/srv/my exports", "s3://lake/..a/b"]
)
def test_a_folder_and_a_bucket_are_places_for_exports(value: str) -> None:
    assert export_address(value) == value
