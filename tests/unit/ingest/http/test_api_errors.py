"""Errors: one problem document for all of them, and nothing of ours in it."""

import json

import pytest
import structlog
from falcon.testing import StartResponseMock, create_environ

from db.errors import Contention, Refused, StorageError, StorageUnavailable
from ingest.http.api_errors import REASONS, pointer
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase
from tests.unit.ingest.wire import session


def test_a_refusal_is_a_problem_document(api: Api) -> None:
    answer = api.post("/api/v1/sessions", session(model=5))

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json == {
        "type": "urn:insights:invalid_value",
        "title": "A value can't be used",
        "status": 422,
        "detail": "must be a string, not a whole number",
        "reason": "invalid_value",
        "errors": [{"pointer": "/model", "detail": "must be a string, not a whole number"}],
    }


def test_a_surprise_is_an_answer_without_a_trace_and_a_line_without_a_value(
    api: Api, database: FakeDatabase
) -> None:
    database.answers["insert_uploads"] = 5  # type: ignore[assignment]
    with structlog.testing.capture_logs() as lines:
        answer = api.post("/api/v1/sessions", session())

    assert (answer.status_code, answer.json["reason"], answer.json["errors"]) == (500, "internal", [])
    assert lines[0]["error"] == "TypeError" and "has no len()" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("error", "status", "reason", "retry"),
    [
        (Contention("row 5 of alice"), 503, "storage_unavailable", "5"),
        (StorageUnavailable("row 5 of alice"), 503, "storage_unavailable", "5"),
        (Refused("row 5 of alice"), 500, "internal", None),
    ],
)
def test_what_the_storage_refuses_is_told_without_its_words(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    error: StorageError,
    status: int,
    reason: str,
    retry: str | None,
) -> None:
    def fail(*_: object, **_parameters: object) -> None:
        raise error

    monkeypatch.setattr(FakeDatabase, "fetch_one", fail)
    answer = api.get("/api/v1/me")

    assert (answer.status_code, answer.json["reason"], answer.headers.get("Retry-After")) == (
        status,
        reason,
        retry,
    )
    assert "alice" not in answer.text


@pytest.mark.parametrize(
    ("steps", "expected"), [((), ""), (("a",), "/a"), (("a/b", 0, "c~d"), "/a~1b/0/c~0d"), (("",), "/")]
)
def test_a_pointer_is_written_by_its_rfc(steps: tuple[str | int, ...], expected: str) -> None:
    assert pointer(*steps) == expected


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_is_one_stable_word(reason: str) -> None:
    assert reason.replace("_", "").isalpha() and reason.islower()
    assert 400 <= REASONS[reason].status < 600


@pytest.mark.parametrize("method", ["BREW", "PRI", "WEBSOCKET", "M-SEARCH", "TRACE"])
@pytest.mark.parametrize(
    ("path", "offered"), [("/api/v1/sessions", "POST"), ("/health", "GET"), ("/nothing", None)]
)
def test_a_method_that_nobody_knows_is_refused_with_what_is_offered(
    api: Api, method: str, path: str, offered: str | None
) -> None:
    environ = create_environ(path, method="POST") | {"REQUEST_METHOD": method}
    starts = StartResponseMock()
    api.client.app(environ, starts)

    assert starts.status[:3] == ("405" if offered else "404")
    assert offered is None or offered in starts.headers_dict["allow"]
