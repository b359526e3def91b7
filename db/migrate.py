"""Applies the SQL files of db/migrations in order, each once, under one lock."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from db.connection import connect_unpooled, translated
from db.statements import statements

MIGRATIONS = Path(__file__).parent / "migrations"
FILE_NAME = re.compile(r"^(\d{4})_[a-z_]+\.sql$")
DEADLINE_SECONDS = 600


class MigrationError(Exception):
    """The database and the migrations of this code do not match."""


@dataclass(frozen=True)
class Migration:
    """One file of db/migrations."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, as 64 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """All migrations in order; raises MigrationError for a misnamed file or a gap in the numbers."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.match(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise MigrationError(f"{path.name} is not the next migration")
        found.append(Migration(int(match[1]), path.name, path.read_text(encoding="utf-8")))
    return found


def migrate(url: str, migrations: list[Migration] | None = None) -> int:
    """Apply the missing migrations and return their number; raises MigrationError, StorageError."""
    known = read_migrations() if migrations is None else migrations
    connection = connect_unpooled(url, deadline=DEADLINE_SECONDS)
    try:
        with translated(), connection, connection.cursor() as cursor:
            cursor.execute(statements()["migrations_lock"].text)
            cursor.execute(statements()["migrations_applied"].text)
            missing = missing_migrations(known, dict(cursor.fetchall()))
            for migration in missing:
                cursor.execute(migration.text)
                record = {name: getattr(migration, name) for name in ("version", "name", "checksum")}
                cursor.execute(statements()["migration_record"].text, record)
    finally:
        connection.close()
    return len(missing)


def missing_migrations(known: list[Migration], applied: dict[int, str]) -> list[Migration]:
    """The migrations to run, given {version: checksum} of the applied ones; raises MigrationError if they differ."""
    newest = max(applied, default=0)
    if newest > len(known):
        raise MigrationError(
            f"the database is at version {newest}, this code knows only {len(known)}: run newer code"
        )
    for migration in known[:newest]:
        if applied.get(migration.version) != migration.checksum:
            raise MigrationError(
                f"{migration.name} is not the file that this database ran: install the version that it was"
                " last started with, or put the file back"
            )
    return known[newest:]
