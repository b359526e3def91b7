"""What the tests of exports and of `make run` begin with: an exported day, a data folder, stores outside of it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.connection import Database
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.records import Account
from tests.integration import lakes
from tests.integration.tasks.runs import PROCFILE, House, free_ports
from tests.integration.uploads import settle, upload

MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}


@pytest.fixture
def folder(database: Database, alice: Account, bob: Account, tmp_path: Path) -> Path:
    """Two people's day, exported."""
    upload(database, alice, messages=[MESSAGE])
    upload(database, bob, model=None)
    settle(database)
    lakes.export(database, tmp_path, lakes.DAYS)
    return tmp_path


@pytest.fixture(scope="module")
def first_data() -> Iterator[Path]:
    """A data folder whose database is made and empty, so that not every test waits for that."""
    with tempfile.TemporaryDirectory(prefix="insights-test-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder)) as url:
            migrate(url)
        yield Path(folder) / "postgres"


@pytest.fixture
def house(first_data: Path) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="insights-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        house = House(Path(folder), free_ports(), [])
        shutil.copytree(first_data, house.home / "data" / "postgres")
        house.procfile(PROCFILE)
        yield house
        for run in house.runs:
            run.terminate()
            run.communicate(timeout=30)


@pytest.fixture
def outside_stores(database_url: str, valkey: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": valkey}
