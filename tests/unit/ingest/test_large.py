"""Large bodies: nobody has many of them in hand at once, and nobody else notices."""

from contextlib import ExitStack

import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.errors import Refusal
from ingest.large import LARGE, MOST_IN_HAND, LargeBodies
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeDoorbell
from tests.unit.ingest.wire import session

ALICE, BOB = 1, 2
LONG = session(messages=[{"seq": 0, "role": "user", "content": "x" * LARGE}])


@pytest.fixture
def bodies() -> LargeBodies:
    return LargeBodies()


def busy(bodies: LargeBodies, user_id: int, size: int = LARGE + 1) -> ExitStack:
    """As many bodies of a person in hand as may be."""
    stack = ExitStack()
    for _ in range(MOST_IN_HAND):
        stack.enter_context(bodies.in_hand(user_id, size))
    return stack


def test_one_more_large_body_is_sent_away_for_a_moment(bodies: LargeBodies) -> None:
    with busy(bodies, ALICE), pytest.raises(Refusal) as refused, bodies.in_hand(ALICE, LARGE + 1):
        pass

    assert (refused.value.reason, refused.value.headers["Retry-After"]) == ("rate_limited", "2")


@pytest.mark.parametrize(("user_id", "size"), [(BOB, LARGE + 1), (ALICE, LARGE)])
def test_others_and_small_bodies_are_not_held_up(bodies: LargeBodies, user_id: int, size: int) -> None:
    with busy(bodies, ALICE), bodies.in_hand(user_id, size):
        pass


def test_what_is_done_or_failed_makes_room(bodies: LargeBodies) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), busy(bodies, ALICE):
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "/api/v1/sessions", LONG),
        ("POST", "/api/v1/sessions/batch", [LONG]),
        ("POST", "/api/v1/plans", {"name": "p", "content": "x" * LARGE}),
        ("PUT", "/api/v1/me/settings", {"unknown": "x" * LARGE}),
    ],
)
def test_every_route_that_takes_a_body_counts_it(
    database: FakeDatabase,
    settings: IngestSettings,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    document: object,
) -> None:
    monkeypatch.setattr("ingest.large.LargeBodies.__init__.__defaults__", (0,))
    api = Api(TestClient(create_app(database=database, doorbell=FakeDoorbell(), settings=settings)))
    answer = api.call(method, path, json=document, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json["reason"]) == (429, "rate_limited")
    assert (answer.headers["Retry-After"], database.inbox) == ("2", [])
