"""The named statements: each stands once, and each is used."""

import re
from pathlib import Path

import pytest

from db.statements import parse, statements

ROOT = Path(__file__).parents[3]
SOURCE = "\n".join(
    path.read_text()
    for room in ("db", "tasks", "ingest", "analytics_app")
    for path in (ROOT / room).rglob("*.py")
)
FAMILIES = ("parts_", "rollup_", "daily_", "team_", "text_purge_")


def test_a_file_is_split_by_its_name_lines() -> None:
    assert parse("-- intro\n-- name: one\nSELECT 1;\n\n-- name: two\nSELECT 2;\n") == {
        "one": "SELECT 1;",
        "two": "SELECT 2;",
    }


@pytest.mark.parametrize("name", sorted(statements()))
def test_every_statement_is_used(name: str) -> None:
    stem = name.removesuffix("_of_person")

    assert f'"{stem}"' in SOURCE or name.startswith(FAMILIES)


@pytest.mark.parametrize("name", sorted(statements()))
def test_a_statement_holds_no_percent_sign_but_its_parameters(name: str) -> None:
    assert not re.search(r"%(?!\(\w+\)s)", statements()[name])
