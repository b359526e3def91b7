"""Days from sessions on a real PostgreSQL: sums agree to the token, in every zone, whatever arrives when."""

import json
import random
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from db.usage import checks, rollups, usage_totals
from db.usage.periods import Period, last_days
from db.usage.usage_records import Filters
from tasks import scheduler
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.uploads import settle, upload

# The last one has a day with two midnights.
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Atlantic/Azores"]
DAY = date(2026, 11, 20)


def disagreeing(database: Database) -> list[str]:
    return [result.name for result in checks.check_all(database) if not result.agrees]


@pytest.mark.parametrize("zone", ZONES)
def test_sums_agree_after_any_mix_of_uploads_repeats_and_deletions(
    database: Database, alice: Account, bob: Account, zone: str
) -> None:
    """Sessions fall on both days of a clock change, grow, shrink, move to other days and come again."""
    rollup.begin_in_zone(database, zone)
    chance = random.Random(zone)
    for _ in range(80):
        _random_upload(database, chance, chance.choice([alice, bob]))
        if chance.random() < 0.2:
            settle(database, zone)
    settle(database, zone)
    deletions.delete_account(database, alice.user_id, program="test")

    assert disagreeing(database) == []
    assert database.fetch("test_days") == database.fetch("test_raw_days", zone=zone)


def _random_upload(database: Database, chance: random.Random, person: Account) -> None:
    near = datetime(2026, *chance.choice([(3, 29), (10, 25), (3, 8), (11, 1)]), tzinfo=UTC)
    began = near + timedelta(minutes=chance.randrange(-1500, 3000))
    tokens = {kind: chance.randrange(10**6) for kind in ("in", "out", "read", "creation")}
    model = chance.choice(["claude-opus-4-8", "local-coder", ""])
    upload(
        database,
        person,
        f"s{chance.randrange(12)}",
        started_at=began.isoformat(),
        ended_at=(began + timedelta(minutes=chance.randrange(300))).isoformat(),
        project_name=chance.choice(["shop", None]),
        model=model or None,
        total_tokens_in=tokens["in"],
        total_tokens_out=tokens["out"],
        cache_read_tokens=tokens["read"],
        cache_creation_tokens=tokens["creation"],
        responses=[],
        models=[
            {
                "model": model,
                "responses": 1,
                "tokens_in": tokens["in"],
                "tokens_out": tokens["out"],
                "cache_read_tokens": tokens["read"],
                "cache_creation_tokens": tokens["creation"],
            }
        ],
    )


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Berlin", "2026-03-28T23:30:00Z", date(2026, 3, 29)),
        ("Europe/Berlin", "2026-10-25T22:30:00Z", date(2026, 10, 25)),
        ("Europe/Berlin", "2026-10-25T23:30:00Z", date(2026, 10, 26)),
        ("America/Los_Angeles", "2026-11-01T07:30:00Z", date(2026, 11, 1)),
        ("UTC", "2026-03-29T00:00:00Z", date(2026, 3, 29)),
        ("Atlantic/Azores", "2026-10-25T00:30:00Z", date(2026, 10, 25)),
        ("America/Havana", "2026-11-01T04:30:00Z", date(2026, 11, 1)),
    ],
)
def test_a_session_counts_on_the_team_day_it_began(
    database: Database, bob: Account, zone: str, moment: str, day: date
) -> None:
    upload(database, bob, started_at=moment, ended_at=None)

    settle(database, zone)

    assert [row["stat_date"] for row in database.fetch("test_days")] == [day]


def test_a_period_with_two_midnights_is_recomputed_whole(database: Database, bob: Account) -> None:
    upload(database, bob, started_at="2026-10-25T00:30:00Z", ended_at=None)
    settle(database, "Atlantic/Azores")
    database.execute("rollups_empty")

    days = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert rollup.recompute_between(database, days, "Atlantic/Azores") == 1
    assert all(result.agrees for result in checks.check_period(database, days, "Atlantic/Azores"))


def test_days_of_deleted_sessions_are_recomputed(database: Database, bob: Account) -> None:
    upload(database, bob)
    settle(database)
    database.execute("test_lose_sessions")

    assert rollup.recompute_between(database, Period(DAY, DAY), "UTC") == 1
    assert usage_totals.fetch_team_totals(database, Period(DAY, DAY)).session_count == 0


def test_the_oldest_marks_come_first(database: Database, alice: Account, bob: Account) -> None:
    for person in (bob, alice):
        upload(database, person)
        persist.drain_sessions(database, "UTC")

    with database.transaction() as transaction:
        assert [day.user_id for day in rollups.take_dirty_days(transaction, limit=1)] == [bob.user_id]


def test_people_of_one_day_are_taken_together(database: Database, alice: Account, bob: Account) -> None:
    later = {"started_at": "2026-11-18T10:00:00Z", "ended_at": None}
    for person, name, changes in ((bob, "s1", {}), (bob, "s2", later), (alice, "s1", {})):
        upload(database, person, name, **changes)
        persist.drain_sessions(database, "UTC")

    with database.transaction() as transaction:
        taken = rollups.take_dirty_days(transaction, limit=2)
    assert sorted((day.user_id, day.stat_date) for day in taken) == sorted(
        (person.user_id, DAY) for person in (alice, bob)
    )


def test_one_person_with_a_thousand_days_delays_nobody(
    database: Database, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "DAYS_A_TURN", 3)
    for day in range(1, 11):
        upload(database, bob, f"s{day}", started_at=f"2026-11-{day:02}T10:00:00Z", ended_at=None)
        persist.drain_sessions(database, "UTC")
    upload(database, alice, started_at="2026-11-20T10:00:00Z")
    persist.drain_sessions(database, "UTC")

    with database.transaction() as transaction:
        taken = rollups.take_dirty_days(transaction, limit=4)
    assert [(day.user_id, day.stat_date.day) for day in taken] == sorted(
        [(bob.user_id, 1), (bob.user_id, 2), (bob.user_id, 3), (alice.user_id, 20)]
    )


def test_a_day_costs_what_all_its_models_and_projects_cost(database: Database, bob: Account) -> None:
    for name, project in (("s1", "shop"), ("s2", "docs"), ("s3", "shop")):
        upload(database, bob, name, project_name=project)
    settle(database)

    [own] = database.fetch("test_own_cost", user_id=bob.user_id)
    price = usage_totals.fetch_team_totals(database, Period(DAY, DAY), Filters(project="docs")).cost_usd
    assert price is not None
    assert (own["cost_usd"], _cost(database)) == (price * 3, price * 3)


def test_the_team_costs_what_its_people_cost(database: Database, alice: Account, bob: Account) -> None:
    upload(database, bob)
    settle(database)
    alone = _cost(database)
    upload(database, alice)
    settle(database)

    assert alone is not None and _cost(database) == alone * 2


def _cost(database: Database) -> Decimal | None:
    return usage_totals.fetch_team_totals(database, Period(DAY, DAY)).cost_usd


def test_days_are_recomputed_by_one_at_a_time(database: Database, bob: Account) -> None:
    upload(database, bob)
    persist.drain_sessions(database, "UTC")
    second = threading.Thread(target=rollup.recompute_days, args=(database, "UTC"))
    with database.transaction() as transaction:
        rollups.lock_rollups(transaction)
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join(5)

    assert not rollups.has_dirty_days(database)


def test_a_session_that_moves_leaves_its_old_day(database: Database, bob: Account) -> None:
    upload(database, bob)
    settle(database)
    upload(database, bob, started_at="2026-11-18T10:00:00Z", total_messages=5)
    settle(database)

    assert [row["stat_date"] for row in database.fetch("test_days")] == [date(2026, 11, 18)]


def test_late_data_changes_its_old_day(database: Database, bob: Account) -> None:
    upload(database, bob)
    settle(database)
    upload(database, bob, "late", started_at="2025-12-24T10:00:00Z", ended_at=None)
    settle(database)

    assert usage_totals.fetch_team_totals(database, last_days(365, DAY)).session_count == 2


def test_a_mark_set_during_a_recomputation_stays(database: Database, bob: Account) -> None:
    upload(database, bob)
    persist.drain_sessions(database, "UTC")
    with database.transaction() as transaction:
        rollups.take_dirty_days(transaction, limit=10)
        upload(database, bob, "second")
        persist.drain_sessions(database, "UTC")

    assert rollups.has_dirty_days(database)


def test_another_zone_recomputes_all_days(database: Database, bob: Account) -> None:
    rollup.begin_in_zone(database, "UTC")
    upload(database, bob, started_at="2026-11-20T23:30:00Z", ended_at=None)
    settle(database)

    assert rollup.begin_in_zone(database, "Europe/Berlin")
    settle(database, "Europe/Berlin")

    assert [row["stat_date"] for row in database.fetch("test_days")] == [date(2026, 11, 21)]


def test_a_zone_that_postgresql_does_not_know_stops_the_scheduler(database: Database) -> None:
    with pytest.raises(SystemExit, match="INSIGHTS_TIMEZONE: PostgreSQL does not know 'posixrules'"):
        scheduler.start(database, "posixrules")


def test_recomputing_a_period_repairs_wrong_figures(database: Database, bob: Account) -> None:
    upload(database, bob)
    settle(database)
    database.execute("rollups_empty")

    assert rollup.recompute_between(database, Period(DAY, DAY), "UTC") == 1
    assert disagreeing(database) == []


@pytest.mark.parametrize(
    ("filters", "sessions"),
    [
        (Filters(), 3),
        (Filters(project="shop"), 2),
        (Filters(project="docs"), 1),
        (Filters(model="claude-haiku-4-5"), 0),
        (Filters(user_id=1), 2),
        (Filters(project="shop", user_id=2), 1),
    ],
)
def test_filters_narrow_the_sums(
    database: Database, alice: Account, bob: Account, filters: Filters, sessions: int
) -> None:
    upload(database, alice)
    upload(database, alice, "s2", project_name="docs")
    upload(database, bob)
    settle(database)

    assert usage_totals.fetch_team_totals(database, Period(DAY, DAY), filters).session_count == sessions


def test_every_day_of_a_period_has_a_row(database: Database, bob: Account) -> None:
    upload(database, bob)
    settle(database)

    days = usage_totals.list_team_days(database, last_days(7, DAY))

    assert [(day.stat_date, day.session_count) for day in days[-2:]] == [(date(2026, 11, 19), 0), (DAY, 1)]
    assert len(days) == 7


def test_the_leaderboard_contains_only_participants(database: Database, alice: Account, bob: Account) -> None:
    upload(database, alice)
    upload(database, bob)
    settle(database)
    users.change_settings(database, alice.user_id, show_in_leaderboard=False)

    assert [rank.username for rank in usage_totals.list_leaderboard(database, Period(DAY, DAY), limit=5)] == [
        "bob"
    ]


def test_an_outcome_that_was_not_reported_is_no_success(database: Database, bob: Account) -> None:
    upload(database, bob, tools=[{"tool_name": "Read", "call_count": 3}])
    settle(database)

    [tool] = usage_totals.list_tool_totals(database, Period(DAY, DAY), limit=5)
    assert (tool.unreported_count, tool.success_rate) == (3, None)


def test_one_day_that_is_refused_does_not_block_the_others(
    database: Database, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(database, alice)
    upload(database, bob)
    persist.drain_sessions(database, "UTC")
    write = rollups.write_rollup

    def spoil(db: Database, grain: str, days: list, rows: list) -> None:
        spoilt = {"session_count": -1, "call_count": -1}
        read = [row | spoilt if row["user_id"] == alice.user_id else row for row in json.loads(rows)]
        write(db, grain, days, json.dumps(read))

    monkeypatch.setattr(rollups, "write_rollup", spoil)

    rollup.recompute_days(database, "UTC")

    assert usage_totals.fetch_team_totals(database, Period(DAY, DAY)).session_count == 1
    assert not rollups.has_dirty_days(database)


def test_names_of_the_maximum_length_fit_into_the_daily_tables(database: Database, bob: Account) -> None:
    chance = random.Random(1)
    project, model, tool = (
        "".join(chr(chance.randrange(0x10000, 0x10FFFF)) for _ in range(200)) for _ in range(3)
    )
    used = {"responses": 1, "tokens_in": 100, "tokens_out": 50, "cache_read_tokens": 2000}
    upload(
        database,
        bob,
        project_name=project[:125],
        model=model,
        models=[{"model": model, "cache_creation_tokens": 300} | used],
        tools=[{"tool_name": tool, "call_count": 1}],
    )
    settle(database)

    assert disagreeing(database) == []


def test_days_of_very_many_names_hold_the_sums_of_their_sessions(
    database: Database, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollup, "MAX_TOOLS", 2)
    monkeypatch.setattr(rollup, "MAX_MODELS", 2)
    used = {
        "responses": 1,
        "tokens_in": 20,
        "tokens_out": 10,
        "cache_read_tokens": 400,
        "cache_creation_tokens": 60,
    }
    for number, person in enumerate((alice, alice, bob)):
        upload(
            database,
            person,
            f"s{number}",
            project_name=f"p{number}",
            models=[{"model": f"m{name}"} | used for name in range(5)],
            tools=[{"tool_name": f"t{number}-{name}", "call_count": name + 1} for name in range(5)],
        )
    settle(database)

    assert disagreeing(database) == []
    assert {
        tool.tool_name for tool in usage_totals.list_tool_totals(database, Period(DAY, DAY), limit=50)
    } == {
        rollup.OTHER_TOOLS,
        "t0-4",
        "t1-4",
        "t2-4",
        "t2-3",
    }
