"""The Models & cost page against prices worked out from what was uploaded, and what of it only an admin gets."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import pytest

from db.accounts.account_records import Account
from db.connection import Database, Transaction
from db.usage.periods import Period, last_days
from tasks.jobs.pricing import Tokens, model_costs
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import Session, Work, work
from tests.integration.analytics_app.reading import file, page, texts

TODAY = NOON.date()
MONTH = last_days(30, TODAY)
KINDS = ("tokens_in", "tokens_out", "cache_read_tokens", "cache_creation_tokens")
#: Tokens of four kinds, the known cost, and the tokens without a price.
Counted = tuple[list[int], Decimal | None, int]


@pytest.fixture(params=[31, 32, 33])
def done(request: pytest.FixtureRequest, database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], request.param)


def counted(done: Work, name_of: Callable[[Session, str], str], period: Period = MONTH) -> dict[str, Counted]:
    """A plain sum over every model of every session."""
    found: dict[str, Counted] = defaultdict(lambda: ([0, 0, 0, 0], None, 0))
    for session in done.within(period):
        for used in session.body["models"]:
            name, numbers = name_of(session, used["model"]), [used[kind] for kind in KINDS]
            cost = model_costs([(used["model"], Tokens(*numbers))], session.day).get(used["model"])
            sums, known, unpriced = found[name]
            found[name] = (
                [one + other for one, other in zip(sums, numbers, strict=True)],
                known if cost is None else cost + (known or 0),
                unpriced + (sum(numbers) if cost is None else 0),
            )
    return dict(found)


def read(rows: list[list[str]], first: int = 1) -> dict[str, Counted]:
    """The same from a file, whose names may be disarmed."""
    return {
        " · ".join(row[: max(first - 1, 1)]).replace("'=", "="): (
            [int(cell) for cell in row[first : first + 4]],
            Decimal(row[first + 4]) if row[first + 4] else None,
            int(row[first + 5]),
        )
        for row in rows
    }


def test_every_model_costs_what_its_tokens_cost(visit: Visit, done: Work, bob: Account) -> None:
    rows = read(file(visit(bob), "model-list"))
    assert rows == counted(done, lambda _session, model: model or "not reported")


def test_charges_are_the_same_sums_by_person_and_project(visit: Visit, done: Work, admin: Account) -> None:
    visitor = visit(admin)
    names: dict[str, Callable[[Session, str], str]] = {
        "charges-people": lambda session, _model: session.person,
        "charges-projects": lambda session, _model: session.body["project_name"] or "no project",
    }
    for name, name_of in names.items():
        assert read(file(visitor, name)) == counted(done, name_of)
    both = read(file(visitor, "charges"), first=3)
    assert both == counted(done, lambda s, _: f"{s.person} · {s.body['project_name'] or 'no project'}")


def test_every_day_costs_what_its_tokens_cost(visit: Visit, done: Work, bob: Account) -> None:
    expected = counted(done, lambda session, _model: session.day.isoformat())
    rows = {row[0]: row for row in file(visit(bob), "model-costs")}
    costs = {day: float(row[1]) for day, row in rows.items()}
    assert costs == {
        day: pytest.approx(float(expected.get(day, ([], None, 0))[1] or 0), abs=1e-5) for day in rows
    }
    assert {day: int(row[2]) for day, row in rows.items()} == {
        day: expected.get(day, ([], None, 0))[2] for day in rows
    }


def test_the_month_so_far_is_a_plain_sum_whatever_the_period(visit: Visit, done: Work, bob: Account) -> None:
    period = Period(TODAY.replace(day=1), TODAY)
    known = counted(done, lambda _session, _model: "all", period)["all"][1]
    rows = {row[0]: row[1] for row in file(visit(bob), "month", "?days=7") if row[1]}
    assert float(rows[TODAY.isoformat()]) == pytest.approx(float(known or 0), abs=1e-5)
    assert "This month so far" in texts(page(visit(bob), "models-tiles.children")["models-tiles"]["children"])


@pytest.fixture
def little(database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], 34, count=25, days=20)


@pytest.mark.parametrize("name", ["charges", "charges-people", "charges-projects"])
def test_a_member_never_gets_what_others_cost(visit: Visit, little: Work, bob: Account, name: str) -> None:
    visitor = visit(bob)
    asked = {'{"panel":["MATCH"],"part":"requested"}.data': {"panel": name, "search": ""}}
    answers = [
        visitor.get(f"/csv/{name}.csv"),
        visitor.call('"part":"table"', asked),
        visitor.call("charges-rows.children", {"url.search": ""}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "alice" not in "".join(answer.text for answer in answers)


def test_only_an_admins_page_has_a_place_for_charges(
    visit: Visit, little: Work, bob: Account, admin: Account
) -> None:
    pages = [visit(one).call("content.children", {"url.pathname": "/models"}).text for one in (bob, admin)]
    assert ["charges-rows" in text for text in pages] == [False, True]


def test_models_without_a_price_are_named_and_unknown(visit: Visit, little: Work, bob: Account) -> None:
    parts = page(visit(bob), "models-tiles.children", "?model=local-coder")
    lang = texts(parts["models-tiles"]["children"])
    assert "Estimated cost unknown" in lang
    assert "Tokens without price 100% local-coder" in lang
    assert "This month so far unknown" in lang


def test_one_query_a_chart(visit: Visit, little: Work, bob: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, asked = visit(bob), []
    fetch = Transaction.fetch
    monkeypatch.setattr(
        Transaction, "fetch", lambda self, name, **v: asked.append(name) or fetch(self, name, **v)
    )
    page(visitor, "models-tiles.children")
    assert sorted(asked) == ["choices_models", "choices_projects", "list_model_figures", "list_team_days"]


def test_without_any_session_the_page_says_what_to_do(visit: Visit, admin: Account) -> None:
    parts = page(visit(admin), "models-tiles.children")
    assert "Add a person" in texts(parts["model-costs-empty"]["children"])
    assert "No known cost this month yet" in texts(parts["month-empty"]["children"])
