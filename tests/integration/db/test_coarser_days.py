"""Periods are read from whole months and from sums over projects and models, and say what their days say."""

import random
from datetime import date, timedelta

import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage import leaderboard, usage_totals
from db.usage.periods import Period
from db.usage.usage_records import Filters
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.analytics_app.made_up import MODELS, PROJECTS, work
from tests.integration.uploads import settle, upload

TODAY = date(2026, 11, 22)
#: With and without whole months in them, and at the very edges of those.
EDGES = [
    (date(2026, 10, 1), date(2026, 10, 31)),
    (date(2026, 10, 2), date(2026, 10, 31)),
    (date(2026, 10, 1), date(2026, 10, 30)),
    (date(2026, 9, 30), date(2026, 11, 1)),
    (date(2026, 10, 31), date(2026, 11, 1)),
    (date(2026, 10, 7), date(2026, 10, 7)),
]


def periods(seed: int, count: int) -> list[Period]:
    chance = random.Random(seed)
    firsts = [TODAY - timedelta(days=chance.randrange(100)) for _ in range(count)]
    drawn = [Period(first, first + timedelta(days=chance.randrange(75))) for first in firsts]
    return [Period(*edge) for edge in EDGES] + drawn


@pytest.fixture
def worked(database: Database, alice: Account, bob: Account, admin: Account) -> Database:
    """Eighty days of three people, and what came late, into months that are there already."""
    work(database, [alice, bob, admin], seed=5, count=120)
    for day in ("2026-10-20", "2026-11-03"):
        upload(database, alice, f"late {day}", started_at=f"{day}T09:00:00Z", ended_at=None)
    settle(database)
    return database


def test_a_month_that_goes_on_is_changed_where_it_is(worked: Database, alice: Account) -> None:
    """No index hears of it, so none grows with every upload of the month."""
    upload(worked, alice, "one more", started_at="2026-11-20T09:00:00Z", ended_at="2026-11-20T09:30:00Z")
    settle(worked)
    with worked.transaction() as transaction:
        transaction.execute("test_day_grows", user_id=alice.user_id, stat_date=date(2026, 11, 20))
        before = transaction.fetch_one("test_months_written") or {}
        transaction.execute("monthly_stats_recompute", user_ids=[alice.user_id], days=[date(2026, 11, 20)])
        after = transaction.fetch_one("test_months_written") or {}

    did = {what: after[what] - before[what] for what in after}
    assert did == {"changed": 1, "in_place": 1, "added": 0, "removed": 0}


def test_a_month_of_which_there_is_no_day_is_no_month(worked: Database, alice: Account) -> None:
    told = {"user_ids": [alice.user_id], "days": [date(2025, 11, 20)]}
    assert worked.execute("monthly_stats_recompute", **told) == 0


@pytest.mark.parametrize("what", ["figures", "board_sums", "usage", "projects"])
def test_whole_months_and_the_days_around_them_are_the_sum_of_all_days(worked: Database, what: str) -> None:
    for period in periods(3, 40):
        of = {"first": period.first, "last": period.last}
        assert worked.fetch(f"test_{what}_between", **of) == worked.fetch(f"test_{what}_of_days", **of), (
            period
        )


def test_who_stands_on_the_leaderboard_is_who_has_days_in_the_period(worked: Database) -> None:
    for period in periods(7, 40):
        days = worked.fetch("test_board_sums_of_days", first=period.first, last=period.last)
        ranks = usage_totals.list_leaderboard(worked, period, limit=10)
        standings = leaderboard.list_standings(worked, period, user_id=0)
        counted = {
            row["user_id"]: (row["session_count"], row["tokens_in"] + row["tokens_out"]) for row in days
        }
        assert {rank.user_id: (rank.session_count, rank.total_tokens) for rank in ranks} == counted, period
        assert {one.user_id: (one.session_count, one.tokens) for one in standings} == counted, period


def test_whoever_only_worked_on_the_days_a_month_has_too_many_is_on_no_board(
    database: Database, alice: Account, bob: Account
) -> None:
    for person, day in ((alice, "2026-10-01"), (bob, "2026-10-02")):
        upload(database, person, "s", started_at=f"{day}T10:00:00Z", ended_at=None)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")
    period = Period(date(2026, 10, 2), date(2026, 10, 31))

    assert [rank.username for rank in usage_totals.list_leaderboard(database, period, limit=10)] == ["bob"]
    assert [one.username for one in leaderboard.list_standings(database, period, user_id=alice.user_id)] == [
        "bob"
    ]


def test_people_of_a_period_are_those_with_a_day_in_it(
    database: Database, alice: Account, bob: Account, admin: Account
) -> None:
    """In a whole month of it, before those or after them; not in a month of which it holds other days."""
    for person, day in ((alice, "2026-09-02"), (bob, "2026-10-20"), (admin, "2026-11-05")):
        upload(database, person, "s", started_at=f"{day}T10:00:00Z", ended_at=None)
    settle(database)

    found = {
        (first, last): usage_totals.count_active_users(
            database, Period(date(2026, *first), date(2026, *last))
        )
        for first in ((9, 1), (9, 3), (10, 20), (10, 21))
        for last in ((10, 31), (11, 4), (11, 5))
    }
    assert list(found.values()) == [2, 2, 3, 1, 1, 2, 1, 1, 2, 0, 0, 1]
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    each = [
        usage_totals.count_active_users(database, october, Filters(user_id=one.user_id))
        for one in (alice, bob)
    ]
    assert each == [0, 1]


def test_equal_people_share_a_rank(database: Database, alice: Account, bob: Account) -> None:
    for person in (alice, bob):
        upload(database, person, "s", started_at="2026-10-02T10:00:00Z", ended_at=None)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")

    ranks = usage_totals.list_leaderboard(database, Period(date(2026, 10, 2), date(2026, 10, 2)), limit=10)
    assert [(rank.rank, rank.username) for rank in ranks] == [(1, "alice"), (1, "bob")]


@pytest.mark.parametrize("project", [None, PROJECTS[0]])
@pytest.mark.parametrize("model", [None, MODELS[0]])
def test_people_are_counted_once_a_day_whatever_the_filter(
    worked: Database, project: str | None, model: str | None
) -> None:
    period = Period(TODAY - timedelta(days=79), TODAY)
    of = {"first": period.first, "last": period.last, "project": project, "model": model}
    counted = {row["stat_date"]: row["active_users"] for row in worked.fetch("test_people_of_days", **of)}
    days = usage_totals.list_team_days(worked, period, Filters(project=project, model=model))
    assert {day.stat_date: day.active_users for day in days if day.active_users} == counted
    sums = usage_totals.fetch_team_totals(worked, period, Filters(project=project, model=model))
    assert sums == usage_totals.sum_days(days, sums.active_users)
