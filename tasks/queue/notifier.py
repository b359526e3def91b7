"""The web apps' view of the queue: notifies the worker of new uploads, and reads figures for metrics and pages."""

import threading
import time
from contextlib import suppress
from typing import NamedTuple

import redis

from tasks.queue import stats
from tasks.queue.job_queue import (
    MAX_NOTIFICATIONS_PER_SECOND,
    PERSIST,
    QUICK_SECONDS,
    SOCKET_SECONDS,
    connect,
    enqueue_once,
    queue,
)
from tasks.queue.stats import JobFigures


class QueueFigures(NamedTuple):
    """The state of the queue and the figures of its jobs."""

    #: Jobs in the queue.
    waiting: int
    #: Failed jobs of the last day.
    failed: int
    jobs: list[JobFigures]


class JobNotifier:
    """Enqueues persist from a thread of its own, so that a request neither waits for Redis nor fails with it."""

    def __init__(self, redis_url: str) -> None:
        self._client = connect(redis_url)
        self._quick_client = connect(redis_url, seconds=QUICK_SECONDS)
        self._requested = threading.Event()
        self._closed = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def notify(self) -> None:
        """Request a run of persist; returns at once. Redis gets at most ten requests a second."""
        self._requested.set()
        if self._thread is not None and self._thread.is_alive():
            return
        # Started by the first upload, not at import: gunicorn forks its workers in between. And again if it died:
        # without it every upload would wait for the scheduler's next sweep.
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="job-notifier", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._requested.wait()
            self._requested.clear()
            # Without Redis the scheduler finds the uploads.
            with suppress(redis.RedisError):
                if not enqueue_once(self._client, PERSIST):
                    # A pending run sees this upload, but one that has just ended and cools down does not: try again.
                    self._requested.set()
            time.sleep(1 / MAX_NOTIFICATIONS_PER_SECOND)

    def ping(self) -> bool:
        """Whether Redis answers quickly."""
        try:
            return bool(self._quick_client.ping())
        except redis.RedisError:
            return False

    def figures(self) -> QueueFigures | None:
        """The queue and its job figures, in one round trip; None when Redis does not answer quickly."""
        jobs = queue(self._quick_client)
        try:
            with self._quick_client.pipeline(transaction=False) as pipeline:
                pipeline.llen(jobs.key)
                pipeline.zcard(jobs.failed_job_registry.key)
                pipeline.hgetall(stats.KEY)
                waiting, failed, fields = pipeline.execute()
        except redis.RedisError:
            return None
        return QueueFigures(waiting, failed, stats.read(fields))

    def close(self) -> None:
        """Stop the thread and close the connections."""
        self._closed.set()
        self._requested.set()
        if self._thread is not None:
            self._thread.join(timeout=SOCKET_SECONDS * 2)
        self._client.close()
        self._quick_client.close()
