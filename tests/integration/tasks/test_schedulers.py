"""A day of 23 and one of 25 hours with two schedulers, of which one is killed now and then: every run once.

`make soak` kills more often, on many such days: SCHEDULER_KILLS, SCHEDULER_SEEDS.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess

import pytest
import redis

from db import scheduled_runs
from db.connection import Database
from tasks import scheduler, worker
from tasks.config import WorkerSettings
from tasks.jobs import registry
from tasks.jobs.schedule import RunResult, ScheduledTask, cron_lines
from tasks.queue import job_queue
from tasks.scheduler import Scheduler, lead
from tests.integration.hurried import HURRIED

KILLS = int(os.environ.get("SCHEDULER_KILLS", "3"))
SEEDS = range(1, 1 + int(os.environ.get("SCHEDULER_SEEDS", "1")))
PATIENCE_SECONDS = 150
CLOCK = "test:clock_reads"
CLOCK_READS = 24 * 4
ENTRIES = cron_lines("02:00")
#: What is due once in whatever 24 hours; what is due on some days only is not due here.
NAMES = {name for name, cron in ENTRIES.items() if cron.endswith(" * * *")}


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    with closing(job_queue.connect(redis_url)) as connection:
        yield connection


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many jobs each task has used; a run takes two."""
    jobs: Counter[str] = Counter()

    def runs(name: str) -> ScheduledTask:
        def run(_context: object) -> RunResult:
            jobs[name] += 1
            return RunResult({"jobs": 1}, finished=jobs[name] % 2 == 0)

        return ScheduledTask(registry.SCHEDULE[name].cron, run)

    for name in NAMES:
        monkeypatch.setitem(registry.SCHEDULE, name, runs(name))
    return jobs


def run_scheduler(url: str, redis_url: str, beginning: datetime) -> None:
    """A scheduler to be killed; time advances a quarter of an hour whenever any of them reads the clock."""
    client = job_queue.connect(redis_url, wait_for_server=True)

    def now() -> datetime:
        return beginning + timedelta(hours=24) * min(int(client.incr(CLOCK)), CLOCK_READS) / CLOCK_READS

    scheduler.SWEEP_SECONDS = 0.01
    one = Scheduler(Database(url, pool_size=2, deadline=30), client, "Europe/Berlin")
    lead(url, one, threading.Event(), now=now)


def begin(database_url: str, redis_url: str, beginning: datetime) -> BaseProcess:
    process = HURRIED.Process(target=run_scheduler, args=(database_url, redis_url, beginning))
    process.start()
    return process


def end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def clock_reads(client: redis.Redis) -> int:
    return int(client.get(CLOCK) or 0)


def wait_for(client: redis.Redis, count: int) -> None:
    late = time.monotonic() + PATIENCE_SECONDS
    while clock_reads(client) < count and time.monotonic() < late:
        time.sleep(0.01)


@pytest.fixture(params=SEEDS)
def randomness(request: pytest.FixtureRequest) -> random.Random:
    """Chooses when which scheduler is killed."""
    return random.Random(request.param)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_each_run_takes_effect_once(
    database: Database,
    database_url: str,
    redis_url: str,
    client: redis.Redis,
    ran: Counter[str],
    randomness: random.Random,
    day: str,
) -> None:
    # From ten in the evening before.
    beginning = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC) - timedelta(hours=3)
    for name in NAMES:
        scheduled_runs.record_due_run(database, name, beginning)
        scheduled_runs.finish_run(database, name, beginning, "done", {})
    two = [begin(database_url, redis_url, beginning) for _ in range(2)]
    for moment in sorted(randomness.sample(range(CLOCK_READS), KILLS)):
        wait_for(client, moment)
        end(two.pop(randomness.randrange(2)))
        two.append(begin(database_url, redis_url, beginning))
    wait_for(client, CLOCK_READS + 5)
    work_off(database, database_url, redis_url)
    for one in two:
        end(one)

    runs = [run for run in scheduled_runs.list_recent_runs(database) if run.due_at > beginning]
    assert Counter(run.name for run in runs) == dict.fromkeys(NAMES, 1)
    assert {run.outcome for run in runs} == {"done"}
    assert ran == dict.fromkeys(NAMES, 2)


def work_off(database: Database, database_url: str, redis_url: str) -> None:
    """Work until every run has ended; the schedulers enqueue again what was lost with a killed one."""
    burst_worker = worker.build(WorkerSettings(database_url=database_url, redis_url=redis_url))
    late = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < late and any(
        run.outcome is None for run in scheduled_runs.list_recent_runs(database)
    ):
        database.execute("test_pass_by", minutes=1)
        burst_worker.work(burst=True, logging_level="WARNING")
