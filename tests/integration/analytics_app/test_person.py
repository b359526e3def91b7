"""One person's figures: an admin may narrow every page to them, a member no page, however the address is made."""

from collections.abc import Iterator

import pytest

from db.accounts import audit
from db.connection import Database
from db.records import Account
from db.usage.periods import last_days
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import Work, work
from tests.integration.analytics_app.reading import file, page, texts

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
    "team-tiles.children",
    "tools-tiles.children",
    "trends-tiles.children",
    "projects-tiles.children",
    "models-tiles.children",
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
    bar = str(page(visit(admin), "trends-tiles.children", f"?person={alice.user_id}")["trends-filter-bar"])
    assert "filter-person" in bar
    assert f"/trends?days=7&person={alice.user_id}" in bar


@pytest.mark.parametrize("value", ["x", "-1", "1e3", "²", "9" * 40, "%00"])
def test_who_is_nobody_is_everybody(visit: Visit, done: Work, admin: Account, value: str) -> None:
    visitor = visit(admin)
    assert file(visitor, "trend", f"?person={value}") == file(visitor, "trend")


def looks(database: Database) -> list[tuple[str | None, str | None]]:
    entries = audit.listed(database, limit=100, action="person.viewed")
    return [(entry.actor, entry.subject) for entry in entries]


def test_every_page_of_a_person_is_a_look_at_them(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    visitor = visit(admin)
    for number, output in enumerate(PAGES, start=1):
        page(visitor, output, f"?person={alice.user_id}")
        assert looks(database) == [("ada", "alice")] * number
        database.execute("test_audit_pass_by", minutes=61)


def test_the_file_and_the_table_behind_a_chart_are_looks_too(
    visit: Visit, database: Database, admin: Account, alice: Account, bob: Account
) -> None:
    visitor = visit(admin)
    file(visitor, "trend", f"?person={alice.user_id}")
    asked = {"panel": "trend", "search": f"?person={bob.user_id}"}
    visitor.call('"part":"table"', {'{"panel":["MATCH"],"part":"requested"}.data': asked})
    assert set(looks(database)) == {("ada", "alice"), ("ada", "bob")}


def test_all_pages_of_an_hour_are_one_entry(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    visitor = visit(admin)
    for output in PAGES:
        page(visitor, output, f"?person={alice.user_id}")
    assert looks(database) == [("ada", "alice")]


def test_the_team_oneself_and_pages_without_a_person_are_no_look(
    visit: Visit, database: Database, admin: Account, alice: Account
) -> None:
    visitor, somebody = visit(admin), f"?person={alice.user_id}"
    page(visitor, "team-tiles.children", "")
    page(visitor, "team-tiles.children", f"?person={admin.user_id}")
    page(visitor, "me-tiles.children", somebody)
    page(visitor, "leaderboards.children", somebody)
    assert looks(database) == []


def test_a_member_sees_nobody_by_asking_for_them(
    visit: Visit, database: Database, bob: Account, alice: Account
) -> None:
    page(visit(bob), "team-tiles.children", f"?person={alice.user_id}")
    assert looks(database) == []


def test_who_was_looked_at_reads_it_and_by_whom(visit: Visit, admin: Account, alice: Account) -> None:
    page(visit(admin), "team-tiles.children", f"?person={alice.user_id}")
    answer = visit(alice).call("content.children", {"url.pathname": "/me"})
    lang = texts(answer.get_json()["response"]["content"]["children"])
    assert "Sessions and figures looked at by name ada" in lang


WAYS = {
    "charge-back": lambda visitor: visitor.call("charges-rows.children", {"url.search": ""}),
    "its file": lambda visitor: visitor.get("/csv/charges-people.csv"),
    "people of a tool": lambda visitor: visitor.call(
        "tool-people-rows.children", {"url.search": "?tool=Read"}
    ),
    "their file": lambda visitor: visitor.get("/csv/tool-people.csv?tool=Read"),
}


@pytest.mark.parametrize("way", WAYS)
def test_figures_that_name_everybody_are_a_look_at_all_once_an_hour(
    visit: Visit, database: Database, admin: Account, way: str
) -> None:
    visitor = visit(admin)
    for minutes in (0, 0, 61):
        database.execute("test_audit_pass_by", minutes=minutes)
        assert WAYS[way](visitor).status_code == 200
    entries = audit.listed(database, limit=100, action="people.viewed")
    assert [(entry.actor, entry.subject) for entry in entries] == [("ada", None)] * 2


def test_what_names_one_person_or_is_refused_is_no_look_at_all(
    visit: Visit, database: Database, admin: Account, bob: Account
) -> None:
    file(visit(admin), "charges", f"?person={bob.user_id}")
    for look in WAYS.values():
        assert look(visit(bob)).status_code == 403
    assert audit.listed(database, limit=100, action="people.viewed") == []
