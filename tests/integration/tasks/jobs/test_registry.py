"""The queue and its jobs on real stores: uploads are stored whether their job was enqueued or lost."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from rq import SimpleWorker

from db import scheduled_runs
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import purges
from db.uploads import inbox
from db.usage import usage_totals
from db.usage.periods import Period
from tasks import worker
from tasks.config import WorkerSettings
from tasks.jobs import batch, persist, registry
from tasks.jobs.schedule import RunResult, ScheduledTask
from tasks.queue import job_queue
from tasks.queue.notifier import JobNotifier
from tasks.scheduler import Scheduler
from tests.integration.uploads import upload

DUE = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = DUE.date()


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    with closing(job_queue.connect(redis_url)) as connection:
        yield connection


@pytest.fixture
def burst_worker(database_url: str, redis_url: str) -> SimpleWorker:
    """A worker that works until the queue is empty."""
    return worker.build(WorkerSettings(database_url=database_url, redis_url=redis_url))


def work(burst_worker: SimpleWorker) -> None:
    burst_worker.work(burst=True, logging_level="WARNING")


def sessions(database: Database) -> int:
    return usage_totals.fetch_team_totals(database, Period(DAY, DAY)).session_count


def test_one_enqueued_job_stores_uploads_and_updates_the_figures(
    database: Database, client: redis.Redis, burst_worker: SimpleWorker, bob: Account
) -> None:
    upload(database, bob)
    job_queue.enqueue_once(client, job_queue.PERSIST)

    work(burst_worker)

    assert sessions(database) == 1


def test_rollups_run_while_uploads_keep_coming(
    database: Database,
    client: redis.Redis,
    burst_worker: SimpleWorker,
    bob: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "PERSIST_SECONDS", 0)
    monkeypatch.setattr(batch, "BATCH", 1)
    for number in range(3):
        upload(database, bob, f"s{number}")
    job_queue.enqueue_once(client, job_queue.PERSIST)

    burst_worker.work(burst=True, max_jobs=2, logging_level="WARNING")

    assert sessions(database) == 1
    assert inbox.count_pending_uploads(database)[0] == 2


def test_the_scheduler_finds_uploads_whose_job_was_lost(
    database: Database, client: redis.Redis, burst_worker: SimpleWorker, bob: Account
) -> None:
    upload(database, bob)
    client.flushall()

    Scheduler(database, client, "UTC").sweep(datetime.now(UTC))
    work(burst_worker)

    assert sessions(database) == 1


def test_a_purge_that_was_interrupted_is_completed(
    database: Database,
    client: redis.Redis,
    burst_worker: SimpleWorker,
    alice: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(users, "PURGE_SECONDS", 0)
    text = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
    upload(database, alice, messages=[text])
    persist.drain_sessions(database, "UTC")
    users.change_settings(database, alice.user_id, share_level="metadata")

    Scheduler(database, client, "UTC").sweep(datetime.now(UTC))
    work(burst_worker)

    assert database.fetch("test_text_left")[0]["messages"] == 0
    assert purges.list_open_text_purges(database) == []


def test_a_job_that_finds_another_drain_running_is_not_enqueued_again(
    database: Database, client: redis.Redis, burst_worker: SimpleWorker, bob: Account
) -> None:
    upload(database, bob)
    job_queue.enqueue_once(client, job_queue.PERSIST)

    with database.transaction() as other:
        inbox.lock_persist(other)
        work(burst_worker)

    assert job_queue.queue(client).count == 0
    assert inbox.count_pending_uploads(database)[0] == 1


def test_a_due_run_takes_effect_once_with_two_schedulers(
    database: Database, client: redis.Redis, burst_worker: SimpleWorker
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for _ in range(2):
        Scheduler(database, client, "UTC").sweep(tomorrow)
    work(burst_worker)

    runs = [run for run in scheduled_runs.list_recent_runs(database) if run.name == "check"]
    assert [run.outcome for run in runs] == ["done"]


def test_the_scheduler_publishes_when_each_task_is_due_next(database: Database, client: redis.Redis) -> None:
    scheduler, noon = Scheduler(database, client, "UTC"), datetime(2026, 11, 20, 12, tzinfo=UTC)
    scheduled_runs.store_schedule(database, {"gone": noon})
    for hours in (0, 1, 24):
        scheduler.sweep(noon + timedelta(hours=hours))

    told = {entry.name: entry.next_due_at for entry in scheduled_runs.list_schedule_entries(database)}
    assert told.keys() == registry.SCHEDULE.keys()
    assert told["check"] == datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def test_a_run_is_done_by_one_of_two_jobs(
    database: Database, client: redis.Redis, burst_worker: SimpleWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    entry = ScheduledTask("0 3 * * *", lambda context: ran.append(context.zone) or RunResult({}))
    monkeypatch.setitem(registry.SCHEDULE, "check", entry)
    scheduled_runs.record_due_run(database, "check", DUE)
    for job_id in ("once", "twice"):
        job_queue.enqueue(client, job_queue.SCHEDULED, "check", DUE.isoformat(), job_id=job_id)

    work(burst_worker)

    assert ran == ["UTC"]


def test_a_function_that_is_not_listed_fails_without_running(
    client: redis.Redis, burst_worker: SimpleWorker, tmp_path: Path
) -> None:
    evil = tmp_path / "evil"
    job_queue.queue(client).enqueue_call("os.system", args=(f"touch {evil}",))

    work(burst_worker)

    assert not evil.exists()
    assert job_queue.queue(client).failed_job_registry.count == 1


def test_the_notifier_reads_the_job_figures(
    client: redis.Redis, redis_url: str, burst_worker: SimpleWorker, database: Database, bob: Account
) -> None:
    upload(database, bob)
    job_queue.enqueue_once(client, job_queue.PERSIST)
    job_queue.queue(client).enqueue_call("os.getcwd")
    with closing(JobNotifier(redis_url)) as notifier:
        before = notifier.figures()
        work(burst_worker)
        after = notifier.figures()

    assert (before.waiting, before.failed, before.jobs) == (2, 0, [])
    assert (after.waiting, after.failed) == (0, 1)
    assert [(figures.job, figures.done, figures.failed) for figures in after.jobs] == [
        ("persist", 1, 0),
        ("rollup", 1, 0),
        ("unlisted", 0, 1),
    ]
