"""Made-up uploads, as an agent would send them."""

from typing import Any

MODEL = "claude-opus-4-5-20251101"


def session(**changes: Any) -> dict[str, Any]:
    """One complete session; None takes a field away."""
    item: dict[str, Any] = {
        "session_id": "s1",
        "project_name": "/home/alice/shop",
        "started_at": "2026-11-20T10:00:00Z",
        "ended_at": "2026-11-20T10:10:00Z",
        "total_messages": 2,
        "total_tokens_in": 30,
        "total_tokens_out": 15,
        "model": MODEL,
        "tags": ["tool:Bash", "debugging"],
        "tools": {"Bash": {"count": 2, "success": 2, "errors": 0}},
        "token_usage": [row(output=1), row(output=7), row(10, output=3)],
        "tool_calls": [
            {"message_sequence": 1, "tool_name": "Bash", "tool_input": '{"command":"ls"}', "success": True}
        ],
        "messages": [
            {"seq": 0, "timestamp": "2026-11-20T10:00:01Z", "role": "user", "content": "a secret plan"},
            {"seq": 1, "timestamp": "2026-11-20T10:00:02Z", "role": "assistant", "content": ""},
        ],
    }
    item.update(changes)
    return {name: value for name, value in item.items() if value is not None}


def plan(**changes: Any) -> dict[str, Any]:
    """One complete plan; None takes a field away."""
    item: dict[str, Any] = {
        "name": "calm-river-otter",
        "title": "Move the cache",
        "content": "# Move the cache\n\na secret plan\n",
        "created_at": "2026-11-20T10:00:00Z",
    }
    item.update(changes)
    return {name: value for name, value in item.items() if value is not None}


def row(tokens_in: int = 5, *, output: int, **changes: Any) -> dict[str, Any]:
    """One row of the transcript."""
    return {
        "model": MODEL,
        "input_tokens": tokens_in,
        "output_tokens": output,
        "cache_read_tokens": 100,
        "cache_creation_tokens": 20,
    } | changes
