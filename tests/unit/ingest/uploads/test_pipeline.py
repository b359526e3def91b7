"""POST /api/v1/sessions and /sessions/batch, from the request to the inbox."""

import json
from typing import Any

import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.uploads import pipeline
from ingest.uploads.pipeline import LARGE_BODY, MAX_ITEMS
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import NOW, FakeDatabase, FakeNotifier
from tests.unit.ingest.wire import session

ONE = "/api/v1/sessions"
BATCH = "/api/v1/sessions/batch"


def bodies(database: FakeDatabase) -> list[dict[str, Any]]:
    return [json.loads(item["body"]) for item in database.inbox]


def test_an_upload_is_answered_once_it_is_in_the_inbox(api: Api, database: FakeDatabase) -> None:
    answer = api.post(ONE, session())

    (received,) = database.inbox
    assert answer.status_code == 202
    assert answer.json == {
        "status": "ok",
        "session_id": "s1",
        "upload_id": received["upload_id"],
        "warnings": [],
    }


def test_an_upload_belongs_to_the_person_of_the_key(api: Api, database: FakeDatabase) -> None:
    api.post(ONE, session(user_id=1, username="alice"), "bob")

    assert [item["user_id"] for item in database.inbox] == [2]


def test_the_doorbell_is_rung_after_the_commit(api: Api, notifier: FakeNotifier) -> None:
    api.post(ONE, session())
    api.post(BATCH, [session(), session()])

    assert notifier.rings == 2


def test_text_of_a_person_at_metadata_reaches_neither_inbox_nor_statement(
    api: Api, database: FakeDatabase
) -> None:
    answer = api.post(ONE, session(), "bob")

    assert "a secret plan" not in repr(database.asked)
    assert answer.json["warnings"] == ["Text is not kept at share level metadata: messages, tool_input."]


@pytest.mark.parametrize("path", [ONE, BATCH])
def test_of_a_person_at_none_nothing_is_kept(api: Api, database: FakeDatabase, path: str) -> None:
    answer = api.post(path, session() if path == ONE else [session()], "charlie")

    told = answer.json if path == ONE else answer.json[0]
    assert (answer.status_code, told["status"], told["upload_id"]) == (202, "ok", None)
    assert told["warnings"] == ["Nothing was kept: your share level is none."]
    assert database.inbox == []


def test_a_level_lowered_meanwhile_cuts_the_upload_anew(api: Api, database: FakeDatabase) -> None:
    database.level_changes = ["metadata"]

    answer = api.post(ONE, session())

    assert answer.status_code == 202
    assert "messages" not in bodies(database)[0]


def test_a_level_lowered_to_none_meanwhile_keeps_nothing(api: Api, database: FakeDatabase) -> None:
    database.level_changes = ["none"]

    assert api.post(BATCH, [session(), 5]).json[0]["upload_id"] is None
    assert database.inbox == []


def test_a_level_that_never_rests_asks_the_client_to_come_back(api: Api, database: FakeDatabase) -> None:
    database.level_changes = ["metadata", "full", "metadata"]

    answer = api.post(ONE, session())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_person_deactivated_meanwhile_is_refused(api: Api, database: FakeDatabase) -> None:
    api.post(ONE, session())
    database.answers = {"insert_uploads": [], "caller_by_key": []}

    assert api.post(ONE, session()).status_code == 401


def test_a_caller_seen_a_moment_ago_costs_one_statement(api: Api, database: FakeDatabase) -> None:
    api.post(ONE, session())
    database.asked.clear()

    assert api.post(ONE, session()).status_code == 202
    assert [statement for statement, _ in database.asked] == ["insert_uploads"]


@pytest.mark.parametrize("document", [session(started_at="soon"), b"{", [session()]])
def test_what_is_wrong_with_an_upload_is_told_only_to_a_key_that_still_counts(
    api: Api, database: FakeDatabase, document: object
) -> None:
    api.post(ONE, session())
    database.keys.clear()

    assert api.post(ONE, document).status_code == 401


def test_a_key_of_somebody_who_shares_nothing_is_asked_each_time(api: Api, database: FakeDatabase) -> None:
    api.post(ONE, session(), "charlie")
    database.keys.clear()

    assert api.post(ONE, session(), "charlie").status_code == 401


def test_a_batch_is_answered_in_its_length_and_order(api: Api, database: FakeDatabase) -> None:
    answer = api.post(BATCH, [session(session_id=name) for name in "abc"])

    assert answer.status_code == 202
    assert [(item["status"], item["session_id"]) for item in answer.json] == [
        ("ok", "a"),
        ("ok", "b"),
        ("ok", "c"),
    ]
    assert [item["upload_id"] for item in answer.json] == [item["upload_id"] for item in database.inbox]


def test_a_batch_is_committed_with_one_statement(api: Api, database: FakeDatabase) -> None:
    api.post(BATCH, [session(session_id=str(place)) for place in range(20)])

    assert [statement for statement, _ in database.asked] == ["caller_by_key", "insert_uploads"]


@pytest.mark.parametrize(
    ("item", "reason", "pointer", "session_id"),
    [
        (b'{"session_id": "x", "started_at": "soon"}', "invalid_value", "/started_at", "x"),
        (b'{"started_at": "2026-01-01T00:00:00Z"}', "invalid_value", "/session_id", None),
        (b"5", "invalid_value", "", None),
        (b"null", "invalid_value", "", None),
        (b"[]", "invalid_value", "", None),
        (b"NaN", "not_a_number", "", None),
        (b'{"session_id": "x", "total_messages": Infinity}', "not_a_number", "/total_messages", "x"),
        (b'{"session_id": "x", "model": "a", "model": "b"}', "duplicate_key", "/model", "x"),
        (b'{"session_id": "x", "machine": "\\udfff"}', "lone_surrogate", "/machine", "x"),
        (b'{"session_id": "x", "y": ' + b"[" * 40 + b"]" * 40 + b"}", "too_deep", "/y" + "/0" * 30, "x"),
        (b'{"session_id": "x", "y": ' + b"[" * 4000 + b"]" * 4000 + b"}", "too_deep", "/y" + "/0" * 30, "x"),
        (
            b'{"session_id": "x", "total_messages": ' + b"1" * 5000 + b"}",
            "not_a_number",
            "/total_messages",
            "x",
        ),
    ],
)
def test_one_bad_item_is_quarantined_and_its_batch_taken(
    api: Api, database: FakeDatabase, item: bytes, reason: str, pointer: str, session_id: str | None
) -> None:
    good = json.dumps(session()).encode()

    answer = api.post(BATCH, b"[" + good + b"," + item + b"," + good + b"]")

    assert [told["status"] for told in answer.json] == ["ok", "error", "ok"]
    bad = answer.json[1]
    assert (bad["reason"], bad["session_id"], bad["errors"][0]["pointer"]) == (reason, session_id, pointer)
    assert (
        database.inbox[1]["reason"].startswith(reason) and database.inbox[1]["upload_id"] == bad["upload_id"]
    )


def test_a_bad_item_of_a_person_at_none_is_not_kept(api: Api, database: FakeDatabase) -> None:
    (told,) = api.post(BATCH, [{"session_id": 1}], "charlie").json

    assert (told["status"], told["upload_id"], database.inbox) == ("error", None, [])


def test_an_empty_batch_is_an_empty_answer(api: Api, notifier: FakeNotifier) -> None:
    answer = api.post(BATCH, [])

    assert (answer.status_code, answer.json, notifier.rings) == (202, [], 0)


@pytest.mark.parametrize("document", [{}, session(), "x", None, 5])
def test_a_batch_that_is_no_list_is_refused(api: Api, document: object) -> None:
    assert api.post(BATCH, document).status_code == 422


def test_a_batch_of_too_many_is_refused(api: Api, database: FakeDatabase) -> None:
    answer = api.post(BATCH, [0] * (MAX_ITEMS + 1))

    assert (answer.status_code, answer.json["reason"], database.inbox) == (413, "too_many_items", [])


def test_the_largest_batch_is_taken(api: Api, database: FakeDatabase) -> None:
    assert len(api.post(BATCH, [session()] * MAX_ITEMS).json) == len(database.inbox) == 1000


@pytest.mark.parametrize("path", [ONE, BATCH])
def test_nothing_is_acknowledged_while_the_database_is_down(
    api: Api, database: FakeDatabase, notifier: FakeNotifier, path: str
) -> None:
    database.down = True

    answer = api.post(path, session())

    assert (answer.status_code, answer.json["reason"], answer.headers["Retry-After"]) == (
        503,
        "storage_unavailable",
        "5",
    )
    assert notifier.rings == 0


@pytest.mark.parametrize("path", [ONE, BATCH])
def test_more_rows_than_postgresql_can_take_at_once_are_refused_for_good(
    api: Api, database: FakeDatabase, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MAX_RECORD_CHARS", 1000)

    answer = api.post(path, session(tool_calls=[{"tool_name": "a"}] * 20) if path == ONE else [session()] * 4)

    assert (answer.status_code, answer.json["reason"]) == (413, "too_large")
    assert not database.inbox


@pytest.mark.parametrize(("size", "is_offloaded"), [(10, False), (LARGE_BODY, True)])
def test_what_computes_long_is_offloaded(
    database: FakeDatabase, notifier: FakeNotifier, settings: IngestSettings, size: int, is_offloaded: bool
) -> None:
    offloaded: list[object] = []

    def offload(work: Any, *arguments: Any) -> Any:
        offloaded.append(work)
        return work(*arguments)

    app = create_app(
        database=database, notifier=notifier, settings=settings, clock=lambda: NOW, offload=offload
    )
    answer = Api(TestClient(app)).post(ONE, session() | {"unknown": " " * size})

    assert (answer.status_code, bool(offloaded)) == (202, is_offloaded)
