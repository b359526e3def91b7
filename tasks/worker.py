"""The worker process: takes rings off the queue and runs the listed jobs, while Redis comes and goes."""

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from db.config import load
from db.connection import Database
from tasks import jobs, logs, queues
from tasks.config import TaskSettings

# Short times, so that what a killed worker held is noticed within a minute rather than ten.
WORKER_TTL_SECONDS = 25
MAINTENANCE_SECONDS = 10


def build(settings: TaskSettings) -> SimpleWorker:
    """A worker on the one queue; its jobs share one pool of connections, since nothing forks."""
    client = queues.connect(settings.redis, patient=True)
    database = Database(settings.postgres, pool_size=2, deadline=30)
    jobs.equip(jobs.Tools(database, client, settings.insights_timezone))
    return SimpleWorker(
        [queues.queue(client)],
        connection=client,
        serializer=JSONSerializer,
        job_class=queues.ListedJob,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )


def main() -> None:
    """Work until told to stop; a job under way is finished first."""
    logs.configure()
    build(load(TaskSettings)).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
