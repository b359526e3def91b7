"""The same exports in a bucket, behind a server that speaks S3 over HTTP and checks signatures."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pyarrow import fs
from pyarrow.dataset import dataset as dataset_of

from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from db.usage.exports import DATASETS
from tasks.config import WorkerSettings
from tasks.exports import exporter
from tasks.exports.exporter import ExportTarget
from tasks.exports.s3_storage import S3Error, S3Storage
from tasks.exports.storage import MANIFEST, export_path, month_of
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.export_targets import FOR_EVER, TODAY
from tests.integration.uploads import upload

SECRETS = {
    "AWS_ACCESS_KEY_ID": "analyst",
    "AWS_SECRET_ACCESS_KEY": "not a secret",
    "AWS_REGION": "eu-central-1",
}
PATIENCE_SECONDS = 60
OLD = date(2026, 8, 20)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one bucket."""
    folder, port = tmp_path_factory.mktemp("buckets"), free_port()
    (folder / "lake").mkdir()
    command = [sys.executable, "-m", "nanio", "serve", "--host", "127.0.0.1", "--port", str(port)]
    secrets = {
        "NANIO_ACCESS_KEY": "analyst",
        "NANIO_SECRET_KEY": "not a secret",
        "NANIO_REGION": "eu-central-1",
    }
    with subprocess.Popen(
        [*command, "--data-dir", folder, "--log-level", "error", "--no-access-log"], env=os.environ | secrets
    ) as server:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
        server.kill()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Storage:
    """A prefix of this test's own, reached with the usual variables."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return S3Storage(f"s3://lake/{tmp_path.name}", tmp_path / "staging", endpoint=endpoint, region=None)


@pytest.fixture
def filled(bucket: S3Storage, database: Database, alice: Account, bob: Account) -> S3Storage:
    """A day of two people, and two old days of alice, each in files of its own."""
    upload(database, alice)
    upload(database, bob)
    for day in (OLD, OLD.replace(day=21)):
        upload(database, alice, f"old{day}", started_at=f"{day}T10:00:00Z", ended_at=None)
    settle(database)
    exporter.catch_up(database, export_target(bucket), TODAY)
    return bucket


def settle(database: Database) -> None:
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")


def export_target(bucket: S3Storage, days_kept: int = FOR_EVER) -> ExportTarget:
    return ExportTarget(bucket, days_kept, "UTC")


def read(bucket: S3Storage, endpoint: str, dataset: str) -> pl.DataFrame:
    """As an analyst would; through Arrow, for Polars asks for the ends of files, which this server does not know."""
    files = fs.S3FileSystem(endpoint_override=endpoint, region=SECRETS["AWS_REGION"])
    place = f"{bucket.address.removeprefix('s3://')}/{dataset}"
    found = dataset_of(place, filesystem=files, partitioning="hive")
    return pl.scan_pyarrow_dataset(found).collect()


def test_a_bucket_is_read_in_one_call(filled: S3Storage, endpoint: str) -> None:
    assert {dataset: read(filled, endpoint, dataset).height for dataset in DATASETS} == dict.fromkeys(
        DATASETS, 4
    )
    assert sum(path.encode() in (filled.read(MANIFEST) or b"") for path in filled.listing()) == 12


def test_old_days_in_a_bucket_are_merged(filled: S3Storage, endpoint: str, database: Database) -> None:
    exporter.catch_up(database, export_target(filled, days_kept=30), TODAY)

    old = {path for path in filled.listing() if "month=08" in path}
    assert old == {export_path(dataset, month_of(OLD)) for dataset in DATASETS}
    assert read(filled, endpoint, "sessions").height == 4


@pytest.mark.parametrize("days_kept", [30, FOR_EVER])
def test_a_deleted_person_is_in_no_object(
    filled: S3Storage, endpoint: str, database: Database, alice: Account, days_kept: int
) -> None:
    exporter.catch_up(database, export_target(filled, days_kept), TODAY)
    deletions.delete_account(database, alice.user_id, program="test")

    exporter.remove_person(database, export_target(filled, days_kept), "alice", TODAY)

    assert {name for dataset in DATASETS for name in read(filled, endpoint, dataset)["username"]} == {"bob"}
    assert not any(filled.staging_dir.iterdir())


def test_a_large_file_is_uploaded_in_parts(bucket: S3Storage, tmp_path: Path) -> None:
    fresh, path = tmp_path / "fresh", export_path("sessions", month_of(OLD))
    fresh.write_bytes(os.urandom(20 * 2**20))

    bucket.put(fresh, path)

    assert bucket.listing() == {path: fresh.stat().st_size}
    assert bucket.read(path) == fresh.read_bytes()


@pytest.mark.parametrize("wrong", [{"AWS_SECRET_ACCESS_KEY": "guessed"}, {"AWS_ACCESS_KEY_ID": "nobody"}])
def test_a_wrong_key_is_reported_in_one_line(
    bucket: S3Storage, wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(S3Error, match=rf"^{bucket.address}: .*403 Forbidden[^\n]*$") as told:
        bucket.listing()
    # `strerror` is for messages that name the address themselves.
    assert bucket.address not in str(told.value.strerror)


@pytest.mark.parametrize("address", ["s3://lake", "s3://lake/a/b", "s3://lake/a/"])
def test_a_bucket_is_a_setting(address: str) -> None:
    assert WorkerSettings(export_url=address).export_location == address.rstrip("/")
