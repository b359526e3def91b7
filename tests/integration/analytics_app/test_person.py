"""One person's figures: an admin may narrow every page to them, a member no page, however the address is made."""

from collections.abc import Iterator

import pytest

from db.connection import Database
from db.periods import last_days
from db.records import Account
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import Work, work
from tests.integration.analytics_app.reading import file, page

FILES = (
    "tokens",
    "hours",
    "tools",
    "projects",
    "tool-list",
    "error-rate",
    "trend",
    "project-list",
    "model-list",
)
PAGES = (
    "cards.children",
    "tools-cards.children",
    "trends-facts.children",
    "projects-facts.children",
    "models-facts.children",
)


@pytest.fixture
def done(database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], 41, count=30, days=20)


def of_alice(done: Work) -> Iterator[dict[str, int]]:
    for session in done.within(last_days(30, NOON.date())):
        if session.person == "alice":
            yield session.body


def test_an_admin_sees_one_persons_figures(visit: Visit, done: Work, admin: Account, alice: Account) -> None:
    visitor, search = visit(admin), f"?person={alice.user_id}"
    bodies = list(of_alice(done))
    assert sum(int(row[1]) for row in file(visitor, "project-list", search)) == len(bodies)
    assert sum(int(row[2]) for row in file(visitor, "trend", search)) == len(bodies)
    tokens = sum(body["total_tokens_in"] for body in bodies)
    assert sum(int(row[1]) for row in file(visitor, "model-list", search)) == tokens


@pytest.mark.parametrize("name", FILES)
def test_a_member_who_asks_for_a_person_gets_the_team(
    visit: Visit, done: Work, bob: Account, alice: Account, name: str
) -> None:
    visitor = visit(bob)
    assert file(visitor, name, f"?person={alice.user_id}") == file(visitor, name)


def test_no_page_of_a_member_says_a_persons_figures_or_offers_to(
    visit: Visit, done: Work, bob: Account, alice: Account
) -> None:
    visitor = visit(bob)
    for output in PAGES:
        parts = page(visitor, output, f"?person={alice.user_id}")
        assert parts == page(visitor, output)
        assert "filter-person" not in str(parts)


def test_the_choice_of_people_is_in_an_admins_bar_and_links_keep_it(
    visit: Visit, done: Work, admin: Account, alice: Account
) -> None:
    bar = str(page(visit(admin), "trends-facts.children", f"?person={alice.user_id}")["trends-filter-bar"])
    assert "filter-person" in bar
    assert f"/trends?days=7&person={alice.user_id}" in bar


@pytest.mark.parametrize("value", ["x", "-1", "1e3", "²", "9" * 40, "%00"])
def test_who_is_nobody_is_everybody(visit: Visit, done: Work, admin: Account, value: str) -> None:
    visitor = visit(admin)
    assert file(visitor, "trend", f"?person={value}") == file(visitor, "trend")
