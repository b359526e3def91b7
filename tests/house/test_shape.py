"""The shape of the code: the length of files and functions, where SQL and tables are written."""

import ast

import pytest

from tests.house import rules

SOURCES = rules.product_sources()
WITH_BENCHMARKS = SOURCES | rules.read_sources("benchmarks")


@pytest.mark.parametrize("path", WITH_BENCHMARKS)
def test_sql_stands_in_sql_files_only(path: str) -> None:
    assert rules.sql_literals(WITH_BENCHMARKS[path]) == []


def test_every_module_opens_with_one_sentence() -> None:
    assert rules.unplaced_modules(WITH_BENCHMARKS) == []


def test_no_file_is_longer_than_400_lines() -> None:
    assert rules.long_files(WITH_BENCHMARKS) == []


def test_no_function_is_longer_than_60_lines() -> None:
    assert rules.long_functions(SOURCES) == []


def test_few_short_helpers_are_used_once() -> None:
    assert len(rules.one_use_helpers(SOURCES)) <= 120


def test_tables_are_made_in_one_file() -> None:
    calls = [
        path
        for path, text in SOURCES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "html.Table"
    ]

    assert calls == ["analytics_app/components/tables.py"]
