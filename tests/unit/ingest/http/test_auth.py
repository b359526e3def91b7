"""The door: keys, and what is open without one."""

import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier
from tests.unit.ingest.wire import session

GUARDED = [
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/sessions/batch"),
    ("GET", "/api/v1/me"),
    ("PUT", "/api/v1/me/settings"),
    ("GET", "/api/v1/team/stats"),
    ("GET", "/api/v1/team/tools"),
    ("GET", "/api/v1/team/leaderboard"),
    ("GET", "/api/v1/team/trends"),
]


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": "dkd_sk_nobody"},
        {"X-API-Key": ""},
        {"Authorization": "Bearer dkd_sk_nobody"},
        {"Authorization": "Basic dkd_sk_alice"},
        {"Authorization": "dkd_sk_alice"},
        {"Authorization": "Bearer"},
        {"X-API-Key": "\u00e9\u00ff"},
    ],
)
def test_without_a_valid_key_every_door_is_closed(
    api: Api, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = api.call(method, path, None, headers=headers)

    assert (answer.status_code, answer.json["reason"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "dkd_sk_alice"},
        {"X-API-Key": " dkd_sk_alice "},
        {"Authorization": "Bearer dkd_sk_alice"},
        {"Authorization": "bearer  dkd_sk_alice"},
        {"X-API-Key": "dkd_sk_alice", "Authorization": "Basic x"},
    ],
)
def test_a_key_may_come_in_either_header(api: Api, database: FakeDatabase, headers: dict[str, str]) -> None:
    database.answers["list_leaderboard"] = []

    assert api.call("GET", "/api/v1/team/leaderboard", None, headers=headers).status_code == 200


def test_all_refusals_look_the_same(api: Api, database: FakeDatabase) -> None:
    database.people[0]["active"] = False

    answers = [api.call("GET", "/api/v1/me", person).content for person in (None, "nobody", "alice")]

    assert len(set(answers)) == 1


def test_a_key_is_asked_before_the_body_is_read(api: Api, database: FakeDatabase) -> None:
    answer = api.post("/api/v1/sessions", b"{" * 100_000, None)

    assert (answer.status_code, database.asked) == (401, [])


def test_a_raw_key_never_reaches_a_statement(api: Api, database: FakeDatabase) -> None:
    api.post("/api/v1/sessions", session())

    assert "dkd_sk_alice" not in repr(database.asked)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_key_that_asks_too_often_is_told_when_to_come_again(
    database: FakeDatabase, settings: IngestSettings, method: str, path: str
) -> None:
    few = settings.model_copy(update={"ingest_requests_per_minute": 2})
    api = Api(TestClient(create_app(database=database, notifier=FakeNotifier(), settings=few)))
    answers = [api.call(method, path) for _ in range(3)]

    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert (answers[2].status_code, answers[2].json["reason"]) == (429, "rate_limited")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30


def test_a_key_that_asks_too_often_stops_nobody_else(
    database: FakeDatabase, settings: IngestSettings
) -> None:
    few = settings.model_copy(update={"ingest_requests_per_minute": 1})
    api = Api(TestClient(create_app(database=database, notifier=FakeNotifier(), settings=few)))
    statuses = [
        api.post("/api/v1/sessions", session(), person).status_code for person in ("alice", "alice", "bob")
    ]

    assert statuses == [202, 429, 202]


def test_unknown_keys_are_not_counted(database: FakeDatabase, settings: IngestSettings) -> None:
    few = settings.model_copy(update={"ingest_requests_per_minute": 1})
    api = Api(TestClient(create_app(database=database, notifier=FakeNotifier(), settings=few)))

    assert {api.get("/api/v1/me", "nobody").status_code for _ in range(5)} == {401}
