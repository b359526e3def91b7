"""From wire to record: whole sessions, their text and tags, and what makes two of them equal."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ingest.uploads.schema import read_session
from ingest.uploads.session_record import session_record
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.recording import REDACTOR, ZERO, record, warnings


def test_a_plain_session_gives_no_warning() -> None:
    assert warnings() == []


def test_a_bare_session_becomes_a_whole_record() -> None:
    upload = read_session({"session_id": "s", "started_at": "2026-11-20T10:00:00Z"})
    body = json.loads(session_record(upload, share_level="metadata", now=NOW, redactor=REDACTOR)[1])

    assert body | {"content_hash": ""} == {
        "content_hash": "",
        "project_name": None,
        "started_at": "2026-11-20T10:00:00Z",
        "ended_at": None,
        "total_messages": 0,
        "reported_tokens_in": 0,
        "reported_tokens_out": 0,
        "total_tokens_in": 0,
        "total_tokens_out": 0,
        "cache_read_tokens": 0,
        "cache_creation_tokens": 0,
        "model": None,
        "models": [
            {
                "model": "",
                "responses": 0,
                "tokens_in": 0,
                "tokens_out": 0,
                "cache_read_tokens": 0,
                "cache_creation_tokens": 0,
            }
        ],
        "responses": [],
        "git_branch": None,
        "machine": None,
        "agent": None,
        "agent_version": None,
        "tools": [],
        "tags": [],
        "tool_calls": [],
    }


def test_tags_keep_their_order_and_stand_once() -> None:
    tags = record(tags=["b", "tool:Bash", "a", "b", "", "toolbox"])["tags"]

    assert [tag["tag"] for tag in tags] == ["b", "tool:Bash", "a", "toolbox"]
    assert [tag["auto_generated"] for tag in tags] == [False, True, False, False]


def test_a_missing_count_of_messages_is_counted() -> None:
    assert record(total_messages=None)["total_messages"] == 2


def test_messages_with_a_seq_twice_are_numbered_anew() -> None:
    said = [{"seq": 3, "role": "user", "content": text} for text in "abc"]

    assert [message["sequence"] for message in record(messages=said)["messages"]] == [0, 1, 2]
    assert len(warnings(messages=said)) == 1


def test_a_structure_as_tool_input_is_kept_as_json() -> None:
    (call,) = record(tool_calls=[{"tool_name": "Bash", "tool_input": {"command": "ls"}}])["tool_calls"]

    assert call["tool_input"] == '{"command":"ls"}'


def test_text_is_not_kept_below_full() -> None:
    body = json.dumps(record("metadata"))

    assert not any(
        name in body for name in ('"messages"', "tool_input", "tool_output", "a secret plan", "command")
    )


def test_what_was_left_out_is_told() -> None:
    assert warnings("metadata") == ["Text is not kept at share level metadata: messages, tool_input."]
    assert warnings("metadata", messages=None, tool_calls=None) == []


def test_equal_uploads_have_equal_hashes_whenever_they_come() -> None:
    later = NOW + timedelta(days=1)
    for changes in ({}, {"started_at": ZERO, "messages": None}):
        assert record(now=NOW, **changes)["content_hash"] == record(now=later, **changes)["content_hash"]


def test_the_order_of_the_tools_does_not_change_the_hash() -> None:
    names = ["Bash", "Edit", "Read"]
    hashes = {
        record(tools={name: {"count": 1} for name in order})["content_hash"] for order in (names, names[::-1])
    }

    assert len(hashes) == 1


@pytest.mark.parametrize(
    "changes",
    [{"total_messages": 3}, {"tags": []}, {"messages": None}, {"model": "other"}, {"ended_at": None}],
)
def test_another_session_has_another_hash(changes: dict[str, Any]) -> None:
    assert record(**changes)["content_hash"] != record()["content_hash"]
