"""The memory that bodies take: one person never holds all of it, and what is only announced takes none."""

import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from ingest.http.api_errors import ApiError
from ingest.http.body import SMALL, BodyBudget
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier
from tests.unit.ingest.wire import session

ALICE, BOB, CHARLIE = 1, 2, 3
LARGE = 2 * SMALL
LONG = session(messages=[{"seq": 0, "role": "user", "content": "x" * LARGE}])


@pytest.fixture
def budget() -> BodyBudget:
    """Room for two bodies of one person, and three of all."""
    return BodyBudget(of_one_person=2 * LARGE, of_all=3 * LARGE)


def test_one_person_is_refused_before_the_others(budget: BodyBudget) -> None:
    with budget.share(ALICE) as first, budget.share(ALICE) as second, budget.share(BOB) as other:
        first.hold(2 * LARGE)
        with pytest.raises(ApiError) as refused:
            second.hold(LARGE)
        other.hold(LARGE)

    assert (refused.value.reason, refused.value.headers["Retry-After"]) == ("rate_limited", "2")


def test_all_together_are_refused_when_the_budget_is_used_up(budget: BodyBudget) -> None:
    with budget.share(ALICE) as first, budget.share(BOB) as second, budget.share(CHARLIE) as third:
        first.hold(2 * LARGE)
        second.hold(LARGE)
        with pytest.raises(ApiError) as refused:
            third.hold(LARGE)

    assert refused.value.reason == "busy"


def test_a_small_body_is_always_taken(budget: BodyBudget) -> None:
    with budget.share(ALICE) as first, budget.share(ALICE) as second:
        first.hold(2 * LARGE)
        second.hold(SMALL)

    assert second.held == 0


def test_a_body_that_comes_in_small_pieces_is_counted_whole(budget: BodyBudget) -> None:
    with budget.share(ALICE) as share:
        share.hold(SMALL)
        share.hold(1)

        assert share.held == SMALL + 1


def test_what_is_done_or_failed_is_given_back(budget: BodyBudget) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), budget.share(ALICE) as share:
            share.hold(2 * LARGE)
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "/api/v1/sessions", LONG),
        ("POST", "/api/v1/sessions/batch", [LONG]),
        ("POST", "/api/v1/plans", {"name": "p", "content": "x" * LARGE}),
    ],
)
def test_every_upload_counts_its_body(
    database: FakeDatabase,
    settings: IngestSettings,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    document: object,
) -> None:
    monkeypatch.setattr("ingest.http.body.BodyBudget.__init__.__defaults__", (0, 0))
    api = Api(TestClient(create_app(database=database, notifier=FakeNotifier(), settings=settings)))
    answer = api.call(method, path, json=document, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json["reason"]) == (429, "rate_limited")
    assert (answer.headers["Retry-After"], database.inbox) == ("2", [])


def test_settings_are_small(api: Api) -> None:
    answer = api.call("PUT", "/api/v1/me/settings", json={"unknown": "x" * SMALL})

    assert (answer.status_code, answer.json["reason"]) == (413, "too_large")
