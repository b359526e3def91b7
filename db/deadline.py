"""Limits how long a thread waits for PostgreSQL: a deadline per block, even if the server hangs, and a budget."""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import extensions

from db.errors import DeadlineExceeded, DeadlinePassed, StorageUnavailable

# The server cancels a slow statement at the deadline; without an answer after this grace time it hangs or is down.
GRACE_SECONDS = 0.3

_current = threading.local()


@contextmanager
def enforce_deadline(seconds: float) -> Iterator[None]:
    """Limit all statements of the block on this thread to `seconds` in total; an outer deadline still holds."""
    outer = getattr(_current, "deadline", None)
    own = time.monotonic() + seconds + GRACE_SECONDS
    _current.deadline = own if outer is None else min(own, outer)
    try:
        yield
    finally:
        _current.deadline = outer


def set_time_budget(seconds: float | None) -> None:
    """Set how many seconds this thread may wait for PostgreSQL in total; None removes the limit.

    Only waiting counts, so a large upload that takes long to parse is not rejected.
    """
    _current.budget = seconds


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """Limit the block to `seconds` or the rest of the thread's budget; raises StorageUnavailable if it is used up."""
    left: float | None = getattr(_current, "budget", None)
    if left is not None and left <= 0:
        raise StorageUnavailable("the time to wait for PostgreSQL is used up")
    began = time.monotonic()
    try:
        with enforce_deadline(seconds if left is None else min(seconds, left)):
            yield
    finally:
        if left is not None:
            _current.budget = left - (time.monotonic() - began)


def remaining() -> float:
    """The seconds left of the current deadline, without the grace time."""
    deadline: float = _current.deadline
    return max(0.0, deadline - GRACE_SECONDS - time.monotonic())


def wait_until_deadline(connection: Any) -> None:
    """Wait for the server; psycopg2's callback, since connect_timeout and statement_timeout miss a hung server."""
    deadline = getattr(_current, "deadline", None)
    if deadline is not None and deadline <= time.monotonic():
        raise DeadlinePassed("no time was left to ask PostgreSQL")
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        remaining = None if deadline is None else deadline - time.monotonic()
        if remaining is not None and remaining <= 0:
            raise DeadlineExceeded("no answer from PostgreSQL within the deadline")
        poller = select.poll()
        poller.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        poller.poll(None if remaining is None else remaining * 1000)
