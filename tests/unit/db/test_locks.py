"""The numbers of the locks: one list of them, which the statements keep to."""

import re

import pytest

from db import locks
from db.statements import QUERIES, parse

MIGRATIONS = QUERIES.parent / "migrations"
FILES = {path.name: parse(path.read_text()) for path in sorted(QUERIES.rglob("*.sql"))}
TAKEN = re.compile(r"advisory\w*lock\w*\((\w*)|classid = (\w*)")
LISTED = re.compile(r"^    (\d+)  (\w+(?:, \w+)*) ", re.MULTILINE)


def numbers(text: str) -> list[str]:
    """The first argument of each call that takes or gives up such a lock, and what pg_locks shows of it."""
    return [taken or seen for taken, seen in TAKEN.findall(text)]


def holders(number: str) -> set[tuple[str, str]]:
    """The file and the name of each statement that has this number."""
    return {
        (file, name)
        for file, found in FILES.items()
        for name, statement in found.items()
        if number in numbers(f"{statement.prepare_text} {statement.text}")
    }


def test_every_lock_is_in_the_list_and_every_line_is_a_lock() -> None:
    taken = {number for path in QUERIES.rglob("*.sql") for number in numbers(path.read_text())}

    assert [number for number, _ in LISTED.findall(locks.__doc__)] == sorted(taken)


@pytest.mark.parametrize(("number", "names"), LISTED.findall(locks.__doc__))
def test_a_lock_is_taken_by_the_statements_of_its_line_in_one_file(number: str, names: str) -> None:
    found = holders(number)

    assert {name for _, name in found} == set(names.split(", "))
    assert len({file for file, _ in found}) == 1


def test_a_migration_takes_no_lock_of_its_own() -> None:
    assert [path.name for path in MIGRATIONS.glob("*.sql") if numbers(path.read_text())] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT pg_try_advisory_xact_lock(715009) AS ours;", ["715009"]),
        ("SELECT pg_advisory_unlock(715009, 3), pg_advisory_lock(hashtext('x'))", ["715009", "hashtext"]),
        ("WHERE classid = 715009 AND objsubid = 2", ["715009"]),
    ],
    ids=["alone", "with another", "seen"],
)
def test_a_lock_is_found_however_it_is_taken(text: str, found: list[str]) -> None:
    assert numbers(text) == found
