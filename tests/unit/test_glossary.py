"""docs/glossary.md lists few terms, and each is called so where the table says."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parents[2]
TEXT = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| SQL")
]
SQL = "\n".join(path.read_text(encoding="utf-8") for path in (CHECKOUT / "db").rglob("*.sql"))
PYTHON = "\n".join(
    path.read_text(encoding="utf-8")
    for package in ("db", "ingest", "tasks", "analytics_app")
    for path in (CHECKOUT / package).rglob("*.py")
)
with (CHECKOUT / "analytics_app" / "translations" / "de.po").open("rb") as file:
    GERMAN = {message.id: message.string for message in read_po(file)}


def test_a_reader_needs_few_terms() -> None:
    assert 20 <= len(ROWS) <= 40


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_a_term_is_called_so(row: tuple[str, ...]) -> None:
    sql, python, english, german, meaning = row

    for name, source in ((sql, SQL), (python, PYTHON)):
        assert name == "–" or re.search(rf"\b{re.escape(name.strip('`'))}\b", source), name
    assert english == "–" or GERMAN[english] == german
    assert meaning.endswith(".")
