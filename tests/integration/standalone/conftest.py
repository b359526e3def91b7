"""Fixtures for tests of `make run`: a data folder whose database is made, and stores that are not its own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.migrate import migrate
from standalone.embedded_postgres import EmbeddedPostgres
from tests.integration.standalone.runs import PROCFILE, InsightsServer, free_ports


@pytest.fixture(scope="module")
def first_data() -> Iterator[Path]:
    """A data folder whose database is made and empty, so that not every test waits for that."""
    with tempfile.TemporaryDirectory(prefix="insights-test-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder)) as url:
            migrate(url)
        yield Path(folder) / "postgres"


@pytest.fixture
def insights(first_data: Path) -> Iterator[InsightsServer]:
    with tempfile.TemporaryDirectory(prefix="insights-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        insights = InsightsServer(Path(folder), free_ports(), [])
        shutil.copytree(first_data, insights.home / "data" / "postgres")
        insights.procfile(PROCFILE)
        yield insights
        for run in insights.runs:
            run.terminate()
            run.communicate(timeout=30)


@pytest.fixture
def outside_stores(database_url: str, valkey: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": valkey}
