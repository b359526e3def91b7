"""The worker process: takes jobs off the queue and runs those that are allow-listed, while Redis comes and goes."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from db.config import load
from db.connection import Database
from tasks import logs
from tasks.config import WorkerSettings
from tasks.exports.target import export_target
from tasks.jobs.context import JobContext
from tasks.queue import job_queue, stats

# Short, so that the job of a killed worker is noticed within a minute instead of ten.
WORKER_TTL_SECONDS = 25
MAINTENANCE_SECONDS = 10


class ContextJob(job_queue.AllowlistedJob):
    """An allow-listed job whose function gets the worker's context as its first argument."""

    context: JobContext

    @property
    def func(self) -> Any:
        """The function with the context bound to it. Raises ValueError for a job that is not listed."""
        return partial(super().func, self.context)


class CountingWorker(SimpleWorker):
    """A worker that gives each job its context, and counts how each run went."""

    context: JobContext

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        """Run the job, and add its outcome and times to the job figures in Redis."""
        job.context = self.context
        waited = (datetime.now(UTC) - job.enqueued_at).total_seconds() if job.enqueued_at else 0.0
        began = time.monotonic()
        succeeded: bool = super().perform_job(job, queue, execution)
        # Anyone who can write to Redis can enqueue other names: those share one label.
        name = job.func_name.rpartition(".")[2] if job.func_name in job_queue.JOBS else "unlisted"
        run = stats.Run(name, succeeded, max(0.0, waited), time.monotonic() - began)
        with suppress(redis.RedisError):
            stats.record(self.connection, run)
        return succeeded


def create_context(settings: WorkerSettings, database: Database, client: redis.Redis) -> JobContext:
    """The context of a worker with these settings and connections."""
    zone = settings.insights_timezone
    return JobContext(database, client, zone, export_target(settings, zone), settings.policy)


def build(settings: WorkerSettings) -> CountingWorker:
    """A worker on the one queue; its jobs share one connection pool, since SimpleWorker does not fork."""
    client = job_queue.connect(settings.redis, wait_for_server=True)
    database = Database(settings.postgres, pool_size=4, deadline=30)
    worker = CountingWorker(
        [job_queue.queue(client)],
        connection=client,
        serializer=JSONSerializer,
        job_class=ContextJob,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.context = create_context(settings, database, client)
    return worker


def main() -> None:
    """Work until told to stop; a running job is finished first."""
    logs.configure()
    build(load(WorkerSettings)).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
