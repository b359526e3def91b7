"""JSON, read strictly: what other parsers let pass is a fault here, with a pointer."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.api_errors import ApiError
from ingest.http.strict_json import (
    MAX_DEPTH,
    MAX_ERRORS,
    MAX_ITEMS_WITH_ERRORS,
    MAX_MARKS,
    Document,
    marks_of,
    parse,
    parse_thoroughly,
)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_sound_json_has_no_faults() -> None:
    assert parse(b'{"a": [1, 2.5, "\\u00e9", null, true]}') == ({"a": [1, 2.5, "é", None, True]}, [])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"{'a': 1}", "invalid_json"),
        (b'{"a": 1,}', "invalid_json"),
        (b'{"a": 1} x', "invalid_json"),
        (b'"\x00"', "invalid_json"),
        (b'"\xff"', "invalid_json"),
        (b'\xef\xbb\xbf{"a": 1}', "invalid_json"),
        ('"é"'.encode("utf-16"), "invalid_json"),
        (b'{"a":' * 100_000, "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b"[" * 2000 + b'"' + b'\\"' * 1_000_000, "invalid_json"),
    ],
)
def test_what_is_no_json_is_refused_at_once(data: bytes, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(data)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("data", "reason", "pointer"),
    [
        (b'{"a": NaN}', "not_a_number", "/a"),
        (b"[1, -Infinity]", "not_a_number", "/1"),
        (b'{"a": {"b/c": 1e999}}', "not_a_number", "/a/b~1c"),
        (b"1" * 5000, "not_a_number", ""),
        (b'{"a": NaN, "b": -' + b"1" * 4301 + b"}", "not_a_number", "/a"),
        (b'[1, {"a": ' + b"9" * 100_000 + b"}]", "not_a_number", "/1/a"),
        (nested(100_000), "too_deep", "/0" * MAX_DEPTH),
        (b'["]", ' + nested(5000) + b', "["]', "too_deep", "/1" + "/0" * (MAX_DEPTH - 1)),
        (b'{"a": ' + b'{"b\\"}": ' * 1000 + b"1" + b"}" * 1001, "too_deep", "/a" + '/b"}' * (MAX_DEPTH - 1)),
        (b'{"a": 1, "b": 2, "a": 3}', "duplicate_key", "/a"),
        (b'[{}, {"x": {"y": 1, "y": 1}}]', "duplicate_key", "/1/x/y"),
        (b'{"a": ["ok", "\\ud800"]}', "lone_surrogate", "/a/1"),
        (b'{"a": "\\udc00\\ud800"}', "lone_surrogate", "/a"),
        (b'{"\\ud800": 1}', "lone_surrogate", ""),
        (b'{"a": ' + nested(MAX_DEPTH) + b"}", "too_deep", "/a" + "/0" * (MAX_DEPTH - 1)),
    ],
)
def test_a_fault_is_told_with_its_pointer(data: bytes, reason: str, pointer: str) -> None:
    json_errors = parse(data).json_errors

    assert [(json_error.reason, json_error.field_error().pointer) for json_error in json_errors][:1] == [
        (reason, pointer)
    ]


def test_a_sound_document_is_given_and_a_faulty_one_refused() -> None:
    assert parse(b'{"a": 1}').raise_for_errors() == {"a": 1}
    with pytest.raises(ApiError, match="duplicate_key"):
        parse(b'{"a": 1, "a": 1}').raise_for_errors()


@pytest.mark.parametrize("levels", [1, 2, MAX_DEPTH])
def test_the_deepest_allowed_nesting_is_read(levels: int) -> None:
    assert parse(nested(levels)).json_errors == []


@pytest.mark.parametrize(
    "text", ['"[[[["', '"\\""', '"\\\\"', '"a\\\\\\"[{"', "[]", '{"a\\"[": "{"}', '"' + "[" * 100 + '"']
)
def test_brackets_inside_strings_are_no_nesting(text: str) -> None:
    assert parse(text.encode()).json_errors == []


@pytest.mark.parametrize("bad", [nested(100_000), b"1" * 5000])
def test_what_stands_beside_the_unreadable_is_read(bad: bytes) -> None:
    value, json_errors = parse(b'[{"a": [1, "[["]}, ' + bad + b', {"b": 12}]')

    assert (value[0], value[2]) == ({"a": [1, "[["]}, {"b": 12})
    assert {json_error.path[0] for json_error in json_errors} == {1}


def test_a_name_that_stands_twice_is_found_quickly_among_many() -> None:
    names = b", ".join(b'"%d": 0' % place for place in range(50_000))
    began = time.process_time()

    assert parse(b"{" + names + b', "x": 0, "x": 0}').json_errors[0].path == ("x",)
    assert time.process_time() - began < 1


def test_of_one_item_only_some_faults_are_told() -> None:
    json_errors = parse(b"[[" + b"NaN, " * 1000 + b"0], NaN]").json_errors

    assert [json_error.path[0] for json_error in json_errors] == [0] * MAX_ERRORS + [1]


def test_of_a_flood_of_faulty_items_only_so_many_are_told_as_a_batch_may_have() -> None:
    json_errors = parse(b"[" + b"NaN, " * 5000 + b"0]").json_errors

    assert [json_error.path for json_error in json_errors] == [
        (place,) for place in range(MAX_ITEMS_WITH_ERRORS + 1)
    ]


@pytest.mark.parametrize("told", [b"NaN, " * MAX_ERRORS, b""])
def test_what_is_no_longer_told_is_made_safe_all_the_same(told: bytes) -> None:
    value, _ = parse(b"[[" + told + b'NaN, "\\ud800", {"\\u0000": [1.5, true]}, ' + nested(40) + b"]]")

    assert value[0][-4:-1] == [None, "\ufffd", {"\ufffd": [1.5, True]}]
    assert repr(value[0][-1]).count("[") < MAX_DEPTH


def test_empty_texts_beside_brackets_in_texts_hide_no_nesting() -> None:
    around = b'{"": "", "[[": "", "": "]", "{": ["", "", "]", ""], "deep": '

    assert [
        json_error.path[0]
        for json_error in parse(around.replace(b'"": "]", ', b"") + nested(40) + b"}").json_errors
    ] == ["deep"]


def test_nul_becomes_the_replacement_character_in_keys_too() -> None:
    assert parse(b'{"a\\u0000": ["b\\u0000c"]}') == ({"a\ufffd": ["b\ufffdc"]}, [])


def test_a_proper_surrogate_pair_is_one_character() -> None:
    assert parse(b'"\\ud83d\\ude00"') == ("\U0001f600", [])


def test_what_is_left_of_a_faulty_document_is_safe_to_store() -> None:
    value = parse(b'{"a": NaN, "b": "x\\ud800", "c": ' + nested(40) + b"}").value

    assert value["a"] is None
    assert value["b"].encode() == b"x\xef\xbf\xbd"


@pytest.mark.parametrize(
    "data", [b"[" + b"{}," * 700_000, b"[" + b"1," * 2_000_001, b"[" * 5_000_000, b'"[",' * 6_000_000]
)
def test_a_flood_of_tiny_values_is_refused_before_it_fills_the_memory(data: bytes) -> None:
    with pytest.raises(ApiError, match="too_large"):
        parse(data)


def test_the_most_token_rows_of_a_session_are_few_enough_values() -> None:
    row = b'{"message_sequence":1,"timestamp":"t","model":"m","response_id":"r","input_tokens":1,'
    row += b'"output_tokens":1,"cache_read_tokens":1,"cache_creation_tokens":1}'

    assert parse(b'{"token_usage":[' + b",".join([row] * 100_000) + b"]}").json_errors == []


def test_names_count_as_values() -> None:
    with pytest.raises(ApiError, match="too_large"):
        parse(b"{" + b",".join([b'"a":1'] * (MAX_MARKS // 2 + 1)) + b"}")


def test_commas_and_brackets_of_long_texts_do_not_count() -> None:
    assert parse(b'"' + b"[,]{}" * 1_000_000 + b'"').json_errors == []


@pytest.mark.parametrize(
    ("text", "value"), [(b"12.0", 12), (b"1e3", 1000), (b"-0.0", 0), (b"1.5", 1.5), (b"1e300", 1e300)]
)
def test_a_whole_number_is_one_however_it_is_written(text: bytes, value: float) -> None:
    read = parse(text).raise_for_errors()

    assert (read, type(read)) == (value, type(value))


LEAVES = st.sampled_from(
    ["1", "-0", "1.5", "2.0", "1e400", "NaN", "null", "true", '"a:,"', r'"\"{"', r'"\ud83d"', "01"]
)
NAMES = st.sampled_from(['"a"', '"b"', r'"\u0061"', r'"\":"'])
TEXTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(NAMES, inner), max_size=3).map(
            lambda members: f"{{{','.join(f'{name}:{value}' for name, value in members)}}}"
        )
    ),
    max_leaves=8,
)


def outcome(read: Callable[[bytes], Document], data: bytes) -> object:
    try:
        document = read(data)
    except ApiError as api_error:
        return api_error.reason
    return repr(document.value), document.json_errors


@given(TEXTS)
def test_the_quick_way_and_the_thorough_one_come_to_the_same(text: str) -> None:
    data = text.encode()

    assert outcome(parse, data) == outcome(lambda sent: parse_thoroughly(sent, marks_of(sent)), data)
