"""docs/dependencies.md counts the code that a library could replace as it is, within 5 %."""

import re

import pytest

from tests.house import rules

SOURCES = rules.product_sources()
PAGE = (rules.ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<group>[^|]+) \| (?P<code>`[^|]+`) \| (?P<lines>\d+) \| (?P<reason>[^|]+) \|$", re.M
)
GROUPS = {match["group"]: match for match in ROW.finditer(PAGE)}
TOLERANCE = 0.05


def counted(paths: list[str]) -> int:
    """Count the code of these files and folders."""
    return sum(rules.code_lines(text) for path, text in SOURCES.items() if _is_below(path, paths))


def _is_below(path: str, paths: list[str]) -> bool:
    return any(path == named or (named.endswith("/") and path.startswith(named)) for named in paths)


def test_the_page_has_its_groups() -> None:
    assert len(GROUPS) >= 12


@pytest.mark.parametrize("group", GROUPS)
def test_the_lines_of_a_group_are_as_the_page_says(group: str) -> None:
    paths = re.findall(r"`([^`]+)`", GROUPS[group]["code"])
    lines = counted(paths)

    assert [path for path in paths if not (rules.ROOT / path).exists()] == []
    assert int(GROUPS[group]["lines"]) == pytest.approx(lines, rel=TOLERANCE)


def test_other_code_is_not_counted() -> None:
    assert counted(["db/deadline.py"]) < counted(["db/"])
    assert counted(["db/dead"]) == 0
