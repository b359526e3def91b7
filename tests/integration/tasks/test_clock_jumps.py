"""A clock that was ahead for a while: afterwards every run comes due, nothing was deleted, and no upload waits."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import redis

from db import audit, scheduled_runs
from db.accounts import logins
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle.retention import RetentionPolicy
from db.uploads import inbox
from tasks import worker
from tasks.config import WorkerSettings
from tasks.jobs.context import JobContext
from tasks.jobs.schedule import apply_retention
from tasks.queue import job_queue
from tasks.rollups import rollup
from tasks.scheduler import Scheduler
from tests.integration.uploads import settle, upload

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
JUMPS = [timedelta(days=3), timedelta(days=400)]
OLD = "2026-01-05T10:00:00Z"


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    with closing(job_queue.connect(redis_url)) as connection:
        yield connection


def due_runs(database: Database) -> set[tuple[str, datetime]]:
    return {(run.name, run.due_at) for run in scheduled_runs.list_recent_runs(database)}


def jobs_of(database: Database, database_url: str, redis_url: str, client: redis.Redis) -> JobContext:
    """What a worker's jobs work with, where sessions are kept for thirty days."""
    settings = WorkerSettings(
        database_url=database_url, redis_url=redis_url, insights_retention_sessions_days=30
    )
    return worker.create_context(settings, database, client)


def note_run(database: Database, ended_at: datetime) -> None:
    """A run of the schedule that ended then."""
    scheduled_runs.record_due_run(database, "forget_runs", ended_at)
    scheduled_runs.begin_run(database, "forget_runs", ended_at)
    scheduled_runs.finish_run(database, "forget_runs", ended_at, "done", {})
    database.execute("test_run_ended", ended_at=ended_at)


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("is_restarted", [False, True], ids=["", "restarted"])
def test_every_run_comes_due_after_a_jump(
    database: Database, client: redis.Redis, jump: timedelta, is_restarted: bool
) -> None:
    scheduler = Scheduler(database, client, "UTC")
    scheduler.sweep(NOON)
    scheduler.sweep(NOON + timedelta(days=1))
    before = due_runs(database)
    scheduler.sweep(NOON + timedelta(days=1) + jump)
    assert due_runs(database) > before

    if is_restarted:
        scheduler = Scheduler(database, client, "UTC")
    scheduler.sweep(NOON + timedelta(days=1, seconds=7))
    assert due_runs(database) == before
    scheduler.sweep(NOON + timedelta(days=2))

    night = {(name, due_at + timedelta(days=1)) for name, due_at in before if due_at > NOON}
    assert due_runs(database) == before | night
    assert {entry.next_due_at for entry in scheduled_runs.list_schedule_entries(database)} <= {
        due_at + timedelta(days=1) for _, due_at in night
    }


@pytest.mark.parametrize("jump", JUMPS)
def test_nothing_is_deleted_while_the_clock_is_ahead(
    database: Database,
    database_url: str,
    redis_url: str,
    client: redis.Redis,
    alice: Account,
    jump: timedelta,
) -> None:
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice, started_at=OLD, ended_at=None)
    settle(database)
    # As the clock has it, the last night was long ago.
    note_run(database, datetime.now(UTC) - timedelta(hours=20) - jump)

    turn = apply_retention(jobs_of(database, database_url, redis_url, client))

    assert turn.detail == {"refused": "clock_not_proven"}
    assert database.fetch("test_rows_left")[0]["sessions"] == 1


def test_retention_goes_on_after_a_night_on_a_right_clock(
    database: Database, database_url: str, redis_url: str, client: redis.Redis, alice: Account
) -> None:
    rollup.begin_in_zone(database, "UTC")
    upload(database, alice, started_at=OLD, ended_at=None)
    settle(database)
    note_run(database, datetime.now(UTC) - timedelta(hours=20))

    turn = apply_retention(jobs_of(database, database_url, redis_url, client))

    assert turn.detail == {"sessions": 1}
    assert database.fetch("test_rows_left")[0]["sessions"] == 0


def test_where_nothing_is_to_go_no_clock_is_doubted(
    database: Database, database_url: str, redis_url: str, client: redis.Redis
) -> None:
    settings = WorkerSettings(database_url=database_url, redis_url=redis_url)
    prepared = worker.create_context(settings, database, client)

    assert prepared.policy == RetentionPolicy()
    assert apply_retention(prepared).detail == {}


@pytest.mark.parametrize("jump", JUMPS)
def test_an_upload_that_came_while_the_clock_was_ahead_is_stored(
    database: Database, alice: Account, jump: timedelta
) -> None:
    upload(database, alice)
    database.execute("test_inbox_put_off", seconds=jump.total_seconds())

    assert inbox.count_pending_uploads(database)[0] == 1
    settle(database)
    assert database.fetch("test_rows_left")[0]["sessions"] == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_a_run_that_was_rung_for_while_the_clock_was_ahead_is_rung_for_again(
    database: Database, jump: timedelta
) -> None:
    scheduled_runs.record_due_run(database, "check", NOON)
    database.execute("test_pass_by", minutes=-int(jump.total_seconds() // 60))

    assert scheduled_runs.list_runs_to_enqueue(database) == [("check", NOON)]


@pytest.mark.parametrize("jump", JUMPS)
def test_a_login_that_failed_while_the_clock_was_ahead_locks_nobody_out(
    database: Database, jump: timedelta
) -> None:
    logins.record_login_failure(database, "alice", "192.0.2.1")
    assert logins.count_recent_login_failures(database, "alice", "192.0.2.1").of_name == 1

    database.execute("test_failures_put_off", seconds=jump.total_seconds())

    assert logins.count_recent_login_failures(database, "alice", "192.0.2.1").of_name == 0


@pytest.mark.parametrize("jump", JUMPS)
def test_a_look_at_a_person_is_noted_whatever_was_noted_while_the_clock_was_ahead(
    database: Database, admin: Account, alice: Account, jump: timedelta
) -> None:
    for _ in range(2):
        audit.record_person_view(database, actor_id=admin.user_id, subject_id=alice.user_id)
        audit.record_team_view(database, actor_id=admin.user_id)
        database.execute("test_looks_put_off", seconds=jump.total_seconds())

    looks = [
        entry.action
        for entry in audit.list_audit_entries(database, limit=10)
        if entry.action.endswith("viewed")
    ]
    assert sorted(looks) == ["people.viewed"] * 2 + ["person.viewed"] * 2
