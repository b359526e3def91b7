"""The Trends page against a plain count of what was uploaded, by day, week and month."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from db.accounts.account_records import Account
from db.connection import Database, Transaction
from db.usage.periods import last_days
from tests.integration.analytics_app.conftest import NOON, Visit
from tests.integration.analytics_app.made_up import Session, Work, work
from tests.integration.analytics_app.reading import file, page, texts

TODAY = NOON.date()
FIRSTS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.isoweekday() - 1),
    "month": lambda day: date(day.year, day.month, 1),
}


@pytest.fixture(params=[11, 12])
def done(request: pytest.FixtureRequest, database: Database, alice: Account, bob: Account) -> Work:
    return work(database, [alice, bob], request.param)


def tokens(session: Session) -> float:
    return float(session.body["total_tokens_in"] + session.body["total_tokens_out"])


def hours(session: Session) -> float:
    began, ended = (session.body[name] for name in ("started_at", "ended_at"))
    return (session.began.fromisoformat(ended) - session.began.fromisoformat(began)).total_seconds() / 3600


@pytest.mark.parametrize("steps", FIRSTS)
@pytest.mark.parametrize(
    ("measure", "worth"), [("sessions", lambda _: 1.0), ("tokens", tokens), ("time", hours)]
)
def test_every_step_is_a_plain_sum(
    visit: Visit, done: Work, bob: Account, steps: str, measure: str, worth: Callable[[Session], float]
) -> None:
    rows = file(visit(bob), "trend", f"?days=90&measure={measure}&steps={steps}")
    counted: defaultdict[str, float] = defaultdict(float)
    for session in done.within(last_days(120, TODAY)):
        counted[FIRSTS[steps](session.day).isoformat()] += worth(session)
    assert {row[0]: float(row[2] or 0) for row in rows} == {
        row[0]: pytest.approx(counted[row[0]], abs=0.01) for row in rows
    }
    assert sum(float(row[2] or 0) for row in rows) > 0


@pytest.mark.parametrize("steps", FIRSTS)
@pytest.mark.parametrize("project", ["", "shop"])
def test_people_are_counted_once_a_step(
    visit: Visit, done: Work, bob: Account, steps: str, project: str
) -> None:
    rows = file(visit(bob), "trend", f"?days=90&measure=people&steps={steps}&project={project}")
    people: defaultdict[str, set[str]] = defaultdict(set)
    for session in done.within(last_days(120, TODAY), project or None):
        people[FIRSTS[steps](session.day).isoformat()].add(session.person)
    assert [int(row[2]) for row in rows] == [len(people[row[0]]) for row in rows]


def test_the_period_before_is_the_same_steps_earlier(visit: Visit, done: Work, bob: Account) -> None:
    rows = file(visit(bob), "trend", "?days=30")
    counted = [len([one for one in done.sessions if one.day.isoformat() == row[3]]) for row in rows]
    assert [int(row[4]) for row in rows] == counted
    assert rows[0][3] == (TODAY - timedelta(days=30)).isoformat()


def test_one_chart_is_one_query(
    visit: Visit, done: Work, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, asked = visit(bob), []
    fetch = Transaction.fetch
    monkeypatch.setattr(
        Transaction, "fetch", lambda self, name, **v: asked.append(name) or fetch(self, name, **v)
    )
    page(visitor, "trends-tiles.children", "?measure=people")
    assert sorted(asked) == ["choices_models", "choices_projects", "list_active_users"]


def test_a_cost_of_unpriced_tokens_is_unknown(visit: Visit, database: Database, alice: Account) -> None:
    done = work(database, [alice], 5, count=12, days=20)
    assert done.sessions
    parts = page(visit(alice), "trends-tiles.children", "?measure=cost&model=local-coder")
    assert "Total unknown" in texts(parts["trends-tiles"]["children"])


def test_the_measure_and_the_steps_live_in_the_address(visit: Visit, bob: Account) -> None:
    parts = page(visit(bob), "trends-tiles.children", "?days=90&measure=tokens&steps=week")
    assert '"/trends?days=90&measure=time&steps=week"' in str(parts["trends-choice"]).replace("'", '"')
    assert '"/trends?days=7&measure=tokens&steps=week"' in str(parts["trends-filter-bar"]).replace("'", '"')


def test_without_any_session_the_page_says_what_to_do(visit: Visit, bob: Account) -> None:
    parts = page(visit(bob), "trends-tiles.children")
    assert "Ask an admin for a key" in texts(parts["trend-empty"]["children"])
