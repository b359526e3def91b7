"""The product stays within the size that was agreed, in lines of code."""

from pathlib import PurePosixPath

import pytest

from tests.house import rules

SOURCES = rules.product_sources()


@pytest.mark.parametrize(("package", "most"), [("", 14_500), ("ingest", 2_800)], ids=["product", "ingest"])
def test_the_code_stays_within_its_size(package: str, most: int) -> None:
    counts = [
        rules.code_lines(text)
        for path, text in SOURCES.items()
        if not package or PurePosixPath(path).parts[0] == package
    ]

    assert sum(counts) <= most
