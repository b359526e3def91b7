"""Fixtures of the export tests."""

from pathlib import Path

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from tests.integration import export_targets
from tests.integration.uploads import settle, upload

MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}


@pytest.fixture
def folder(database: Database, alice: Account, bob: Account, tmp_path: Path) -> Path:
    """Two people's day, exported."""
    upload(database, alice, messages=[MESSAGE])
    upload(database, bob, model=None)
    settle(database)
    export_targets.export(database, tmp_path, export_targets.DAYS)
    return tmp_path
