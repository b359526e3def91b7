"""A made-up team, in the database and in exported files."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage.periods import Period
from tests.integration import export_targets
from tests.integration.analytics_app import made_up
from tests.integration.people import enrol

ZONE = "Europe/Berlin"
DAYS = Period(date(2026, 9, 1), date(2026, 11, 22))


@dataclass(frozen=True)
class ExportedTeam:
    """The people, their database, and their exported files."""

    database: Database
    people: list[Account]
    #: It holds `exports`, and is where queries are run.
    folder: Path


@contextmanager
def exported_team(url: str, folder: Path) -> Iterator[ExportedTeam]:
    """80 days of three people, below `folder`/exports."""
    with closing(Database(url, pool_size=4, deadline=20)) as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_up, "ZONE", ZONE)
        people = [enrol(database, name, role="admin") for name in ("alice", "bob", "o.hara")]
        made_up.work(database, people, seed=5, count=90)
        export_targets.export(database, folder / "exports", DAYS.dates(), ZONE)
        yield ExportedTeam(database, people, folder)
