"""The scheduler process: one leader enqueues jobs for waiting work, and each due run of the schedule once."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from types import FrameType
from zoneinfo import ZoneInfo

import redis
import structlog
from croniter import croniter

from db import scheduled_runs
from db.config import load
from db.connection import Database
from db.errors import Refused, StorageError
from db.lifecycle import deletions, purges
from db.locks import Lock
from db.uploads import inbox
from db.usage import rollups
from tasks import logs
from tasks.config import SchedulerSettings
from tasks.jobs.schedule import cron_lines
from tasks.queue import job_queue
from tasks.rollups.rollup import begin_in_zone

log = structlog.get_logger()

UTC_NOW = partial(datetime.now, UTC)
SWEEP_SECONDS = 1.0
# After a long absence, only so many of the newest runs of a task are made up for.
MAX_MISSED_RUNS = 3


def due_times(cron: str, after: datetime, now: datetime, zone: str) -> list[datetime]:
    """When a task was due after `after` and up to `now`, in team time; at most the newest three."""
    missed = []
    for due in _times(cron, after, ZoneInfo(zone)):
        if due > now:
            break
        if due > after:
            missed.append(due)
    return missed[-MAX_MISSED_RUNS:]


def next_due(cron: str, now: datetime, zone: str) -> datetime:
    """When a task is due first after `now`."""
    return next(due for due in _times(cron, now, ZoneInfo(zone)) if due > now)


def _times(cron: str, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Each local time once: the first of an hour that occurs twice, and one hour later where it is skipped."""
    clock = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
    times = croniter(cron, clock)
    while True:
        yield times.get_next(datetime).replace(tzinfo=zone).astimezone(UTC)


class Scheduler:
    """Looks for waiting work and due runs, once per sweep."""

    def __init__(
        self, database: Database, client: redis.Redis, zone: str, *, export_at: str = "02:00"
    ) -> None:
        self._database = database
        self._client = client
        self._zone = zone
        self._lines = cron_lines(export_at)
        self._next_due: dict[str, datetime] = {}
        #: Before the first sweep: in the future, as if the clock had been set back since.
        self._swept_at = datetime.max.replace(tzinfo=UTC)

    def sweep(self, now: datetime) -> None:
        """Enqueue jobs for waiting work, record runs that are due, and enqueue those that have not ended."""
        if now < self._swept_at:
            # Runs recorded while the clock was ahead must not prevent those that are due from now on.
            if runs := scheduled_runs.delete_future_runs(self._database, now):
                log.warning("clock_was_ahead", forgotten_runs=runs)
            self._next_due = {}
        self._swept_at = now
        self._publish_next_due(now)
        waiting, _ = inbox.count_pending_uploads(self._database)
        for is_waiting, job in (
            (waiting, job_queue.PERSIST),
            (rollups.has_dirty_days(self._database), job_queue.ROLLUP),
            (purges.list_open_text_purges(self._database), job_queue.PURGE),
            (deletions.list_open_deletions(self._database), job_queue.DELETE),
        ):
            if is_waiting:
                job_queue.enqueue_once(self._client, job)
        for name, cron in self._lines.items():
            after = scheduled_runs.fetch_latest_due_time(self._database, name, now)
            for due_at in due_times(cron, after, now, self._zone):
                if scheduled_runs.record_due_run(self._database, name, due_at):
                    self._enqueue(name, due_at)
        for name, due_at in scheduled_runs.list_runs_to_enqueue(self._database):
            self._enqueue(name, due_at)

    def _publish_next_due(self, now: datetime) -> None:
        """Store when each task is due next, for the dashboard, whenever that changes."""
        if not self._next_due or min(self._next_due.values()) <= now:
            next_times = {name: next_due(cron, now, self._zone) for name, cron in self._lines.items()}
            scheduled_runs.store_schedule(self._database, next_times)
            self._next_due = next_times

    def _enqueue(self, name: str, due_at: datetime) -> None:
        job_id = f"{name}-{int(due_at.timestamp())}"
        job_queue.enqueue(self._client, job_queue.SCHEDULED, name, due_at.isoformat(), job_id=job_id)


def lead(
    url: str, scheduler: Scheduler, stopping: threading.Event, *, now: Callable[[], datetime] = UTC_NOW
) -> None:
    """Wait for the leader lock, then sweep every second; returns when the lock is lost or `stopping` is set.

    Raises StorageError when PostgreSQL is lost.
    """
    with Lock(url, "leader_lock") as lock:
        while not stopping.is_set() and not lock.is_held():
            stopping.wait(SWEEP_SECONDS)
        while not stopping.is_set() and lock.is_held():
            with suppress(redis.RedisError):
                scheduler.sweep(now())
            stopping.wait(SWEEP_SECONDS)


def start(database: Database, zone: str) -> None:
    """Set the time zone of the daily figures; exits the process if PostgreSQL does not know it."""
    try:
        begin_in_zone(database, zone)
    except Refused:
        sys.exit(f"INSIGHTS_TIMEZONE: PostgreSQL does not know {zone!r}")


def main() -> None:
    """Lead or stand by until SIGTERM or SIGINT; PostgreSQL and Redis may come and go meanwhile."""
    logs.configure()
    settings = load(SchedulerSettings)
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    database = Database(settings.postgres, pool_size=2, deadline=10)
    client, zone = job_queue.connect(settings.redis), settings.insights_timezone
    scheduler = Scheduler(database, client, zone, export_at=settings.export_schedule)
    while not stopping.is_set():
        try:
            start(database, settings.insights_timezone)
            lead(settings.postgres, scheduler, stopping)
        except StorageError as error:
            log.warning("storage_unavailable", reason=error.reason)
            stopping.wait(SWEEP_SECONDS)


if __name__ == "__main__":
    main()
