"""The named statements: each stands once, and each is used."""

import re
from pathlib import Path

import pytest

from db.statements import Statement, parse, statements

ROOT = Path(__file__).parents[3]
SOURCE = "\n".join(
    path.read_text()
    for room in ("db", "tasks", "ingest", "analytics_app")
    for path in (ROOT / room).rglob("*.py")
)
# The other floor adds questions of its own to the statements; they are not the product's.
OURS = sorted(name for name in statements() if not name.startswith("test_"))


def test_a_file_is_split_by_its_name_lines() -> None:
    assert parse("-- intro\n-- name: one\nSELECT 1;\n\n-- name: two\nSELECT 2;\n") == {
        "one": Statement("SELECT 1;"),
        "two": Statement("SELECT 2;"),
    }


def test_a_duplicate_name_in_one_file_is_refused() -> None:
    with pytest.raises(ValueError, match="duplicate statement in one file: one"):
        parse("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n")


def test_a_marked_statement_is_prepared_with_its_types_and_run_by_its_name() -> None:
    text = "-- name: found\n-- prepare: name text, ids bigint[]\nSELECT %(ids)s, %(name)s, %(name)s;\n"

    assert parse(text)["found"] == Statement(
        "EXECUTE found (%(name)s::text, %(ids)s::bigint[])",
        "PREPARE found (text, bigint[]) AS \nSELECT $2, $1, $1;",
    )


@pytest.mark.parametrize("name", OURS)
def test_every_statement_is_used(name: str) -> None:
    assert f'"{name}"' in SOURCE


@pytest.mark.parametrize("name", OURS)
def test_a_statement_holds_no_percent_sign_but_its_parameters(name: str) -> None:
    assert not re.search(r"%(?!\(\w+\)s)", statements()[name].text)
