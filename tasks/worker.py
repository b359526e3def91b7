"""The worker process: takes rings off the queue and runs the listed jobs, while Redis comes and goes."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from db.config import load
from db.connection import Database
from tasks import logs
from tasks.config import WorkerSettings
from tasks.exports.target import export_target
from tasks.jobs import registry
from tasks.jobs.context import JobContext
from tasks.queue import job_queue, stats

# Short times, so that what a killed worker held is noticed within a minute rather than ten.
WORKER_TTL_SECONDS = 25
MAINTENANCE_SECONDS = 10


class CountingWorker(SimpleWorker):
    """A worker that notes how each run went."""

    def perform_job(self, job: Any, queue: Any, execution: Any) -> bool:
        """Run it, and add it to the figures."""
        waited = (datetime.now(UTC) - job.enqueued_at).total_seconds() if job.enqueued_at else 0.0
        began = time.monotonic()
        succeeded: bool = super().perform_job(job, queue, execution)
        # Whoever can write to Redis can put other names on the queue: they are no figures of ours.
        name = job.func_name.rpartition(".")[2] if job.func_name in job_queue.JOBS else "unlisted"
        run = stats.Run(name, succeeded, max(0.0, waited), time.monotonic() - began)
        with suppress(redis.RedisError):
            stats.note(self.connection, run)
        return succeeded


def prepare(settings: WorkerSettings, database: Database, client: Any) -> JobContext:
    """All of it, by these settings."""
    zone = settings.insights_timezone
    return JobContext(database, client, zone, export_target(settings, zone), settings.policy)


def build(settings: WorkerSettings) -> SimpleWorker:
    """A worker on the one queue; its jobs share one pool of connections, since nothing forks."""
    client = job_queue.connect(settings.redis, patient=True)
    database = Database(settings.postgres, pool_size=4, deadline=30)
    registry.equip(prepare(settings, database, client))
    return CountingWorker(
        [job_queue.queue(client)],
        connection=client,
        serializer=JSONSerializer,
        job_class=job_queue.AllowlistedJob,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )


def main() -> None:
    """Work until told to stop; a job under way is finished first."""
    logs.configure()
    build(load(WorkerSettings)).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
