"""The scheduler process: one leader rings again for mail that waits, and for each due run once."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import FrameType
from typing import Any
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

SWEEP_SECONDS = 1.0
# After a long absence only the newest of these are worth running.
MAX_MISSED_RUNS = 3


def due_times(cron: str, after: datetime, now: datetime, zone: str) -> list[datetime]:
    """When an entry was due after `after` and up to `now`, in team time; at most the newest three."""
    times = takewhile(lambda due: due <= now, _times(cron, after, ZoneInfo(zone)))
    return [due for due in times if due > after][-MAX_MISSED_RUNS:]


def next_due(cron: str, now: datetime, zone: str) -> datetime:
    """When an entry is due after `now`."""
    return next(due for due in _times(cron, now, ZoneInfo(zone)) if due > now)


def _times(cron: str, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Each time on the team's clock once: of an hour that comes twice the first, for one that is left out the next."""
    clock = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
    times = croniter(cron, clock)
    while True:
        yield times.get_next(datetime).replace(tzinfo=zone).astimezone(UTC)


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduler:
    """Sweeps once a second for as long as it holds the lock."""

    def __init__(self, database: Database, client: Any, zone: str, *, export_at: str = "02:00") -> None:
        self._database = database
        self._client = client
        self._zone = zone
        self._lines = cron_lines(export_at)
        self._told: dict[str, datetime] = {}
        #: Nothing is known of the time before: as if it had been ahead.
        self._swept_at = datetime.max.replace(tzinfo=UTC)

    def sweep(self, now: datetime) -> None:
        """Ring for waiting mail and marked days, note what is due, and ring for that."""
        if now < self._swept_at:
            self._set_clock_back(now)
        self._swept_at = now
        self._tell(now)
        waiting, _ = inbox.count_pending_uploads(self._database)
        if waiting:
            job_queue.enqueue_once(self._client, job_queue.PERSIST)
        if rollups.has_dirty_days(self._database):
            job_queue.enqueue_once(self._client, job_queue.ROLLUP)
        if purges.list_open_text_purges(self._database):
            job_queue.enqueue_once(self._client, job_queue.PURGE)
        if deletions.list_open_deletions(self._database):
            job_queue.enqueue_once(self._client, job_queue.DELETE)
        for name, cron in self._lines.items():
            self._note_due(name, cron, now)
        for name, due_at in scheduled_runs.list_runs_to_enqueue(self._database):
            self._ring(name, due_at)

    def _set_clock_back(self, now: datetime) -> None:
        """What was noted while the clock was ahead must neither hold back nor stand for what is due from now on."""
        if runs := scheduled_runs.delete_future_runs(self._database, now):
            log.warning("clock_was_ahead", forgotten_runs=runs)
        self._told = {}

    def _tell(self, now: datetime) -> None:
        """Have the pages know when everything is due next, whenever that has changed."""
        if not self._told or min(self._told.values()) <= now:
            following = {name: next_due(cron, now, self._zone) for name, cron in self._lines.items()}
            scheduled_runs.store_schedule(self._database, following)
            self._told = following

    def _note_due(self, name: str, cron: str, now: datetime) -> None:
        after = scheduled_runs.fetch_latest_due_time(self._database, name, now)
        for due_at in due_times(cron, after, now, self._zone):
            if scheduled_runs.record_due_run(self._database, name, due_at):
                self._ring(name, due_at)

    def _ring(self, name: str, due_at: datetime) -> None:
        job_id = f"{name}-{int(due_at.timestamp())}"
        job_queue.enqueue(self._client, job_queue.SCHEDULED, name, due_at.isoformat(), job_id=job_id)


def lead(
    url: str, scheduler: Scheduler, stopping: threading.Event, *, now: Callable[[], datetime] = _now
) -> None:
    """Wait for the lock, then sweep; returns when the lock or PostgreSQL is lost, or when told to stop."""
    with Lock(url, "leader_lock") as lock:
        while not stopping.is_set() and not lock.is_held():
            stopping.wait(SWEEP_SECONDS)
        while not stopping.is_set() and lock.is_held():
            with suppress(redis.RedisError):
                scheduler.sweep(now())
            stopping.wait(SWEEP_SECONDS)


def start(database: Database, zone: str) -> None:
    """Make the days those of this zone, or end the process if PostgreSQL has no rules for it."""
    try:
        begin_in_zone(database, zone)
    except Refused:
        sys.exit(f"INSIGHTS_TIMEZONE: PostgreSQL does not know {zone!r}")


def main() -> None:
    """Lead or stand by until told to stop; PostgreSQL and Redis may come and go meanwhile."""
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
