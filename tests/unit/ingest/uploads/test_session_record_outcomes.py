"""From wire to record: how the calls of a tool went, or that nobody said."""

from typing import Any

import pytest

from tests.unit.ingest.recording import record, warnings


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        ({"count": 5}, (None, None)),
        ({"count": 5, "success": None, "errors": None}, (None, None)),
        ({"count": 5, "success": 3, "errors": 1}, (3, 1)),
        ({"count": 5, "success": 0, "errors": 0}, (0, 0)),
        ({"count": 5, "success": 3}, (3, 2)),
        ({"count": 5, "errors": 3}, (2, 3)),
        ({"count": 0, "success": 0, "errors": 0}, (0, 0)),
    ],
)
def test_an_outcome_is_stored_whole_or_not_at_all(report: dict[str, Any], outcome: tuple[Any, Any]) -> None:
    (tool,) = record(agent="own", tools={"Bash": report})["tools"]

    assert (tool["success_count"], tool["error_count"]) == outcome


@pytest.mark.parametrize("report", [{"success": 4, "errors": 2}, {"success": 6}, {"errors": 6}])
def test_an_outcome_that_contradicts_its_count_is_not_reported(report: dict[str, Any]) -> None:
    changes = {"agent": "own", "tools": {"Bash": {"count": 5} | report}}

    assert record(**changes)["tools"][0]["success_count"] is None
    assert "Bash" in warnings(**changes)[0]


@pytest.mark.parametrize("agent", [None, ""])
def test_an_agent_that_cannot_see_failures_reports_no_outcome(agent: str | None) -> None:
    body = record(agent=agent)

    assert body["tools"][0] == {
        "tool_name": "Bash",
        "call_count": 2,
        "success_count": None,
        "error_count": None,
    }
    assert body["tool_calls"][0]["success"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": "own"},
        {
            "tools": {
                "Bash": {"count": 2, "success": 2, "errors": 0},
                "Read": {"count": 1, "success": 0, "errors": 1},
            }
        },
        {"tool_calls": [{"tool_name": "Bash", "success": False}]},
    ],
)
def test_one_that_names_itself_or_ever_saw_a_failure_is_believed(changes: dict[str, Any]) -> None:
    assert record(**changes)["tools"][0]["success_count"] == 2
