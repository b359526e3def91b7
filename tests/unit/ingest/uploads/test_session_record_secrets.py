"""From wire to record: secrets are replaced in text and names alike."""

import json
from typing import Any

import pytest

from ingest.uploads.schema import MAX_COUNT
from tests.unit.ingest.recording import KEY, record, warnings
from tests.unit.ingest.wire import row


def test_secrets_are_replaced_everywhere_and_counted() -> None:
    changes: dict[str, Any] = {
        "project_name": f"/srv/{KEY}",
        "git_branch": f"fix-{KEY}",
        "tags": [KEY],
        "messages": [{"seq": 0, "role": "user", "content": f"use {KEY}"}, {"seq": 1, "role": KEY}],
        "tool_calls": [{"tool_name": "Bash", "tool_input": KEY, "tool_output": {"key": KEY}}],
    }

    assert KEY not in json.dumps(record(**changes))
    assert warnings(**changes) == ["Secrets were replaced before anything was stored: 7 insights_key."]


@pytest.mark.parametrize("share_level", ["metadata", "full"])
def test_names_of_models_and_tools_hold_no_secrets_either(share_level: str) -> None:
    changes: dict[str, Any] = {
        "model": KEY,
        "token_usage": [row(model=f"a {KEY}", output=1)],
        "tools": {f"Bash {KEY}": {"count": 1}},
        "tool_calls": [{"tool_name": KEY}],
    }

    assert KEY not in json.dumps(record(share_level, **changes))
    assert "3 insights_key." in warnings(share_level, **changes)[0]


def test_what_has_one_name_without_its_secrets_is_counted_together() -> None:
    other = "dkd_sk_" + "j" * 43
    body = record(
        agent="x",
        tools={KEY: {"count": 3, "success": 1}, other: {"count": 4, "success": 4}},
        token_usage=[row(1, model=KEY, output=2), row(3, model=other, output=4)],
    )

    assert body["tools"] == [
        {"tool_name": "[REDACTED:insights_key]", "call_count": 7, "success_count": 5, "error_count": 2}
    ]
    assert [(entry["tokens_in"], entry["tokens_out"]) for entry in body["models"]] == [(4, 6)]


@pytest.mark.parametrize(("count", "outcome"), [(MAX_COUNT, None), (None, None)])
def test_what_is_counted_together_stays_possible(count: int | None, outcome: int | None) -> None:
    other = "dkd_sk_" + "j" * 43
    tools = {KEY: {"count": MAX_COUNT, "success": count}, other: {"count": 1, "success": 1}}

    (entry,) = record(agent="x", tools=tools)["tools"]
    assert (entry["call_count"], entry["success_count"]) == (MAX_COUNT, outcome)
