"""The ten questions of docs/analysts.md: both answers run as they stand over exported files, and say the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.exported_schemas import SCHEMAS
from tests.integration.exported import ExportedTeam
from tests.unit.test_data_dictionary import lines

TEXT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
BEGINNING, *CHAPTERS = re.split(r"^## ", TEXT, flags=re.MULTILINE)


def block(text: str, language: str) -> str:
    """The one piece of code in that language."""
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(code)


@dataclass(frozen=True)
class Analyst:
    """Somebody who has typed both beginnings."""

    names: dict[str, Any]
    duck: duckdb.DuckDBPyConnection

    def polars(self, chapter: str) -> pl.DataFrame:
        names = dict(self.names)
        exec(block(chapter, "python"), names)  # noqa: S102 - that is what people do with it
        answer: pl.DataFrame = names["answer"]
        return answer

    def duckdb(self, chapter: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        found = self.duck.execute(block(chapter, "sql"))
        return [column[0] for column in found.description or []], found.fetchall()


@pytest.fixture
def analyst(exported: ExportedTeam, monkeypatch: pytest.MonkeyPatch) -> Iterator[Analyst]:
    """Where the exports are at hand."""
    monkeypatch.chdir(exported.folder)
    names: dict[str, Any] = {}
    with duckdb.connect() as duck:
        exec(block(BEGINNING, "python"), names)  # noqa: S102 - the same
        duck.execute(block(BEGINNING, "sql"))
        yield Analyst(names, duck)


def plain(line: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(float(cell), 6) if isinstance(cell, float | Decimal) else cell for cell in line)


def test_there_are_ten_questions() -> None:
    assert [chapter.split(". ")[0] for chapter in CHAPTERS] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=[chapter.split("\n")[0] for chapter in CHAPTERS])
def test_both_answers_are_the_same(analyst: Analyst, chapter: str) -> None:
    first = analyst.polars(chapter)
    columns, second = analyst.duckdb(chapter)

    assert first.columns == columns
    assert [plain(line) for line in first.rows()] == [plain(line) for line in second]


@pytest.mark.parametrize("chapter", CHAPTERS[:-1], ids=[chapter.split("\n")[0] for chapter in CHAPTERS[:-1]])
def test_there_is_an_answer(analyst: Analyst, chapter: str) -> None:
    assert not analyst.polars(chapter).is_empty()


def test_the_files_agree_with_one_another(analyst: Analyst) -> None:
    assert analyst.polars(CHAPTERS[-1]).is_empty()


def test_a_difference_between_the_files_would_be_seen(analyst: Analyst) -> None:
    one_less = analyst.names["sessions"].filter(pl.col("session_id") != "s7")

    assert Analyst(analyst.names | {"sessions": one_less}, analyst.duck).polars(CHAPTERS[-1]).height == 1


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_what_is_never_null_by_the_dictionary_is_not(analyst: Analyst, dataset: str) -> None:
    held = pl.read_parquet(f"exports/{dataset}/**/*.parquet")
    never = [name for name, _, _, null, _ in lines(dataset) if null == "no"]

    assert held.select(never).null_count().row(0) == (0,) * len(never)


@pytest.mark.parametrize("dataset", SCHEMAS)
def test_a_dataset_is_one_table_for_both_readers(analyst: Analyst, dataset: str) -> None:
    held = pl.scan_parquet(f"exports/{dataset}/**/*.parquet", hive_partitioning=True)
    view = "days" if dataset == "daily_stats" else dataset
    counted = analyst.duck.execute(f"SELECT count(*) FROM {view}").fetchone()

    assert counted == (held.select(pl.len()).collect().item(),)
