"""Enqueues jobs on Redis, which holds no data but job names: the inbox in PostgreSQL says what is to be done."""

from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

# One queue: a worker on several loses a job when it is killed between taking and recording it.
QUEUE = "insights"
PERSIST = "tasks.jobs.registry.persist"
ROLLUP = "tasks.jobs.registry.rollup"
PURGE = "tasks.jobs.registry.purge"
DELETE = "tasks.jobs.registry.delete"
SCHEDULED = "tasks.jobs.registry.scheduled"
JOBS = frozenset({PERSIST, ROLLUP, PURGE, DELETE, SCHEDULED})

MAX_NOTIFICATIONS_PER_SECOND = 10
# A job that no worker takes expires: the scheduler enqueues it again as long as there is work.
JOB_TTL_SECONDS = 60
PENDING_TTL_SECONDS = 5
#: No pending mark and no cooldown lasts longer, unless the clock has been set back since.
MAX_PENDING_SECONDS = 60
FAILURE_TTL_SECONDS = 24 * 3600
JOB_TIMEOUT_SECONDS = 900
SOCKET_SECONDS = 1.0
# The timeout of figures and probes, which must answer quickly.
QUICK_SECONDS = 0.4


class AllowlistedJob(Job):
    """A job that only runs functions in JOBS: write access to Redis must not allow running other code."""

    @property
    def func(self) -> Any:
        """The function of a listed job. Raises ValueError for any other name or an instance."""
        if self.func_name not in JOBS or self._instance:
            raise ValueError("a job that is not listed")
        return super().func

    success_callback = None
    failure_callback = None
    stopped_callback = None


def connect(url: str, *, wait_for_server: bool = False, seconds: float = SOCKET_SECONDS) -> redis.Redis:
    """A Redis client that gives up after `seconds`, or, if patient, blocks and retries as a worker must."""
    retry = Retry(ExponentialBackoff(cap=2), 30) if wait_for_server else Retry(ExponentialBackoff(), 0)
    timeout = None if wait_for_server else seconds
    return redis.Redis.from_url(url, retry=retry, socket_timeout=timeout, socket_connect_timeout=seconds)


def queue(client: redis.Redis) -> Queue:
    """The one queue of all jobs."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer, job_class=AllowlistedJob)


def enqueue_once(client: redis.Redis, job: str) -> bool:
    """Enqueue `job` unless it is pending or in its cooldown; returns whether it was enqueued."""
    if not client.set(_pending_key(job), 1, nx=True, ex=PENDING_TTL_SECONDS):
        if client.pttl(_pending_key(job)) <= MAX_PENDING_SECONDS * 1000:
            return False
        client.set(_pending_key(job), 1, ex=PENDING_TTL_SECONDS)
    enqueue(client, job)
    return True


def clear_pending(client: redis.Redis, job: str) -> None:
    """Mark the beginning of a run: work that arrives from now on needs another."""
    client.delete(_pending_key(job))


def cooldown(client: redis.Redis, job: str, seconds: float) -> None:
    """Ignore `enqueue_once` of `job` for so many seconds, unless it is already pending."""
    client.set(_pending_key(job), 1, nx=True, px=int(seconds * 1000))


def enqueue(client: redis.Redis, job: str, *arguments: str, job_id: str | None = None) -> None:
    """Put a job on the queue; its arguments are names and times, never data."""
    jobs = queue(client)
    if job_id is not None:
        # The same job may still be waiting from an earlier attempt.
        jobs.remove(job_id)
    jobs.enqueue_call(
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
