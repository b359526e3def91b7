"""Health: both stores are asked, and only PostgreSQL is vital."""

import pytest

from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
@pytest.mark.parametrize(
    ("database_up", "queue_up", "status", "words"),
    [
        (True, True, 200, ("ok", "connected", "connected")),
        (True, False, 200, ("degraded", "connected", "disconnected")),
        (False, True, 503, ("unavailable", "disconnected", "connected")),
        (False, False, 503, ("unavailable", "disconnected", "disconnected")),
    ],
)
def test_health_tells_what_answers(
    api: Api,
    database: FakeDatabase,
    notifier: FakeNotifier,
    path: str,
    database_up: bool,
    queue_up: bool,
    status: int,
    words: tuple[str, str, str],
) -> None:
    database.down = not database_up
    notifier.hears = queue_up

    answer = api.get(path, None)

    assert answer.status_code == status
    assert answer.json == dict(zip(("status", "database", "queue"), words, strict=True))


def test_a_head_is_answered_without_a_body(api: Api, database: FakeDatabase) -> None:
    assert (api.call("HEAD", "/health").status_code, api.call("HEAD", "/health").content) == (200, b"")
    database.down = True
    assert api.call("HEAD", "/health").status_code == 503


def test_a_503_tells_when_to_come_back(api: Api, database: FakeDatabase) -> None:
    database.down = True

    assert api.get("/health", None).headers["Retry-After"] == "5"


def test_the_process_is_alive_whatever_the_stores_do(api: Api, database: FakeDatabase) -> None:
    database.down = True

    assert (api.get("/health/live", None).status_code, database.asked) == (200, [])
