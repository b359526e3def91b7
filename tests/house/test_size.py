"""The product does not grow unnoticed: its lines of code, without blanks, comments and docstrings."""

from pathlib import PurePosixPath

import pytest

from tests.house import rules

SOURCES = rules.product_sources()


@pytest.mark.parametrize(("package", "most"), [("", 16_700), ("ingest", 3_250)], ids=["product", "ingest"])
def test_the_code_stays_within_its_size(package: str, most: int) -> None:
    counts = [
        rules.code_lines(text)
        for path, text in SOURCES.items()
        if not package or PurePosixPath(path).parts[0] == package
    ]

    assert sum(counts) <= most
