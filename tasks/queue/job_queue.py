"""The doorbell: Redis holds no data of ours, only the news that there is mail. The web apps' one door to the tasks."""

from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

# One queue: a worker on two loses jobs when it is killed between taking and noting one.
QUEUE = "insights"
PERSIST = "tasks.jobs.registry.persist"
ROLLUP = "tasks.jobs.registry.rollup"
PURGE = "tasks.jobs.registry.purge"
DELETE = "tasks.jobs.registry.delete"
SCHEDULED = "tasks.jobs.registry.scheduled"
JOBS = frozenset({PERSIST, ROLLUP, PURGE, DELETE, SCHEDULED})

MAX_NOTIFICATIONS_PER_SECOND = 10
# A ring nobody answers is worth nothing later: the scheduler rings again as long as there is mail.
JOB_TTL_SECONDS = 60
PENDING_TTL_SECONDS = 5
#: No ring and no cooldown lasts longer; Redis says more only where its clock has been set back since.
MAX_PENDING_SECONDS = 60
FAILURE_TTL_SECONDS = 24 * 3600
JOB_TIMEOUT_SECONDS = 900
SOCKET_SECONDS = 1.0
# Figures and probes are only worth a short wait.
QUICK_SECONDS = 0.4


class AllowlistedJob(Job):
    """A job that runs only what is listed here: whoever can write to Redis must not choose our code."""

    @property
    def func(self) -> Any:
        """The function of a listed name; anything else is refused."""
        if self.func_name not in JOBS or self._instance:
            raise ValueError("a job that is not listed")
        return super().func

    success_callback = None
    failure_callback = None
    stopped_callback = None


def connect(url: str, *, patient: bool = False, seconds: float = SOCKET_SECONDS) -> redis.Redis:
    """A Redis client: quick to give up for the web apps, patient for the worker."""
    retry = Retry(ExponentialBackoff(cap=2), 30) if patient else Retry(ExponentialBackoff(), 0)
    timeout = None if patient else seconds
    return redis.Redis.from_url(url, retry=retry, socket_timeout=timeout, socket_connect_timeout=seconds)


def queue(client: redis.Redis) -> Queue:
    """The one queue."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer, job_class=AllowlistedJob)


def enqueue_once(client: redis.Redis, job: str) -> bool:
    """Ask for one run of `job`, unless one is asked for already and has not begun."""
    if not client.set(_pending_key(job), 1, nx=True, ex=PENDING_TTL_SECONDS):
        if client.pttl(_pending_key(job)) <= MAX_PENDING_SECONDS * 1000:
            return False
        client.set(_pending_key(job), 1, ex=PENDING_TTL_SECONDS)
    enqueue(client, job)
    return True


def clear_pending(client: redis.Redis, job: str) -> None:
    """Say that a run begins: mail that comes from now on needs a new ring."""
    client.delete(_pending_key(job))


def cooldown(client: redis.Redis, job: str, seconds: float) -> None:
    """Let no ring for `job` count for a while, unless one has already."""
    client.set(_pending_key(job), 1, nx=True, px=int(seconds * 1000))


def enqueue(client: redis.Redis, job: str, *arguments: str, job_id: str | None = None) -> None:
    """Put one job on the queue; arguments are names and times, never data."""
    line = queue(client)
    if job_id is not None:
        # Asked for again because no worker came: it waits once all the same.
        line.remove(job_id)
    line.enqueue_call(
        job,
        args=arguments,
        timeout=JOB_TIMEOUT_SECONDS,
        result_ttl=0,
        ttl=JOB_TTL_SECONDS,
        failure_ttl=FAILURE_TTL_SECONDS,
        description=job,
        job_id=job_id,
    )


def _pending_key(job: str) -> str:
    return f"insights:pending:{job}"
