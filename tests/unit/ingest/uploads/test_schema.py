"""The wire format: what is accepted, and what is told about the rest."""

from typing import Any

import pytest

from ingest.uploads.schema import MAX_COUNT, ValidationFailed, read_plan, read_session
from tests.unit.ingest.wire import plan, row, session


def field_errors(item: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as invalid:
        read_session(item)
    return [(field_error.pointer, field_error.detail) for field_error in invalid.value.field_errors]


def test_a_complete_session_is_read() -> None:
    upload = read_session(session())

    assert upload.session_id == "s1"
    assert upload.tools is not None and upload.tools["Bash"].count == 2


def test_two_fields_are_enough() -> None:
    assert read_session({"session_id": "s", "started_at": "2026-01-01T00:00:00+02:00"}).messages is None


def test_unknown_fields_are_ignored() -> None:
    assert read_session(session(shiny={"new": [1]}, token_usage=[row(output=1, thinking=5)]))


@pytest.mark.parametrize("field", sorted(set(session()) - {"session_id", "started_at"}))
def test_null_is_absent(field: str) -> None:
    assert getattr(read_session(session() | {field: None}), field) is None


@pytest.mark.parametrize(
    "item",
    [
        session(tags=[None, "a"]),
        session(tools={"Bash": None, "Read": {"count": 1, "success": None, "errors": None}}),
        session(token_usage=[None, {"model": None, "input_tokens": None, "output_tokens": 1}]),
        session(tool_calls=[None, {"tool_name": "Bash", "tool_input": None, "success": None}]),
        session(messages=[None, {"seq": 0, "role": "user", "content": None, "timestamp": None}]),
    ],
)
def test_null_is_absent_inside_too(item: dict[str, Any]) -> None:
    assert read_session(item).session_id == "s1"


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00Z",
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.123456789Z",
        "2026-01-31T12:00:00-23:59",
        "2026-01-31 12:00:00+00:00",
    ],
)
def test_rfc_3339_times_are_read(moment: str) -> None:
    assert read_session(session(started_at=moment)).started_at.tzinfo is not None


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31T12:00:00",
        "2026-01-31",
        "tomorrow",
        "infinity",
        "",
        "294276-12-31T00:00:00Z",
        "0044-03-15T12:00:00Z BC",
        "2026-02-30T00:00:00Z",
        1769860800,
        True,
    ],
)
@pytest.mark.parametrize("field", ["started_at", "ended_at"])
def test_other_times_are_refused(field: str, moment: object) -> None:
    ((pointer, detail),) = field_errors(session(**{field: moment}))

    assert pointer == f"/{field}"
    assert detail.startswith("must be a time with an offset")


@pytest.mark.parametrize("item", [None, 1, "x", [], True])
def test_an_item_that_is_no_object_is_refused(item: object) -> None:
    assert field_errors(item) == [("", "must be an object")]


@pytest.mark.parametrize("field", ["session_id", "started_at"])
@pytest.mark.parametrize("absent", [{}, {"session_id": None, "started_at": None}])
def test_what_is_required_must_be_there(field: str, absent: dict[str, None]) -> None:
    assert (f"/{field}", "is required") in field_errors(absent)


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("session_id", "", "/session_id"),
        ("session_id", "x" * 201, "/session_id"),
        ("session_id", 7, "/session_id"),
        ("project_name", "x" * 501, "/project_name"),
        ("project_name", ["x"], "/project_name"),
        ("model", "x" * 201, "/model"),
        ("total_messages", -1, "/total_messages"),
        ("total_messages", 1.5, "/total_messages"),
        ("total_messages", "12", "/total_messages"),
        ("total_messages", True, "/total_messages"),
        ("total_tokens_in", MAX_COUNT + 1, "/total_tokens_in"),
        ("total_tokens_out", -1, "/total_tokens_out"),
        ("total_tokens_out", 2**63, "/total_tokens_out"),
        ("tags", "tool:Bash", "/tags"),
        ("tags", ["ok", "x" * 101], "/tags/1"),
        ("tags", [{}], "/tags/0"),
        ("machine", 1, "/machine"),
        ("tools", [], "/tools"),
        ("tools", {"Bash": 3}, "/tools/Bash"),
        ("tools", {"Bash": {}}, "/tools/Bash/count"),
        ("tools", {"Bash": {"count": 1}, "a/b~c": {"count": -1}}, "/tools/a~1b~0c/count"),
        ("tools", {"Bash": {"count": 1, "success": "1"}}, "/tools/Bash/success"),
        ("tools", {"": {"count": 1}}, "/tools"),
        ("tools", {"x" * 201: {"count": 1}}, "/tools"),
        ("token_usage", {}, "/token_usage"),
        ("token_usage", [row(output=1), row(output=-1)], "/token_usage/1/output_tokens"),
        ("token_usage", [row(output=1, timestamp="noon")], "/token_usage/0/timestamp"),
        ("token_usage", [row(output=1, response_id=5)], "/token_usage/0/response_id"),
        ("tool_calls", [{}], "/tool_calls/0/tool_name"),
        ("tool_calls", [{"tool_name": "Bash", "success": "yes"}], "/tool_calls/0/success"),
        ("tool_calls", [{"tool_name": "Bash", "duration_ms": -1}], "/tool_calls/0/duration_ms"),
        ("tool_calls", [{"tool_name": "Bash", "tool_input": 5}], "/tool_calls/0/tool_input"),
        ("messages", [{"role": "user", "content": "x"}], "/messages/0/seq"),
        ("messages", [{"seq": 0, "content": "x"}], "/messages/0/role"),
        ("messages", [{"seq": 0, "role": "user", "content": {}}], "/messages/0/content"),
    ],
)
def test_a_wrong_value_is_told_with_its_pointer(field: str, value: object, pointer: str) -> None:
    assert [told for told, _ in field_errors(session(**{field: value}))] == [pointer]


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("total_messages", "12", "must be a whole number, not a string"),
        ("total_messages", -1, "must be a whole number >= 0"),
        ("tags", {}, "must be a list, not an object"),
        ("session_id", "", "must be a string of length >= 1"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(field: str, value: object, detail: str) -> None:
    assert field_errors(session(**{field: value})) == [(f"/{field}", detail)]


@pytest.mark.parametrize(
    ("field", "entry", "most"),
    [
        ("tags", "x", 1_000),
        ("token_usage", {}, 100_000),
        ("tool_calls", {"tool_name": "Bash"}, 100_000),
        ("messages", {"seq": 0, "role": "user"}, 100_000),
    ],
)
def test_a_list_may_be_long_but_not_endless(field: str, entry: object, most: int) -> None:
    assert read_session(session(**{field: [entry] * most}))
    assert field_errors(session(**{field: [entry] * (most + 1)})) == [
        (f"/{field}", f"must be a list of length <= {most}")
    ]


def test_tools_may_be_many_but_not_endless() -> None:
    tools = {str(place): {"count": 1} for place in range(301)}

    assert field_errors(session(tools=tools)) == [("/tools", "must be an object of length <= 300")]


def test_every_wrong_field_is_told_at_once() -> None:
    told = field_errors(session(model=1, tags=2, messages=3))

    assert [pointer for pointer, _ in told] == ["/model", "/tags", "/messages"]


@pytest.mark.parametrize("count", [0, 2**31, 2**39, MAX_COUNT])
def test_counts_may_be_larger_than_32_bits(count: int) -> None:
    assert read_session(session(total_tokens_in=count)).total_tokens_in == count


def plan_field_errors(item: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as invalid:
        read_plan(item)
    return [(field_error.pointer, field_error.detail) for field_error in invalid.value.field_errors]


def test_a_plan_of_two_fields_is_enough() -> None:
    assert (
        read_plan({"name": "otter", "content": "", "title": None, "created_at": None, "new": 1}).title is None
    )


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("name", "", "must be a string of length >= 1"),
        ("name", "x" * 201, "must be a string of length <= 200"),
        ("name", None, "is required"),
        ("content", None, "is required"),
        ("content", ["x"], "must be a string, not a list"),
        ("title", 5, "must be a string, not a whole number"),
    ],
)
def test_a_wrong_field_of_a_plan_is_told_with_its_pointer(field: str, value: object, detail: str) -> None:
    assert plan_field_errors(plan() | {field: value}) == [(f"/{field}", detail)]


def test_a_plan_that_is_no_object_is_refused() -> None:
    assert plan_field_errors([]) == [("", "must be an object")]
