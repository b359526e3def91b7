"""Bad input, row by row: each cause at each route it can meet, with its exact status, reason, place and headers."""

import gzip
import json
from collections.abc import Iterator
from typing import NamedTuple

import falcon.inspect
import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier

SETTINGS = IngestSettings(ingest_requests_per_minute=6000)
MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
#: Made once: both are large.
BOMB = gzip.compress(b" " * (33 * MIB), 1)
MANY_VALUES = b"[" + b"0," * 4_000_000 + b"0]"
START = '"started_at": "2026-11-20T10:00:00Z"'

#: A body that is right, but for what comes into the place of @, a field that nobody knows.
SINGLES = {
    "/api/v1/sessions": f'{{"session_id": "s", {START}, "x": @}}',
    "/api/v1/plans": '{"name": "p", "content": "c", "x": @}',
    "/api/v1/me/settings": '{"show_in_leaderboard": true, "x": @}',
}
BATCHES = {f"{path}/batch": item for path, item in list(SINGLES.items())[:2]}

#: What no body may hold anywhere: the text, and the reason.
UNSOUND = {
    "NaN": ("NaN", "not_a_number"),
    "Infinity": ("Infinity", "not_a_number"),
    "-Infinity": ("-Infinity", "not_a_number"),
    "a number beyond all": ("1e999", "not_a_number"),
    "a number without end": ("1" * 5000, "not_a_number"),
    "a name twice": ('{"a": 1, "b": 2, "a": 1}', "duplicate_key"),
    "half a pair": (r'"\ud800"', "lone_surrogate"),
    "the other half": (r'"\udfff\ud83d"', "lone_surrogate"),
    "half a pair in a name": (r'{"\ud800": 1}', "lone_surrogate"),
    "33 levels": ("[" * 32 + "]" * 32, "too_deep"),
    "endless levels": ("[" * 30_000 + "]" * 30_000, "too_deep"),
}
#: Where in the place of @ it is.
INSIDE = {
    "a name twice": "/a",
    "half a pair in a name": "",
    "33 levels": "/0" * 31,
    "endless levels": "/0" * 31,
}

#: What is no JSON at all.
NO_JSON = {
    "nothing": b"",
    "white space": b" \n",
    "an open bracket": b"{",
    "a comma at the end": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "two documents": b"{} {}",
    "a word": b"nonsense",
    "a control character": b'{"a": "\x01"}',
    "a broken escape": rb'{"a": "\x"}',
    "Latin-1": b'{"a": "\xe9"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a mark before": b"\xef\xbb\xbf{}",
}

#: One wrong type or value: the route, the document, and where it is.
WRONG_VALUES = [
    ("/api/v1/sessions", "null", ""),
    ("/api/v1/sessions", "[]", ""),
    ("/api/v1/sessions", '"text"', ""),
    ("/api/v1/sessions", f"{{{START}}}", "/session_id"),
    ("/api/v1/sessions", f'{{"session_id": "", {START}}}', "/session_id"),
    ("/api/v1/sessions", f'{{"session_id": 5, {START}}}', "/session_id"),
    ("/api/v1/sessions", f'{{"session_id": "{"s" * 201}", {START}}}', "/session_id"),
    ("/api/v1/sessions", '{"session_id": "s"}', "/started_at"),
    ("/api/v1/sessions", '{"session_id": "s", "started_at": "2026-11-20T10:00:00"}', "/started_at"),
    ("/api/v1/sessions", '{"session_id": "s", "started_at": "infinity"}', "/started_at"),
    ("/api/v1/sessions", '{"session_id": "s", "started_at": 1764000000}', "/started_at"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "ended_at": "soon"}}', "/ended_at"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "total_messages": -1}}', "/total_messages"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "total_messages": "2"}}', "/total_messages"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "total_messages": true}}', "/total_messages"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "total_tokens_in": 1.5}}', "/total_tokens_in"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "total_tokens_out": 9e18}}', "/total_tokens_out"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "model": "{"m" * 201}"}}', "/model"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "project_name": {{}}}}', "/project_name"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "tags": ["a", 5]}}', "/tags/1"),
    ("/api/v1/sessions", f'{{"session_id": "s", {START}, "tools": {{"Read": {{}}}}}}', "/tools/Read/count"),
    (
        "/api/v1/sessions",
        f'{{"session_id": "s", {START}, "tools": {{"a/b": {{"count": -1}}}}}}',
        "/tools/a~1b/count",
    ),
    (
        "/api/v1/sessions",
        f'{{"session_id": "s", {START}, "token_usage": [{{}}, {{"input_tokens": -1}}]}}',
        "/token_usage/1/input_tokens",
    ),
    (
        "/api/v1/sessions",
        f'{{"session_id": "s", {START}, "tool_calls": [{{"tool_name": ""}}]}}',
        "/tool_calls/0/tool_name",
    ),
    (
        "/api/v1/sessions",
        f'{{"session_id": "s", {START}, "messages": [{{"seq": 0}}]}}',
        "/messages/0/role",
    ),
    ("/api/v1/plans", "7", ""),
    ("/api/v1/plans", '{"content": "c"}', "/name"),
    ("/api/v1/plans", '{"name": "", "content": "c"}', "/name"),
    ("/api/v1/plans", '{"name": "p"}', "/content"),
    ("/api/v1/plans", '{"name": "p", "content": ["c"]}', "/content"),
    ("/api/v1/plans", '{"name": "p", "content": "c", "title": 5}', "/title"),
    ("/api/v1/plans", '{"name": "p", "content": "c", "created_at": "2026"}', "/created_at"),
    ("/api/v1/me/settings", "[]", ""),
    ("/api/v1/me/settings", '{"share_level": "some"}', "/share_level"),
    ("/api/v1/me/settings", '{"share_level": false}', "/share_level"),
    ("/api/v1/me/settings", '{"show_in_leaderboard": "yes"}', "/show_in_leaderboard"),
    ("/api/v1/sessions/batch", '{"sessions": []}', ""),
    ("/api/v1/sessions/batch", "null", ""),
    ("/api/v1/plans/batch", '"[]"', ""),
]


class Row(NamedTuple):
    """One request that is refused as a whole, and how."""

    what: str
    path: str
    body: bytes
    status: int
    reason: str
    pointers: tuple[str, ...] = ()
    headers: dict[str, str] = JSON
    #: What the answer must carry beside the problem.
    told: tuple[str, str] | None = None


def unsound() -> Iterator[Row]:
    for path, item in SINGLES.items():
        for what, (text, reason) in UNSOUND.items():
            yield Row(
                what, path, item.replace("@", text).encode(), 400, reason, (f"/x{INSIDE.get(what, '')}",)
            )


def of_any_body() -> Iterator[Row]:
    """What can be wrong before anybody looks at what kind of document it is."""
    takes_json, takes_gzip = ("Accept", "application/json"), ("Accept-Encoding", "gzip, identity")
    packed = gzip.compress(b"{}")
    for path in (*SINGLES, *BATCHES):
        for what, body in NO_JSON.items():
            yield Row(what, path, body, 400, "invalid_json")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
            headers = {"Content-Type": kind}
            yield Row(kind or "no type", path, b"{}", 415, "unsupported_media_type", (), headers, takes_json)
        for encoding in ("br", "deflate", "gzip, gzip"):
            headers = JSON | {"Content-Encoding": encoding}
            yield Row(encoding, path, b"{}", 415, "unsupported_encoding", (), headers, takes_gzip)
        yield Row("no gzip", path, b"{}", 400, "invalid_gzip", (), GZIP)
        yield Row("half a gzip", path, packed[:-3], 400, "invalid_gzip", (), GZIP)
        yield Row("broken off", path, b"{}", 400, "incomplete_body", (), JSON | {"Content-Length": "3"})
        too_long = JSON | {"Content-Length": str(32 * MIB + 1)}
        yield Row("too long by its head", path, b"{}", 413, "too_large", (), too_long)
        yield Row("a bomb", path, BOMB, 413, "too_large", (), GZIP)
        yield Row("too many values", path, MANY_VALUES, 413, "too_large")
    for path in BATCHES:
        yield Row("1,001 items", path, b"[" + b"0," * 1000 + b"0]", 413, "too_many_items")


ROWS = [
    *unsound(),
    *of_any_body(),
    *(
        Row("a wrong value", path, body.encode(), 422, "invalid_value", (place,))
        for path, body, place in WRONG_VALUES
    ),
]


@pytest.fixture(scope="module")
def mind() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture(scope="module")
def api(mind: FakeDatabase) -> Api:
    """One app for all rows: making one takes longer than asking it."""
    return Api(TestClient(create_app(database=mind, notifier=FakeNotifier(), settings=SETTINGS)))


@pytest.fixture
def database(mind: FakeDatabase) -> FakeDatabase:
    """The app's memory, emptied."""
    mind.inbox.clear()
    mind.audit.clear()
    return mind


def method_of(path: str) -> str:
    return "PUT" if path.endswith("settings") else "POST"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.path[8:]}: {row.what}"[:60])
def test_a_bad_request_is_refused_as_the_contract_says(api: Api, database: FakeDatabase, row: Row) -> None:
    answer = api.call(method_of(row.path), row.path, body=row.body, headers=row.headers)

    problem = answer.json
    assert (answer.status_code, problem["status"], problem["reason"]) == (row.status, row.status, row.reason)
    assert tuple(error["pointer"] for error in problem["errors"]) == row.pointers
    assert row.told is None or answer.headers[row.told[0]] == row.told[1]
    assert (database.inbox, database.audit) == ([], [])


def test_every_status_a_mistake_in_a_body_can_have_is_in_the_table() -> None:
    assert {(row.status, row.reason) for row in ROWS} == {
        (400, "invalid_json"),
        (400, "invalid_gzip"),
        (400, "incomplete_body"),
        (400, "not_a_number"),
        (400, "duplicate_key"),
        (400, "lone_surrogate"),
        (400, "too_deep"),
        (413, "too_large"),
        (413, "too_many_items"),
        (415, "unsupported_media_type"),
        (415, "unsupported_encoding"),
        (422, "invalid_value"),
    }


class Item(NamedTuple):
    """One item of a batch that can't be used, and what is told of it."""

    what: str
    path: str
    text: str
    reason: str
    pointer: str


def items() -> Iterator[Item]:
    for path, item in BATCHES.items():
        for what, (text, reason) in UNSOUND.items():
            # A batch is a level more than its items.
            place = INSIDE.get(what, "").removesuffix("/0")
            yield Item(what, path, item.replace("@", text), reason, f"/x{place}")
    for path, text, place in WRONG_VALUES:
        if f"{path}/batch" in BATCHES:
            yield Item("a wrong value", f"{path}/batch", text, "invalid_value", place)


ITEMS = list(items())


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.path[8:]}: {item.what}"[:60])
def test_a_bad_item_is_told_in_its_place_and_kept_while_the_others_are_taken(
    api: Api, database: FakeDatabase, item: Item
) -> None:
    good = BATCHES[item.path].replace("@", "0")

    answer = api.post(item.path, f"[{good},{item.text},{good}]".encode())

    before, bad, after = answer.json
    assert (answer.status_code, before["status"], after["status"]) == (202, "ok", "ok")
    assert (bad["status"], bad["reason"]) == ("error", item.reason)
    assert [error["pointer"] for error in bad["errors"]] == [item.pointer]
    assert [row["upload_id"] for row in database.inbox] == [told["upload_id"] for told in answer.json]
    assert [(row["reason"] or "").partition(":")[0] for row in database.inbox] == ["", item.reason, ""]


OFFERED = {
    route.path.replace("{upload_id}", "x"): {method.method for method in route.methods if not method.internal}
    for route in falcon.inspect.inspect_app(
        create_app(database=FakeDatabase(), notifier=FakeNotifier(), settings=SETTINGS)
    ).routes
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path in OFFERED for method in METHODS if method not in OFFERED[path]],
)
def test_a_method_that_is_not_offered_is_told_which_are(api: Api, method: str, path: str) -> None:
    answer = api.call(method, path)

    assert answer.status_code == 405
    assert method == "HEAD" or answer.json["reason"] == "method_not_allowed"
    assert set(answer.headers["Allow"].split(", ")) == OFFERED[path] | {"OPTIONS"}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/v1", "/api/v1/nothing", "/api/v1/sessions/", "/api/v1/uploads", "/API/V1/ME"]
)
def test_an_unknown_path_is_not_found(api: Api, path: str, method: str) -> None:
    answer = api.call(method, path)

    assert (answer.status_code, answer.json["reason"], answer.json["errors"]) == (404, "not_found", [])


@pytest.mark.parametrize("path", [*SINGLES, *BATCHES])
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "dkd_sk_nobody"}, {"Authorization": "Bearer"}])
def test_without_a_key_that_counts_nothing_is_said_of_the_body(
    api: Api, database: FakeDatabase, path: str, headers: dict[str, str]
) -> None:
    answer = api.call(method_of(path), path, None, body=b"{", headers=headers)

    assert (answer.status_code, answer.json["reason"], answer.json["errors"]) == (401, "unauthorized", [])
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="insights"'
    assert answer.json["detail"] == answer.json["title"]


@pytest.mark.parametrize("path", [*SINGLES, *BATCHES])
def test_too_many_requests_of_one_key_are_told_when_to_come_again(path: str) -> None:
    once = SETTINGS.model_copy(update={"ingest_requests_per_minute": 1})
    api = Api(TestClient(create_app(database=FakeDatabase(), notifier=FakeNotifier(), settings=once)))
    document = json.dumps({}) if path in SINGLES else "[]"
    answers = [api.call(method_of(path), path, body=document, headers=JSON) for _ in range(2)]

    assert answers[0].status_code != 429
    assert (answers[1].status_code, answers[1].json["reason"]) == (429, "rate_limited")
    assert 1 <= int(answers[1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("path", [*SINGLES, *BATCHES])
def test_while_the_storage_is_away_nothing_is_acknowledged(
    api: Api, database: FakeDatabase, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    item = (SINGLES | BATCHES)[path].replace("@", "0")
    monkeypatch.setattr(database, "down", True)

    answer = api.call(method_of(path), path, body=item if path in SINGLES else f"[{item}]", headers=JSON)

    assert (answer.status_code, answer.json["reason"]) == (503, "storage_unavailable")
    assert answer.headers["Retry-After"] == "5"
