"""Settings: a bad value stops the start with one sentence that names it."""

import pytest

from db.config import PostgresSettings, export_address, load


def test_without_settings_the_private_stores_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert load(PostgresSettings).postgres.startswith("postgresql://insights@/insights?host=")


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
