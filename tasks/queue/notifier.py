"""Tells the worker that there is mail, and asks how the queue is: what the web apps hold of it."""

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
    """What there is to know about the queue."""

    waiting: int
    #: Failed jobs that are still remembered.
    failed: int
    jobs: list[JobFigures]


class JobNotifier:
    """Rings for persist from a thread of its own, so a request neither waits for Redis nor fails with it."""

    def __init__(self, redis_url: str) -> None:
        self._client = connect(redis_url)
        self._quick_client = connect(redis_url, seconds=QUICK_SECONDS)
        self._mail = threading.Event()
        self._closed = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def notify(self) -> None:
        """Say that there is mail; at most ten times a second the news goes on to Redis."""
        self._mail.set()
        if not self._is_running():
            self._start()

    def _is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start(self) -> None:
        # Started by the first ring, not at import: gunicorn forks its workers in between.
        with self._starting:
            # Also once more: without it every upload would wait for the scheduler's next round.
            if not self._is_running():
                self._thread = threading.Thread(target=self._run, name="job-notifier", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._mail.wait()
            self._mail.clear()
            # Redis away is no error: the scheduler finds the mail by itself.
            with suppress(redis.RedisError):
                if not enqueue_once(self._client, PERSIST):
                    # Persist is about to begin, and sees this mail, or rests, and does not: ring again to be sure.
                    self._mail.set()
            time.sleep(1 / MAX_NOTIFICATIONS_PER_SECOND)

    def ping(self) -> bool:
        """Does Redis answer, right now?"""
        try:
            return bool(self._quick_client.ping())
        except redis.RedisError:
            return False

    def figures(self) -> QueueFigures | None:
        """How long the queue is and how its jobs went, in one round trip; None when Redis does not answer quickly."""
        here = queue(self._quick_client)
        try:
            with self._quick_client.pipeline(transaction=False) as pipeline:
                pipeline.llen(here.key)
                pipeline.zcard(here.failed_job_registry.key)
                pipeline.hgetall(stats.KEY)
                waiting, failed, fields = pipeline.execute()
        except redis.RedisError:
            return None
        return QueueFigures(waiting, failed, stats.read(fields))

    def close(self) -> None:
        """Stop ringing."""
        self._closed.set()
        self._mail.set()
        if self._thread is not None:
            self._thread.join(timeout=SOCKET_SECONDS * 2)
        self._client.close()
        self._quick_client.close()
