"""The description of the API and the API itself, held against each other."""

import re
from pathlib import Path
from typing import Any

import falcon.inspect
import msgspec
import pytest
from openapi_spec_validator import validate

from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.http.api_errors import HEADERS, REASONS
from ingest.openapi.document import describe
from ingest.openapi.operations import ANYWHERE, BEFORE_THE_APP, OPERATIONS
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier
from web.gevent_worker import PROBLEMS

#: They belong to no operation: told of a method that is not there, and of our own mistakes.
OF_NO_OPERATION = {"method_not_allowed", "internal"}
#: How many fields of a type have a description: those whose name and type do not say all.
DESCRIBED = {
    "SessionUpload": 12,
    "ToolReport": 1,
    "TokenRow": 2,
    "ToolCall": 2,
    "Message": 2,
    "PlanUpload": 2,
    "SessionAnswer": 4,
    "PlanAnswer": 4,
    "UploadStatus": 4,
    "MeAnswer": 2,
    "SettingsAnswer": 2,
    "TeamStats": 1,
    "ToolUse": 1,
    "FieldError": 1,
}
HTTP_METHODS = {"get", "head", "post", "put"}


@pytest.fixture
def document() -> dict[str, Any]:
    return describe(public_team_stats=False)


def offered(settings: IngestSettings) -> set[tuple[str, str]]:
    """Every method of every path that the app answers."""
    app = create_app(database=FakeDatabase(), notifier=FakeNotifier(), settings=settings)
    return {
        (method.method, re.sub(r"{(\w+):[^}]*}", r"{\1}", route.path))
        for route in falcon.inspect.inspect_app(app).routes
        for method in route.methods
        if not method.internal
    }


def test_every_route_is_described_and_everything_described_is_a_route(
    document: dict[str, Any], settings: IngestSettings
) -> None:
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}

    # The files of the API reference are no part of the API.
    files = {(method, "/docs/static/{name}") for method in ("GET", "HEAD")}
    assert described == offered(settings) - files


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_the_document_is_served_as_it_is_made(api: Api, document: dict[str, Any]) -> None:
    answer = api.get("/openapi.json", person=None)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == document


def test_every_reason_is_told_of_some_operation() -> None:
    told = {reason for operation in OPERATIONS for reason in (*operation.reasons, *ANYWHERE)}

    assert told == REASONS.keys() - OF_NO_OPERATION


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_stands_in_the_written_docs(reason: str) -> None:
    docs = Path(__file__).parents[4] / "docs" / "api.md"

    assert f"`{reason}`" in docs.read_text(encoding="utf-8").partition("## When something is wrong")[2]


def test_the_word_in_a_problem_is_one_of_the_reasons(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Problem"]["properties"]["reason"]["enum"] == list(REASONS)


@pytest.mark.parametrize(("status", "reason"), [(status, reason) for _, status, reason in PROBLEMS])
def test_the_web_worker_uses_the_same_words(status: int, reason: str) -> None:
    assert REASONS[reason].status == status


@pytest.mark.parametrize(("kind", "count"), DESCRIBED.items())
def test_the_description_of_a_field_is_part_of_its_schema(
    document: dict[str, Any], kind: str, count: int
) -> None:
    properties = document["components"]["schemas"][kind]["properties"].values()

    assert sum(bool(schema.get("description")) for schema in properties) == count


@pytest.mark.parametrize("reason", HEADERS)
def test_the_headers_of_a_reason_are_told_wherever_it_is(document: dict[str, Any], reason: str) -> None:
    status = str(REASONS[reason].status)
    operations = [op for op in OPERATIONS if reason in (*op.reasons, *ANYWHERE)]
    answers = [document["paths"][op.path][op.method.lower()] for op in operations]

    assert all(HEADERS[reason].keys() <= answer["responses"][status]["headers"].keys() for answer in answers)


@pytest.mark.parametrize("operation", [op for op in OPERATIONS if op.body], ids=lambda op: op.name)
def test_what_is_shown_as_a_body_is_taken(api: Api, operation: Any) -> None:
    body = msgspec.json.encode(operation.body.example)
    headers = {"Content-Type": "application/json"}

    answer = api.call(operation.method, operation.path, body=body, headers=headers)

    assert answer.status_code in operation.answers


@pytest.mark.parametrize("path", ["stats", "tools", "trends"])
@pytest.mark.parametrize("public", [True, False])
def test_what_is_open_to_all_is_described_as_open(public: bool, path: str) -> None:
    described = describe(public_team_stats=public)["paths"][f"/api/v1/team/{path}"]["get"]

    assert ({} in described["security"]) is public


def test_the_leaderboard_is_never_described_as_open() -> None:
    described = describe(public_team_stats=True)["paths"]["/api/v1/team/leaderboard"]["get"]

    assert described["security"] == [{"key": []}, {"bearer": []}]


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)
def test_every_answer_tells_the_id_of_its_request(document: dict[str, Any], operation: Any) -> None:
    described = document["paths"][operation.path]

    assert described.keys() <= HTTP_METHODS
    assert all(
        "X-Request-ID" in answer["headers"]
        for status, answer in described[operation.method.lower()]["responses"].items()
        if status < "400" or set(reasons(answer)) - BEFORE_THE_APP
    )


def reasons(answer: dict[str, Any]) -> list[str]:
    """The reasons of a refusal."""
    schema = answer["content"]["application/problem+json"]["schema"]
    found: list[str] = schema["allOf"][1]["properties"]["reason"]["enum"]
    return found


def test_an_answer_of_health_and_a_refusal_may_share_a_status(document: dict[str, Any]) -> None:
    answer = document["paths"]["/health"]["get"]["responses"]["503"]

    assert answer["content"].keys() == {"application/json", "application/problem+json"}
