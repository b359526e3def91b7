"""The self-check: silent while all is well, also in the midst of work, and it names whatever is broken."""

from contextlib import closing

import psycopg2
import pytest

from db.accounts.account_records import Account
from db.connection import Database
from db.usage import checks
from db.usage.periods import Period
from tasks.jobs import persist, persist_plans
from tests.integration.tasks.rollups.test_rollup import DAY, disagreeing
from tests.integration.uploads import settle, upload, upload_plan

MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
CALL = {"position": 0, "message_sequence": 0, "tool_name": "Read", "tool_input": "in", "tool_output": "out"}
#: What can go wrong, in SQL, and the first sum that must say so.
DAMAGES = {
    "DELETE FROM sessions WHERE user_id = 1": "sessions received = stored + repeated + quarantined + waiting",
    "DELETE FROM plans": "plans received = stored + repeated + quarantined + waiting",
    "UPDATE sessions SET upload_id = gen_random_uuid()": "every session comes from a stored upload",
    "UPDATE inbox SET state = 'repeated'": "every session comes from a stored upload",
    "UPDATE plans SET upload_id = gen_random_uuid()": "every plan comes from a stored upload",
    "UPDATE session_models SET tokens_in = tokens_in + 1": "tokens of sessions = tokens of their models",
    "UPDATE daily_stats SET session_count = 5": "sessions = sessions of days",
    "UPDATE daily_stats SET cache_read_tokens = 5": "tokens of sessions = tokens of days",
    "UPDATE daily_stats SET total_duration_seconds = 5": "coding seconds of sessions = of days",
    "UPDATE session_models SET cost_usd = cost_usd * 2": "billionths of a dollar of sessions = of days",
    "UPDATE daily_stats SET cost_usd = NULL": "billionths of a dollar of sessions = of days",
    "UPDATE session_models SET cost_usd = NULL": "billionths of a dollar of sessions = of days",
    "UPDATE daily_stats SET unpriced_tokens = 5": "tokens without a price of sessions = of days",
    "UPDATE daily_tools SET call_count = 50": "tool calls of sessions = of days",
    "UPDATE daily_usage SET tokens_out = 5": "tokens of days = by project and model",
    "UPDATE daily_usage SET cost_usd = 5": "billionths of a dollar of days = by project and model",
    "UPDATE team_usage SET tokens_in = 5": "tokens by person = without people",
    "UPDATE team_usage SET cost_usd = 5": "billionths of a dollar by person = without people",
    "UPDATE team_usage SET unpriced_tokens = 5": "tokens without a price of days = without people",
    "UPDATE team_tools SET call_count = 50": "tool calls by person = without people",
    "UPDATE team_hours SET session_count = 50": "sessions of days = sessions by hour",
    "UPDATE team_usage_whole SET tokens_in = 5": "tokens without people = over all projects and models",
    "UPDATE team_tools_whole SET call_count = 50": "tool calls without people = over all projects",
    "UPDATE team_hours_by_model SET session_count = 50": "sessions by hour = over all projects and models",
    "UPDATE team_months SET tokens = 5": "tokens by project = of months",
    "UPDATE monthly_stats SET tokens_in = 5": "tokens of days = of months",
    "UPDATE monthly_usage SET tokens_in = 5": "tokens of days by project and model = of months",
    "UPDATE session_tags SET session_id = 'lost'": "no tags without their session",
    "UPDATE tool_calls SET session_id = 'lost'": "no tool calls without their session",
    "UPDATE messages SET session_id = 'lost'": "no messages without their session",
    "UPDATE sessions SET share_level = 'metadata'; DELETE FROM tool_calls": (
        "no messages in sessions stored without text"
    ),
    "UPDATE sessions SET share_level = 'metadata'; DELETE FROM messages": (
        "no text of tool calls in sessions stored without text"
    ),
    "UPDATE users SET share_level = 'metadata'; DELETE FROM plans; DELETE FROM inbox WHERE kind = 'plan'": (
        "sessions with text only of people who share it"
    ),
    "INSERT INTO dirty_days (user_id, stat_date, marked_at) VALUES (1, '2026-01-01', now() - interval '2 hours')": (
        "no day waits for hours to be rolled up"
    ),
}


@pytest.fixture
def settled(database: Database, alice: Account, bob: Account) -> Database:
    """Two people's sessions and a plan, rolled up."""
    upload(database, alice, messages=[MESSAGE], tool_calls=[CALL])
    upload(database, bob)
    upload_plan(database, alice)
    settle(database)
    return database


def test_where_all_is_well_nothing_is_named(settled: Database) -> None:
    assert disagreeing(settled) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_broken_is_named(settled: Database, damage: str) -> None:
    with closing(psycopg2.connect(settled.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(damage)

    assert DAMAGES[damage] in disagreeing(settled)


def test_text_that_waits_is_only_of_people_who_share_it(database: Database, alice: Account) -> None:
    upload(database, alice, messages=[MESSAGE])
    with closing(psycopg2.connect(database.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE users SET share_level = 'none'")

    assert disagreeing(database) == ["waiting uploads with text only of people who share it"]


def test_plans_with_text_are_only_of_people_who_share_it(database: Database, alice: Account) -> None:
    upload_plan(database, alice)
    persist_plans.drain_plans(database)
    with closing(psycopg2.connect(database.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE users SET share_level = 'none'")

    assert disagreeing(database) == ["plans with text only of people who share it"]


def test_work_in_progress_is_no_mistake(settled: Database, bob: Account) -> None:
    upload(settled, bob, total_messages=9, total_tokens_in=100)
    upload(settled, bob, "s2", started_at="2026-11-19T10:00:00Z", ended_at=None)
    assert disagreeing(settled) == []

    persist.drain_sessions(settled, "UTC")

    assert disagreeing(settled) == []
    assert checks.check_period(settled, Period(DAY, DAY), "UTC") == []


def test_a_period_is_held_against_what_pages_show(settled: Database) -> None:
    settled.execute("rollups_empty")

    wrong = [
        result.name for result in checks.check_period(settled, Period(DAY, DAY), "UTC") if not result.agrees
    ]

    assert "session_count of the last 1 days" in wrong
