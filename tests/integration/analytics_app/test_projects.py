"""The Projects page against a plain count of what was uploaded."""

import itertools
from collections import Counter, defaultdict
from datetime import date

import pytest

from db.accounts.account_records import Account
from db.connection import Database, Transaction
from db.usage import breakdowns
from db.usage.periods import last_days
from db.usage.usage_records import Filters
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import MODELS, Session, Work, work
from tests.integration.analytics_app.reading import file, page, texts

MONTH = last_days(30, NOON.date())


@pytest.fixture(params=[21, 22, 23])
def done(request: pytest.FixtureRequest, database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], request.param)


def by_project(done: Work) -> dict[str, list[Session]]:
    found: defaultdict[str, list[Session]] = defaultdict(list)
    for session in done.within(MONTH):
        found[session.body["project_name"] or "no project"].append(session)
    return found


def counted(sessions: list[Session]) -> list[int]:
    sums = [sum(one.body[f"total_tokens_{way}"] for one in sessions) for way in ("in", "out")]
    return [len(sessions), len({one.person for one in sessions}), *sums]


def hours(sessions: list[Session]) -> float:
    lengths = [one.began.fromisoformat(one.body["ended_at"]) - one.began for one in sessions]
    return sum(length.total_seconds() for length in lengths) / 3600


def test_every_project_counts_what_was_uploaded(visit: Visit, done: Work, bob: Account) -> None:
    rows = {row[0].removeprefix("'"): row for row in file(visit(bob), "project-list")}
    expected = by_project(done)
    assert {name: [int(cell) for cell in row[1:5]] for name, row in rows.items()} == {
        name: counted(sessions) for name, sessions in expected.items()
    }
    assert {name: float(row[5]) for name, row in rows.items()} == {
        name: pytest.approx(hours(sessions), abs=0.01) for name, sessions in expected.items()
    }


def test_what_has_no_price_is_counted_by_its_model(visit: Visit, done: Work, bob: Account) -> None:
    kinds = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
    unpriced = {
        name: sum(
            sum(model[kind] for kind in kinds)
            for one in sessions
            for model in one.body["models"]
            if model["model"] in ("", "local-coder")
        )
        for name, sessions in by_project(done).items()
    }
    rows = file(visit(bob), "project-list")
    assert {row[0].removeprefix("'"): int(row[7]) for row in rows} == unpriced


def test_every_day_is_a_plain_sum(visit: Visit, done: Work, bob: Account) -> None:
    tokens: defaultdict[str, int] = defaultdict(int)
    for session in done.within(MONTH):
        tokens[session.day.isoformat()] += counted([session])[2] + counted([session])[3]
    rows = file(visit(bob), "project-days")
    assert {row[0]: int(row[1]) for row in rows} == {row[0]: tokens[row[0]] for row in rows}
    assert all(int(row[1]) == sum(map(int, row[2:])) for row in rows)


def test_a_name_like_a_formula_is_disarmed(visit: Visit, done: Work, bob: Account) -> None:
    assert "=SUM(A1)" not in [row[0] for row in file(visit(bob), "project-list")]


def test_a_project_leads_to_its_own_team_page(visit: Visit, done: Work, bob: Account) -> None:
    parts = page(visit(bob), "projects-tiles.children", "?days=90")
    assert "'href': '/?days=90&project=shop'" in str(parts["project-list-rows"])
    assert "'href': '/?days=90&project=%3Cb%3Esearch'" in str(parts["project-list-rows"])


def test_what_is_not_told_apart_is_summed_without_a_name(database: Database, done: Work) -> None:
    every = breakdowns.list_project_days(database, MONTH, separate=99)
    sums = Counter[str | None]()
    for row in every:
        sums[row.project_name] += row.tokens
    largest = {name for name, _ in sums.most_common(2)}
    expected = Counter[tuple[date, str | None]]()
    for row in every:
        expected[row.stat_date, row.project_name if row.project_name in largest else None] += row.tokens

    found = breakdowns.list_project_days(database, MONTH, separate=2)
    assert {(row.stat_date, row.project_name): row.tokens for row in found} == expected
    assert None not in sums


def test_days_of_projects_are_those_of_whoever_and_whatever_is_chosen(
    database: Database, done: Work, bob: Account
) -> None:
    days = database.fetch("test_usage_of_days", first=MONTH.first, last=MONTH.last)
    for user_id, model in itertools.product((None, bob.user_id), (None, MODELS[0], "")):
        expected, found = Counter[str | None](), Counter[str | None]()
        for row in days:
            if user_id in (None, row["user_id"]) and model in (None, row["model"]):
                expected[row["project_name"]] += row["tokens_in"] + row["tokens_out"]
        for day in breakdowns.list_project_days(
            database, MONTH, Filters(user_id=user_id, model=model), separate=99
        ):
            found[day.project_name] += day.tokens
        assert found == expected


def test_the_page_is_one_query_a_part(
    visit: Visit, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, asked = visit(bob), []
    fetch = Transaction.fetch
    monkeypatch.setattr(
        Transaction, "fetch", lambda self, name, **v: asked.append(name) or fetch(self, name, **v)
    )
    lang = texts(page(visitor, "projects-tiles.children")["project-list-rows"]["children"])
    assert sorted(asked) == [
        "choices_models",
        "choices_projects",
        "list_project_days",
        "list_project_figures",
    ]
    assert "Ask an admin for a key" in lang
