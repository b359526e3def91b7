"""Ranked lists say what was not reported, and never turn it into success."""

import pytest

from analytics_app.i18n import Language
from analytics_app.listings import tool_name, tools
from db.records import ToolTotals


def tool(success: int, error: int, unreported: int) -> ToolTotals:
    return ToolTotals(
        tool_name="Bash",
        call_count=success + error + unreported,
        success_count=success,
        error_count=error,
        unreported_count=unreported,
    )


def rate_cell(row: ToolTotals, language: Language) -> object:
    body = tools([row], language).children[2]
    return body.children[0].children[3].children


def test_a_tool_without_reported_outcomes_is_not_a_success(english: Language) -> None:
    cell = rate_cell(tool(0, 0, 12), english)
    assert cell.children == "not reported"  # type: ignore[attr-defined]


def test_the_rate_counts_reported_outcomes_only(english: Language) -> None:
    cell = rate_cell(tool(95, 5, 900), english)
    assert cell.children == "95%"  # type: ignore[attr-defined]


def test_a_low_rate_carries_a_sign_beside_its_colour(english: Language) -> None:
    cell = rate_cell(tool(8, 2, 0), english)
    assert cell.children[0].children.strip() == "▼"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Read", "Read"),
        ("mcp__github__search", "github · search"),
        ("mcp__x", "mcp__x"),
        ("a__b__c", "a__b__c"),
    ],
)
def test_tools_of_a_server_are_named_by_it(name: str, shown: str) -> None:
    assert tool_name(name) == shown
