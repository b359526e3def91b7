"""From wire to record: times, names, tools, tags and text, cut to the share level."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.errors import Complaint
from ingest.payload import MOST, Unusable, read_session
from ingest.record import NAMES, last_part, session_record
from ingest.redaction import Redaction, Redactor
from tests.unit.ingest.fakes import NOW
from tests.unit.ingest.wire import MODEL, row, session

REDACTOR = Redactor("dkd_sk_")
KEY = "dkd_sk_" + "k" * 43
ZERO = "0001-01-01T00:00:00Z"


def record(share_level: str = "full", now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    upload = read_session(session(**changes))
    body = session_record(upload, share_level=share_level, now=now, redactor=REDACTOR).body
    return dict(json.loads(body))


def warnings(share_level: str = "full", **changes: Any) -> list[str]:
    upload = read_session(session(**changes))
    return session_record(upload, share_level=share_level, now=NOW, redactor=REDACTOR).warnings


def test_a_plain_session_gives_no_warning() -> None:
    assert warnings() == []


def test_a_bare_session_becomes_a_whole_record() -> None:
    upload = read_session({"session_id": "s", "started_at": "2026-11-20T10:00:00Z"})
    body = json.loads(session_record(upload, share_level="metadata", now=NOW, redactor=REDACTOR).body)

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


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop", "shop"),
        ("/home/alice/shop", "shop"),
        ("/home/alice/shop/", "shop"),
        ("C:\\Users\\alice\\shop", "shop"),
        ("C:\\Users\\alice/shop\\", "shop"),
        ("my shop ", "my shop"),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_project_is_called_by_the_last_part_of_its_path(path: str, name: str) -> None:
    assert last_part(path) == name


def test_a_secret_that_only_the_rest_of_its_path_tells_is_no_project() -> None:
    assert record(project_name="https://7abcdefghij0123456789@example.org")["project_name"] == (
        "[REDACTED:url_token]@example.org"
    )


@pytest.mark.parametrize("field", ["project_name", "model", *NAMES])
def test_an_empty_name_is_absent(field: str) -> None:
    assert record(**{field: "", "token_usage": []})[field] is None


@pytest.mark.parametrize(("field", "longest"), NAMES.items())
def test_a_name_without_a_limit_on_the_wire_is_cut(field: str, longest: int) -> None:
    changes = {field: "x" * (longest + 1)}

    assert len(record(**changes)[field]) == longest
    assert field in warnings(**changes)[0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 500, 500),
        ("é" * 250, 250),
        ("é" * 251, 250),
        ("x" + "é" * 250, 250),
        ("€" * 500, 166),
        ("😀" * 500, 125),
    ],
)
def test_a_project_is_cut_to_bytes_at_a_whole_character(name: str, kept: int) -> None:
    assert record(project_name=name)["project_name"] == name[:kept]
    assert len(warnings(project_name=name)) == (kept < len(name))


def test_what_is_far_beyond_the_cut_is_never_searched() -> None:
    seen: list[str] = []

    class Watching(Redactor):
        def over(self, texts: Iterable[str]) -> Redaction:
            seen.extend(texts)
            return super().over(seen)

    upload = read_session(session(git_branch="-eyJ" * 2**20, machine="x" * 10**6))
    session_record(upload, share_level="metadata", now=NOW, redactor=Watching("dkd_sk_"))

    assert max(map(len, seen)) == 1000


def test_times_are_stored_in_utc() -> None:
    body = record(started_at="2026-11-20T10:00:00+02:00", ended_at="2026-11-20T09:30:00.5Z")

    assert (body["started_at"], body["ended_at"]) == ("2026-11-20T08:00:00Z", "2026-11-20T09:30:00.500000Z")


@pytest.mark.parametrize(
    "moment",
    [
        ZERO,
        "0001-01-01T00:00:00+14:00",
        "2019-12-31T23:59:59Z",
        "2026-11-24T12:00:01Z",
        "9999-12-31T00:00:00Z",
    ],
)
def test_a_start_that_cannot_be_true_gives_way_to_the_first_time_inside(moment: str) -> None:
    changes = {"started_at": moment, "token_usage": [row(output=1, timestamp="2026-11-20T09:00:00Z")]}

    assert record(**changes)["started_at"] == "2026-11-20T09:00:00Z"
    assert warnings(**changes) == ["started_at is no usable time: the first time inside the session is used."]


@pytest.mark.parametrize("share_level", ["full", "metadata"])
def test_a_message_tells_the_start_even_where_its_text_is_not_kept(share_level: str) -> None:
    assert record(share_level, started_at=ZERO, token_usage=None)["started_at"] == "2026-11-20T10:00:01Z"


def test_without_any_time_the_time_of_receipt_is_the_start() -> None:
    changes = {"started_at": ZERO, "messages": None, "token_usage": [row(output=1, timestamp=ZERO)]}

    assert record(**changes)["started_at"] == "2026-11-22T12:00:00Z"
    assert warnings(**changes)[0] == "started_at is no usable time: the time of receipt is used."


@pytest.mark.parametrize("moment", [ZERO, "2026-11-20T09:59:59Z", "2027-01-01T00:00:00Z"])
def test_an_end_that_cannot_be_true_is_unknown(moment: str) -> None:
    assert record(ended_at=moment)["ended_at"] is None
    assert len(warnings(ended_at=moment)) == 1


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2026-11-24T12:00:00Z"])
def test_the_edges_of_the_possible_are_kept(moment: str) -> None:
    assert record(started_at=moment, ended_at=None)["started_at"] == moment


def test_a_zero_time_of_a_message_or_a_row_is_unknown() -> None:
    body = record(
        messages=[{"seq": 0, "role": "user", "timestamp": ZERO}], token_usage=[row(output=1, timestamp=ZERO)]
    )

    assert body["messages"][0]["timestamp"] is None
    assert body["responses"][0][1] is None


def test_totals_come_from_the_token_rows_and_the_reported_ones_stay_beside() -> None:
    body = record()

    assert (body["total_tokens_in"], body["total_tokens_out"]) == (15, 10)
    assert (body["cache_read_tokens"], body["cache_creation_tokens"]) == (200, 40)
    assert (body["reported_tokens_in"], body["reported_tokens_out"]) == (30, 15)


@pytest.mark.parametrize("rows", [None, []])
def test_without_token_rows_the_reported_totals_are_the_totals(rows: list[Any] | None) -> None:
    body = record(token_usage=rows)

    assert (body["total_tokens_in"], body["total_tokens_out"], body["responses"]) == (30, 15, [])
    assert [(entry["model"], entry["tokens_in"], entry["responses"]) for entry in body["models"]] == [
        (MODEL, 30, 0)
    ]


def test_only_synthetic_rows_are_no_tokens() -> None:
    body = record(token_usage=[row(output=9, model="<synthetic>")])

    assert (body["total_tokens_in"], body["total_tokens_out"]) == (0, 0)
    assert [entry["model"] for entry in body["models"]] == [MODEL]


@pytest.mark.parametrize("model", [None, "", "<synthetic>"])
def test_a_session_without_a_model_takes_that_of_most_responses(model: str | None) -> None:
    assert record(model=model)["model"] == MODEL


def test_the_models_add_up_to_the_session() -> None:
    body = record(token_usage=[row(1, output=2), row(3, output=4, model="b"), row(5, output=6, model=None)])

    assert [entry["model"] for entry in body["models"]] == [MODEL, "b", ""]
    assert sum(entry["tokens_in"] for entry in body["models"]) == body["total_tokens_in"] == 9


def test_responses_are_kept_for_pricing() -> None:
    rows = [row(5, output=7, timestamp="2026-11-20T12:00:00+02:00")]

    assert record(token_usage=rows)["responses"] == [[MODEL, "2026-11-20T10:00:00Z", 5, 7, 100, 20]]


def test_token_rows_that_add_up_to_nonsense_are_refused() -> None:
    with pytest.raises(Unusable) as unusable:
        record(token_usage=[row(MOST, output=1), row(MOST - 1, output=1)])

    assert unusable.value.complaints[0].pointer == "/token_usage"


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


@pytest.mark.parametrize(("count", "outcome"), [(MOST, None), (None, None)])
def test_what_is_counted_together_stays_possible(count: int | None, outcome: int | None) -> None:
    other = "dkd_sk_" + "j" * 43
    tools = {KEY: {"count": MOST, "success": count}, other: {"count": 1, "success": 1}}

    (entry,) = record(agent="x", tools=tools)["tools"]
    assert (entry["call_count"], entry["success_count"]) == (MOST, outcome)


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


def test_the_time_of_receipt_is_told_in_utc() -> None:
    now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC).astimezone()

    assert record(now=now, started_at=ZERO, messages=None)["started_at"] == "2026-11-22T23:00:00Z"


@pytest.mark.parametrize(("field", "longest"), NAMES.items())
def test_a_secret_across_the_cut_of_a_name_leaves_nothing(field: str, longest: int) -> None:
    secret = "ghp_" + "a1B2" * 10

    kept = record(**{field: "x" * (longest - 11) + "/" + secret})[field]

    assert "ghp_" not in kept and len(kept) == longest


def test_a_session_names_only_so_many_models() -> None:
    rows = [row(number, output=1, model=f"m{number}") for number in range(101)]

    assert len(record(token_usage=rows[:100])["models"]) == 100
    with pytest.raises(Unusable) as refused:
        record(token_usage=rows)
    assert refused.value.complaints == [Complaint("/token_usage", "names more than 100 models")]
