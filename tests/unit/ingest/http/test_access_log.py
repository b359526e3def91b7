"""The log: one line a request, without bodies, keys or queries."""

import json

import pytest
import structlog

from ingest.http.access_log import configure
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.wire import session


def test_a_request_is_one_line(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        api.post("/api/v1/sessions/batch", [session(), session()])

    (line,) = lines
    assert (line["method"], line["route"], line["status"]) == ("POST", "/api/v1/sessions/batch", 202)
    assert (len(line["uploads"]), line["upload_count"], line["reason"]) == (2, 2, None)


def test_a_line_names_the_uploads_that_were_answered_but_never_many(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        one = api.post("/api/v1/sessions", session()).json
        many = api.post("/api/v1/sessions/batch", [session() for _ in range(25)]).json

    assert lines[0]["uploads"] == [one["upload_id"]]
    assert lines[1]["uploads"] == [answer["upload_id"] for answer in many[:10]]
    assert lines[1]["upload_count"] == 25


def test_what_was_not_kept_has_no_id_to_name(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        api.post("/api/v1/sessions", session(), "charlie")

    assert (lines[0]["uploads"], lines[0]["upload_count"]) == ([], 1)


@pytest.mark.parametrize(
    ("path", "document", "status", "reason"),
    [
        ("/api/v1/sessions", {"session_id": 5}, 422, "invalid_value"),
        ("/nothing", {}, 404, "not_found"),
        ("/health", {}, 405, "method_not_allowed"),
    ],
)
def test_a_refusal_is_logged_by_its_reason(
    api: Api, path: str, document: object, status: int, reason: str
) -> None:
    with structlog.testing.capture_logs() as lines:
        api.post(path, document)

    assert (lines[-1]["status"], lines[-1]["reason"]) == (status, reason)


def test_neither_key_nor_body_nor_query_is_logged(api: Api) -> None:
    with structlog.testing.capture_logs() as lines:
        api.post("/api/v1/sessions?note=mine", session())
        api.post("/api/v1/sessions", session(session_id=["mine"]), "bob")

    logged = json.dumps(lines)
    assert not any(word in logged for word in ("dkd_sk_", "secret plan", "mine", "s1"))


@pytest.mark.parametrize(
    ("sent", "kept"), [("abc-1.2_3", True), ("", False), ("x" * 65, False), ("a b", False), ("é", False)]
)
def test_a_plain_request_id_is_kept_and_any_other_replaced(api: Api, sent: str, kept: bool) -> None:
    answer = api.call("GET", "/health/live", headers={"X-Request-ID": sent})

    assert (answer.headers["X-Request-ID"] == sent) is kept


def test_the_log_is_json_lines_on_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    configure()
    structlog.get_logger("test").info("request", status=202)
    structlog.reset_defaults()

    line = json.loads(capfdbinary.readouterr().out)
    assert (line["event"], line["status"], line["level"]) == ("request", 202, "info")


def test_a_key_sent_as_the_id_of_the_request_is_not_taken(api: Api) -> None:
    answer = api.call("GET", "/health/live", None, headers={"X-Request-ID": "dkd_sk_alice"})

    assert "dkd_sk_alice" not in answer.headers["X-Request-ID"]


@pytest.mark.parametrize("secret", ["ghp_" + "aB3x" * 9, "sk-ant-" + "aB3x" * 10, "k" * 43, "k" * 8])
@pytest.mark.parametrize(
    "key", [{"X-API-Key": "acme_" + "k" * 43}, {"Authorization": "Bearer acme_" + "k" * 43}]
)
def test_no_secret_is_taken_for_a_request_id(api: Api, secret: str, key: dict[str, str]) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = api.call("GET", "/health/live", None, headers={"X-Request-ID": secret, **key})

    assert secret not in str(lines)
    assert secret not in answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/api/v1/me", "/health", "/nothing"])
def test_nothing_is_kept_by_a_cache(api: Api, path: str) -> None:
    assert api.get(path).headers["Cache-Control"] == "no-store"
