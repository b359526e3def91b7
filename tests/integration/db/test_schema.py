"""The shape of the schema: every table of session data belongs to a person, and migrations run once."""

import threading
from contextlib import closing

import psycopg2
import pytest

from db import migrate
from db.accounts.account_records import Account
from db.connection import Database
from tasks.jobs import persist
from tests.integration.uploads import upload

OWNED = {
    "inbox",
    "api_keys",
    "sessions",
    "messages",
    "tool_usage",
    "tool_calls",
    "session_tags",
    "session_models",
} | {
    "plans",
    "text_purges",
    "data_deletions",
    "dirty_days",
    "daily_stats",
    "daily_usage",
    "daily_tools",
    "daily_hours",
    "monthly_stats",
    "monthly_usage",
    "archived_days",
    "archived_models",
    "archived_tools",
    "archived_sessions",
    "users",
}


@pytest.mark.parametrize("table", sorted(OWNED))
def test_the_key_of_a_persons_rows_begins_with_the_person(database: Database, table: str) -> None:
    keys = {row["name"]: row["first_column"] for row in database.fetch("test_keys_of_tables")}

    assert keys[table] == "user_id"


def test_every_other_table_holds_nobodys_session_data(database: Database) -> None:
    tables = {row["name"] for row in database.fetch("test_keys_of_tables")}

    people_free = {
        "audit_log",
        "team_usage",
        "team_months",
        "team_tools",
        "team_hours",
        "rollup_state",
        "scheduled_runs",
        "schedule_entries",
        "exported_files",
        "stale_exports",
        "export_state",
        "team_settings",
    }
    assert tables - OWNED == people_free | {"schema_migrations"}, (
        "a new table is either of a person, with a key that begins with them, or holds nobody's data: say which"
    )


def test_migrating_again_does_nothing(database_url: str) -> None:
    assert migrate.migrate(database_url) == 0


def test_three_starts_at_once_migrate_once(postgres: str) -> None:
    url = postgres.replace("/insights?", "/empty?")
    _in_postgres(postgres, "CREATE DATABASE empty")
    applied: list[int] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate.migrate(url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _in_postgres(postgres, "DROP DATABASE empty")

    assert sorted(applied) == [0, 0, len(migrate.read_migrations())]


@pytest.mark.parametrize(
    "values",
    [
        "started_at = '0001-01-01 00:00Z'",
        "started_at = 'infinity'",
        "ended_at = started_at - interval '1 second'",
        "total_tokens_in = -1",
        "total_tokens_out = 1000000000000001",
        "project_name = '/home/alice/shop'",
        "project_name = 'C:\\shop'",
        "model = repeat('x', 201)",
    ],
)
def test_what_must_never_be_stored_is_refused_by_the_table(
    database: Database, bob: object, values: str
) -> None:
    insert = (
        "INSERT INTO sessions (user_id, session_id, started_at, total_messages, total_tokens_in, total_tokens_out,"
        " cache_read_tokens, cache_creation_tokens, reported_tokens_in, reported_tokens_out, share_level, content_hash,"
        " upload_id) SELECT user_id, 's', '2026-11-20 10:00Z', 0, 0, 0, 0, 0, 0, 0, 'metadata', '', gen_random_uuid()"
        " FROM users"
    )
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute(insert)
        with pytest.raises(psycopg2.errors.CheckViolation):
            cursor.execute(f"UPDATE sessions SET {values}")


PARTS = ["tool_usage", "session_tags", "session_models", "tool_calls", "messages"]


@pytest.mark.parametrize("table", PARTS)
def test_the_parts_of_a_session_go_with_it(
    database: Database, alice: Account, bob: Account, table: str
) -> None:
    for person in (alice, bob):
        upload(
            database,
            person,
            tool_calls=[{"position": 0, "tool_name": "Read"}],
            messages=[{"sequence": 0, "role": "user", "content": "x"}] if person is alice else [],
        )
    persist.drain_sessions(database, "UTC")

    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE user_id = %s", (alice.user_id,))
        assert cursor.fetchone() == (1,)
        cursor.execute("DELETE FROM sessions WHERE user_id = %s", (alice.user_id,))
        cursor.execute(f"SELECT count(*) FROM {table} WHERE user_id = %s", (alice.user_id,))
        assert cursor.fetchone() == (0,)


def _in_postgres(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
