"""Which migrations run, and which databases are refused."""

from pathlib import Path

import pytest

from db.migrate import MIGRATIONS, Migration, MigrationError, missing_migrations, read_migrations

KNOWN = [Migration(1, "0001_one.sql", "SELECT 1"), Migration(2, "0002_two.sql", "SELECT 2")]


def test_a_new_database_gets_all() -> None:
    assert missing_migrations(KNOWN, {}) == KNOWN


def test_only_what_is_missing_runs() -> None:
    assert missing_migrations(KNOWN, {1: KNOWN[0].checksum}) == KNOWN[1:]


def test_a_database_newer_than_the_code_is_refused() -> None:
    with pytest.raises(MigrationError, match="run newer code"):
        missing_migrations(KNOWN[:1], {1: KNOWN[0].checksum, 2: KNOWN[1].checksum})


def test_a_file_that_changed_after_it_ran_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0001_one\.sql is not the file that this database ran"):
        missing_migrations(KNOWN, {1: "another checksum"})


@pytest.mark.parametrize("name", ["0003_gap.sql", "0001-dash.sql", "one.sql"])
def test_a_misnamed_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("SELECT 1")

    with pytest.raises(MigrationError, match="not the next migration"):
        read_migrations(tmp_path)


def test_our_own_files_are_in_order() -> None:
    assert [migration.version for migration in read_migrations()] == list(
        range(1, len(read_migrations()) + 1)
    )


def test_no_file_that_has_landed_is_changed() -> None:
    """Databases that have run it remember its checksum, and would not start any more."""
    landed = dict(reversed(line.split()) for line in (MIGRATIONS / "checksums.txt").read_text().splitlines())

    changed = [one.name for one in read_migrations() if landed.get(one.name, one.checksum) != one.checksum]
    assert changed == [], "put them back as they were, and write a new migration instead"
    missing = [one.name for one in read_migrations() if one.name not in landed]
    assert missing == [], "add them: (cd db/migrations && sha256sum *.sql > checksums.txt)"
    assert landed.keys() == {one.name for one in read_migrations()}
