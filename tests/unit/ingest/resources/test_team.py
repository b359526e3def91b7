"""The team's figures: parameters, periods and the shape of the answers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from falcon.testing import TestClient

from ingest.app import create_app
from ingest.config import IngestSettings
from tests.unit.ingest.conftest import Api
from tests.unit.ingest.fakes import FakeDatabase, FakeNotifier

DAY: dict[str, Any] = {
    "stat_date": date(2026, 11, 22),
    "session_count": 2,
    "active_users": 1,
    "tokens_in": 10,
    "tokens_out": 5,
    "cache_read_tokens": 100,
    "cache_creation_tokens": 20,
    "duration_seconds": 60,
    "total_messages": 8,
    "cost_usd": None,
    "unpriced_tokens": 0,
}


def test_stats_are_the_sums_of_the_days(api: Api, database: FakeDatabase) -> None:
    both = {name: value * 2 for name, value in DAY.items() if isinstance(value, int)}
    database.answers = {
        "fetch_team_totals": [both | {"cost_usd": None}],
        "team_people": [{"active_users": 1}],
    }

    assert api.get("/api/v1/team/stats?days=2").json == {
        "period_days": 2,
        "total_sessions": 4,
        "active_users": 1,
        "total_messages": 16,
        "total_tokens_in": 20,
        "total_tokens_out": 10,
        "cache_read_tokens": 200,
        "cache_creation_tokens": 40,
        "total_duration_seconds": 120,
    }


def test_a_tool_without_outcomes_has_no_rate(api: Api, database: FakeDatabase) -> None:
    counts = [("Bash", 10, 6, 2, 2), ("Read", 5, 0, 0, 5)]
    names = ("tool_name", "call_count", "success_count", "error_count", "unreported_count")
    database.answers["list_tool_totals"] = [dict(zip(names, row, strict=True)) for row in counts]

    assert api.get("/api/v1/team/tools").json == [
        {"tool_name": "Bash", "total_calls": 10, "success_rate": 0.75},
        {"tool_name": "Read", "total_calls": 5, "success_rate": None},
    ]


def test_the_leaderboard_names_rank_sessions_and_tokens(api: Api, database: FakeDatabase) -> None:
    rank = {"rank": 1, "username": "alice", "session_count": 2, "total_tokens": 15}
    database.answers["list_leaderboard"] = [rank | {"user_id": 1}]

    assert api.get("/api/v1/team/leaderboard").json == [rank]


def test_trends_have_a_row_for_every_day(api: Api, database: FakeDatabase) -> None:
    database.answers["list_team_days"] = [DAY]

    assert api.get("/api/v1/team/trends").json == [{"date": "2026-11-22", "sessions": 2, "tokens": 15}]


@pytest.mark.parametrize(
    ("path", "first", "limit"),
    [
        ("tools", date(2026, 11, 16), 10),
        ("tools?days=1&limit=50", date(2026, 11, 22), 50),
        ("leaderboard?limit=1", date(2026, 11, 16), 1),
        ("leaderboard?days=365", date(2025, 11, 23), 10),
        ("stats", date(2026, 11, 16), None),
        ("trends", date(2026, 10, 24), None),
        ("trends?days=7", date(2026, 11, 16), None),
    ],
)
def test_the_last_days_end_today(
    api: Api, database: FakeDatabase, path: str, first: date, limit: int | None
) -> None:
    database.answers = {
        name: [] for name in ("list_tool_totals", "list_leaderboard", "list_team_days", "team_people")
    }
    api.get(f"/api/v1/team/{path}")

    _, parameters = database.asked[1]
    assert (parameters["first"], parameters["last"]) == (first, date(2026, 11, 22))
    assert parameters.get("limit") == limit


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("stats?days=0", "days"),
        ("stats?days=366", "days"),
        ("stats?days=-1", "days"),
        ("stats?days=7.0", "days"),
        ("stats?days=seven", "days"),
        ("stats?days=%C2%B2", "days"),
        ("stats?days=%D9%A7", "days"),
        ("stats?days=99999999999999999999", "days"),
        ("tools?limit=0", "limit"),
        ("tools?limit=51", "limit"),
        ("leaderboard?limit=x", "limit"),
        ("leaderboard?days=400", "days"),
        ("trends?days=6", "days"),
    ],
)
def test_a_parameter_out_of_range_is_told(api: Api, path: str, name: str) -> None:
    answer = api.get(f"/api/v1/team/{path}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == f"/{name}" and name in answer.json["detail"]


@pytest.mark.parametrize(("zone", "today"), [("UTC", 22), ("Asia/Tokyo", 23), ("America/Los_Angeles", 22)])
def test_today_is_the_teams_today(database: FakeDatabase, zone: str, today: int) -> None:
    database.answers["list_team_days"] = []
    settings = IngestSettings(insights_timezone=zone)
    app = create_app(
        database=database,
        notifier=FakeNotifier(),
        settings=settings,
        clock=lambda: datetime(2026, 11, 22, 15, 30, tzinfo=UTC),
    )
    TestClient(app).simulate_get("/api/v1/team/trends", headers={"X-API-Key": "dkd_sk_bob"})

    assert database.asked[1][1]["last"] == date(2026, 11, today)
