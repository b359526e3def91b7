"""Sessions as no client should send them: each a text of JSON, or nearly, to be sent alone and among others."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

STARTED_AT = "2026-11-20T10:00:00Z"
MOST = 10**12
#: Stands where the hostile text goes, and where each item gets a name of its own.
HOLE, NAME = "@hole@", "@name@"


class Item(NamedTuple):
    """One item: what it is an example of, what is wrong with it, and its text."""

    kind: str
    label: str
    text: str
    path: str = "/api/v1/sessions"


def around(**fields: Any) -> str:
    """A session that has these fields beside those that must be there."""
    return json.dumps({"session_id": NAME, "started_at": STARTED_AT} | fields)


ROW = {"model": "m", "input_tokens": 1, "output_tokens": 1}
#: Where text may stand.
TEXTS = {
    "session_id": around(session_id=HOLE),
    "project_name": around(project_name=HOLE),
    "model": around(model=HOLE),
    "git_branch": around(git_branch=HOLE),
    "machine": around(machine=HOLE),
    "agent": around(agent=HOLE),
    "agent_version": around(agent_version=HOLE),
    "tag": around(tags=["a", HOLE]),
    "tool": around(tools={HOLE: {"count": 1}}),
    "role": around(messages=[{"seq": 0, "role": HOLE, "content": "x"}]),
    "content": around(messages=[{"seq": 0, "role": "user", "content": HOLE}]),
    "tool_name": around(tool_calls=[{"tool_name": HOLE}]),
    "tool_input": around(tool_calls=[{"tool_name": "Bash", "tool_input": HOLE}]),
    "key_in_tool_input": around(tool_calls=[{"tool_name": "Bash", "tool_input": {HOLE: 1}}]),
    "response_id": around(token_usage=[ROW | {"response_id": HOLE}]),
    "unknown_field": around(unknown=HOLE),
    "unknown_name": around(**{HOLE: 1}),
}
#: Where numbers may.
NUMBERS = {
    "total_messages": around(total_messages=HOLE),
    "total_tokens_in": around(total_tokens_in=HOLE),
    "total_tokens_out": around(total_tokens_out=HOLE),
    "count": around(tools={"Bash": {"count": HOLE}}),
    "success": around(agent="x", tools={"Bash": {"count": 2, "success": HOLE}}),
    "errors": around(tools={"Bash": {"count": 2, "errors": HOLE}}),
    "input_tokens": around(token_usage=[ROW | {"input_tokens": HOLE}]),
    "cache_read_tokens": around(token_usage=[ROW | {"cache_read_tokens": HOLE}]),
    "message_sequence": around(tool_calls=[{"tool_name": "Bash", "message_sequence": HOLE}]),
    "duration_ms": around(tool_calls=[{"tool_name": "Bash", "duration_ms": HOLE}]),
    "seq": around(messages=[{"seq": HOLE, "role": "user"}]),
}
#: Where times may.
TIMES = {
    "started_at": around(started_at=HOLE),
    "ended_at": around(ended_at=HOLE),
    "message": around(messages=[{"seq": 0, "role": "user", "timestamp": HOLE}]),
    "token_row": around(token_usage=[ROW | {"timestamp": HOLE}]),
}
LISTS = {name: around(**{name: HOLE}) for name in ("tags", "tools", "token_usage", "tool_calls", "messages")}
EVERYWHERE = TEXTS | NUMBERS | TIMES | LISTS

# What is put there, as JSON.
NULS = {"escaped": '"a\\u0000b"', "alone": '"\\u0000"'}
HALVES = {"high": '"\\ud800"', "low": '"a\\udc00"', "reversed": '"\\udc00\\ud800"'}
_MOMENTS = """
tomorrow
now
infinity
-infinity
epoch
294276-12-31T00:00:00Z
0044-03-15 BC
0001-01-01T00:00:00Z
0001-01-01T00:00:00+14:00
0000-01-01T00:00:00Z
9999-12-31T23:59:59-14:00
2026-02-30T00:00:00Z
2026-13-01T00:00:00Z
2026-11-20T24:00:00Z
2026-12-31T23:59:60Z
2026-11-20T10:00:00
2026-11-20
10:00:00Z
2026-11-20T10:00:00+25:00
2026-11-20T10:00:00+99:99
2026-11-20T10:00:00.123456789123Z
2026-11-20t10:00:00z
2026-11-20 10:00:00Z
+2026-11-20T10:00:00Z
1969-12-31T23:59:59Z
2019-12-31T23:59:59Z
2100-01-01T00:00:00Z
2026-W47-5
٢٠٢٦-11-20T10:00:00Z
"""
MOMENTS = {moment or "empty": json.dumps(moment) for moment in _MOMENTS.split("\n")[1:]}
_HOSTILE = {
    "SQL": "'; DROP TABLE sessions; --",
    "format": "%s %(name)s {0} {name!r} $1 :name",
    "COPY": "\\N\t\\.\n\\x00",
    "CSV formula": '=HYPERLINK("http://x","y")',
    "terminal": "\x1b[31mred\x1b]0;title\x07",
    "log line": 'x"}\n{"event":"request","level":"info"}',
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "path": "../../../../etc/passwd",
    "windows path": "C:\\Users\\..\\..\\secret\\",
    "slashes": "////\\\\\\",
    "prototype": "__proto__",
    "right to left": "\u202eabc\u202c",
    "zalgo": "a" + "\u0300\u0316" * 90,
    "no characters": "\ufffe\uffff\U0010ffff",
    "line separators": "\u2028\u2029\x85\x0b",
    "joined": "\u200d\ufeff\u00ad",
    "controls": "".join(map(chr, range(1, 32))),
}
HOSTILE = {name: json.dumps(text) for name, text in _HOSTILE.items()}
VALUES = {
    "null": "null",
    "true": "true",
    "a number": "7",
    "a string": '"x"',
    "a list": "[[]]",
    "an object": '{"a":{}}',
}


def fill(places: dict[str, str], kind: str, texts: dict[str, str]) -> Iterator[Item]:
    """Each of the texts at each of the places."""
    for label, text in texts.items():
        for place, around_it in places.items():
            yield Item(kind, f"{label} at {place}", around_it.replace(json.dumps(HOLE), text))


def nul() -> Iterator[Item]:
    yield from fill(TEXTS, "NUL", NULS)
    yield from fill(
        {"content": TEXTS["content"]}, "NUL", {"raw": '"a\0b"', "many": '"' + "\\u0000" * 5000 + '"'}
    )


def surrogates() -> Iterator[Item]:
    yield from fill(TEXTS, "lone surrogate", HALVES)


def not_numbers() -> Iterator[Item]:
    texts = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")
    yield from fill(
        NUMBERS | {"unknown_field": TEXTS["unknown_field"]}, "not a number", {text: text for text in texts}
    )


def numbers() -> Iterator[Item]:
    texts = {
        "2^31": str(2**31),
        "2^63": str(2**63),
        "2^64": str(2**64),
        "10^12+1": str(MOST + 1),
        "10^15": str(10**15),
        "minus one": "-1",
        "a fraction": "1.7",
        "a string": '"12"',
        "true": "true",
        "1e30": "1e30",
        "1e300": "1e300",
        "whole with a fraction": "12.0",
        "the most": str(MOST),
        "tiny": "1e-400",
        "minus zero": "-0",
    }
    yield from fill(NUMBERS, "number", texts)


def long_numbers() -> Iterator[Item]:
    places = {name: NUMBERS[name] for name in ("total_tokens_in", "count", "seq")}
    texts = {f"{digits} digits": "7" * digits for digits in (20, 4300, 4301, 100_000)}
    yield from fill(
        places, "long number", texts | {"long fraction": "0." + "3" * 5000, "long exponent": "1e" + "9" * 400}
    )


def nesting() -> Iterator[Item]:
    places = {name: TEXTS[name] for name in ("tool_input", "unknown_field", "session_id")}
    # 27 is the most that an item can hold in the deepest of these places, alone or in a batch.
    for depth in (10, 27, 33, 64, 101, 1_000, 20_000, 100_000):
        yield from fill(places, "nesting", {f"{depth} lists": "[" * depth + "]" * depth})
        yield from fill(places, "nesting", {f"{depth} objects": '{"a":' * depth + "1" + "}" * depth})
    yield from fill(places, "nesting", {"never closed": "[" * 5_000, "closed wrongly": "[{" * 50 + "]}" * 50})


def duplicates() -> Iterator[Item]:
    yield Item(
        "duplicate key",
        "at the top",
        f'{{"session_id":"{NAME}","session_id":"b","started_at":"{STARTED_AT}"}}',
    )
    yield Item(
        "duplicate key",
        "escaped",
        f'{{"session_id":"{NAME}","session\\u005fid":"b","started_at":"{STARTED_AT}"}}',
    )
    inside = '{"a":1,"b":{"c":1,"c":2}}'
    yield from fill(
        {name: TEXTS[name] for name in ("tool_input", "unknown_field")}, "duplicate key", {"inside": inside}
    )
    tools = '{"Bash":{"count":1},"Bash":{"count":2}}'
    yield from fill(
        {"tools": LISTS["tools"]},
        "duplicate key",
        {"tool": tools, "member": '{"Bash":{"count":1,"count":2}}'},
    )
    yield from fill(
        {"unknown_field": TEXTS["unknown_field"]}, "duplicate key", {"many": "{" + '"a":1,' * 999 + '"a":1}'}
    )


def times() -> Iterator[Item]:
    yield from fill(TIMES, "time", MOMENTS)
    yield from fill(TIMES, "time", {"seconds": "1763632800", "a list": "[2026]", "null": "null"})


def order() -> Iterator[Item]:
    yield Item("order", "ended before it began", around(ended_at="2026-11-20T09:59:59Z"))
    yield Item(
        "order", "took a year", around(started_at="2025-11-20T10:00:00Z", ended_at="2026-11-20T10:00:00Z")
    )
    yield Item(
        "order",
        "more successes than calls",
        around(agent="x", tools={"Bash": {"count": 1, "success": 5, "errors": 5}}),
    )
    yield Item(
        "order", "messages backwards", around(messages=[{"seq": seq, "role": "user"} for seq in (9, 5, 1)])
    )
    yield Item(
        "order",
        "sums over the limit",
        around(token_usage=[ROW | {"response_id": str(n), "input_tokens": MOST} for n in range(3)]),
    )
    yield Item(
        "order",
        "sums over 64 bits",
        around(token_usage=[ROW | {"response_id": str(n), "output_tokens": MOST} for n in range(90)]),
    )


def repeats() -> Iterator[Item]:
    yield Item(
        "twice in one", "seq", around(messages=[{"seq": 1, "role": "user", "content": text} for text in "ab"])
    )
    yield Item("twice in one", "tag", around(tags=["a", "a", "A", "a"]))
    yield Item("twice in one", "response", around(token_usage=[ROW | {"response_id": "r"}] * 500))
    yield Item(
        "twice in one",
        "tools that differ in a NUL",
        around(tools={"a\0": {"count": 1}, "a\ufffd": {"count": 2}}),
    )
    yield Item("twice in one", "tags that differ in a NUL", around(tags=["a\0", "a\ufffd"]))


def lengths() -> Iterator[Item]:
    for length in (100, 101, 200, 201, 500, 501, 3_000, 70_000):
        yield from fill(TEXTS, "length", {f"{length} characters": json.dumps(_random_looking(length))})
    yield from fill(
        TEXTS,
        "length",
        {"200 of four bytes": json.dumps("\U0001f600" * 200), "empty": '""', "a space": '" "'},
    )


def _random_looking(length: int) -> str:
    """Text that PostgreSQL cannot make shorter, the same each time."""
    state, letters = 1, []
    for _ in range(length):
        state = state * 6364136223846793005 + 1442695040888963407 & 2**64 - 1
        letters.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[state >> 58])
    return "".join(letters)


def texts() -> Iterator[Item]:
    yield from fill(TEXTS, "text", HOSTILE)


def types() -> Iterator[Item]:
    yield from fill(EVERYWHERE, "type", VALUES)


def many() -> Iterator[Item]:
    yield Item("many", "tags", around(tags=[str(n) for n in range(1_001)]))
    yield Item("many", "tools", around(tools={str(n): {"count": 1} for n in range(2_001)}))
    yield Item("many", "rows of nothing", around(token_usage=[None] * 100_001))
    yield Item("many", "rows at the limit", around(token_usage=[None] * 100_000))
    yield Item(
        "many",
        "messages",
        around(messages=[{"seq": n, "role": "user", "content": "x"} for n in range(5_000)]),
    )
    yield Item("many", "unknown fields", around(**{f"field{n}": n for n in range(20_000)}))
    yield Item(
        "many", "megabytes of text", around(messages=[{"seq": 0, "role": "user", "content": "x" * 3_000_000}])
    )
    yield Item("many", "megabytes of a name", around(machine="x" * 1_000_000))
    yield Item(
        "many", "near-secrets", around(messages=[{"seq": 0, "role": "user", "content": "sk-" * 200_000}])
    )


def syntax() -> Iterator[Item]:
    whole = around()
    broken = {
        "comma at the end": whole[:-1] + ",}",
        "cut": whole[:-1],
        "cut in a string": whole[:20],
        "closed twice": whole + "}",
        "a comment": whole[:-1] + "/* */}",
        "single quotes": whole.replace('"', "'"),
        "names without quotes": "{session_id: 1}",
        "control characters": around(model=HOLE).replace(HOLE, "a\nb\tc\x01"),
        "wrong escape": around(model=HOLE).replace(HOLE, "\\x41"),
        "short escape": around(model=HOLE).replace(HOLE, "\\u12"),
    }
    for number in (
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "1_000",
        "--1",
        "1e",
        "undefined",
        "None",
        "True",
        "'1'",
        "1,,1",
    ):
        broken[f"the number {number}"] = NUMBERS["count"].replace(json.dumps(HOLE), number)
    for label, text in broken.items():
        yield Item("syntax", label, text)


def plans() -> Iterator[Item]:
    """Plans have fewer places, and the same can go wrong in them."""
    plan = {"name": NAME, "title": "t", "content": "c", "created_at": STARTED_AT}
    places = {name: json.dumps(plan | {name: HOLE}) for name in plan}
    for kind, values in (
        ("NUL", NULS),
        ("lone surrogate", HALVES),
        ("text", HOSTILE),
        ("type", VALUES),
        ("time", MOMENTS),
    ):
        for item in fill(places, f"plan: {kind}", values):
            yield item._replace(path="/api/v1/plans")


def shapes() -> Iterator[Item]:
    for text in (
        "null",
        "true",
        "0",
        "1.5",
        '"x"',
        "[]",
        "{}",
        "[[[]]]",
        '{"":{}}',
        '""',
        '[{"session_id":1}]',
    ):
        yield Item("shape", text, text)


STRICT = (nul, surrogates, not_numbers, long_numbers, nesting, duplicates, syntax, shapes)
VALID_BUT = (numbers, times, order, repeats, lengths, texts, types, many, plans)


def items() -> list[Item]:
    """All of them, each session under a name of its own unless its name is what is hostile."""
    every = [item for make in (*STRICT, *VALID_BUT) for item in make()]
    return [item._replace(text=item.text.replace(NAME, f"h-{place}")) for place, item in enumerate(every)]
