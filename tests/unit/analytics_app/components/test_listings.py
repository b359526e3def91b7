"""Ranked lists say what was not reported, and never turn it into success."""

from typing import Any

import pytest

from analytics_app.components.listings import leaderboard, success, tool_name
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.usage.breakdown_records import ToolTotals
from db.usage.usage_records import Rank


def tool(success: int, error: int, unreported: int) -> ToolTotals:
    return ToolTotals(
        tool_name="Bash",
        call_count=success + error + unreported,
        success_count=success,
        error_count=error,
        unreported_count=unreported,
    )


def test_a_tool_without_reported_outcomes_is_not_a_success(english: Language) -> None:
    cell = success(tool(0, 0, 12), english)
    assert [part.children for part in cell.children] == ["–", "not reported"]  # type: ignore[attr-defined]


def test_the_rate_counts_reported_outcomes_only(english: Language) -> None:
    cell = success(tool(95, 5, 900), english)
    assert cell.children == "95%"  # type: ignore[attr-defined]


def test_a_low_rate_carries_a_sign_beside_its_colour(english: Language) -> None:
    cell = success(tool(8, 2, 0), english)
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


def ranked(own: int, language: Language, account: Any) -> list[str]:
    """The names on a board of twelve for a reader with this rank."""
    ranks = [
        Rank(rank=rank, user_id=rank, username=f"p{rank}", session_count=1, total_tokens=1)
        for rank in range(1, 13)
    ]
    table = leaderboard(ranks, View(None, account(own), language, None))  # type: ignore[arg-type]
    return [row.children[1].children for row in table.children[2].children]


@pytest.mark.parametrize(
    ("own", "last"),
    [(3, ["p8", "p9"]), (9, ["p8", "p9 (you)"]), (10, ["p8", "p10 (you)"]), (99, ["p8", "p9"])],
)
def test_the_board_has_nine_rows_and_the_readers_own_is_one_of_them(
    own: int, last: list[str], english: Language, account: Any
) -> None:
    names = ranked(own, english, account)
    assert (len(names), names[-2:]) == (9, last)
