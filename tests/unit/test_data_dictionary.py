"""The dictionary in docs/data.md says what the files hold: every column, in order, with its type, and the version."""

import hashlib
import re
from pathlib import Path

import polars as pl
import pytest

from db.usage.exports import SCHEMA_VERSION
from tests.exported_schemas import SCHEMAS

TEXT = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
TYPES = {
    "string": pl.String,
    "timestamp": pl.Datetime("us", "UTC"),
    "date": pl.Date,
    "integer": pl.Int64,
    "decimal(18, 9)": pl.Decimal(18, 9),
    "decimal(38, 9)": pl.Decimal(38, 9),
}
#: What the columns of each version came to, in their order and with their types.
VERSIONS = {"1": "293aeb6385c5"}
#: | `column` | type | unit | null | meaning |
LINE = re.compile(r"^\| `(\w+)` \| ([^|]+?) \| ([^|]*?) ?\| (yes|no) \| ([^|]+) \|$", re.MULTILINE)


def lines(dataset: str) -> list[tuple[str, ...]]:
    """The rows of a dataset's table."""
    chapter = TEXT.split(f"\n## {dataset}\n")[1].split("\n## ")[0]
    return LINE.findall(chapter)


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_every_column_is_told_with_its_type(dataset: str) -> None:
    told = {name: TYPES[kind] for name, kind, *_ in lines(dataset)}

    assert list(told.items()) == list(SCHEMAS[dataset].items())


def test_every_dataset_has_its_chapter_and_there_is_no_other() -> None:
    assert re.findall(r"^## (\w+)$", TEXT, re.MULTILINE) == list(SCHEMAS)


def test_a_number_has_its_unit() -> None:
    numbers = [line for dataset in SCHEMAS for line in lines(dataset) if line[1] != "string"]

    assert [name for name, _, unit, *_ in numbers if not unit] == []


def test_the_version_is_that_of_the_files() -> None:
    assert re.search(r"^Schema version: (.+)$", TEXT, re.MULTILINE)[1] == SCHEMA_VERSION


def test_other_columns_are_another_version() -> None:
    columns = [(dataset, *told[:2]) for dataset in SCHEMAS for told in lines(dataset)]

    digest = hashlib.sha256(repr(columns).encode()).hexdigest()[:12]
    assert digest == VERSIONS[SCHEMA_VERSION], "analysts are told of a new version (db/exports.py), here too"
