"""How long a thread waits for PostgreSQL: a deadline that holds even when the server hangs, and what it may spend."""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import extensions

from db.errors import DeadlineExceeded, DeadlinePassed, StorageUnavailable

# The server ends a slow statement at the deadline; who is silent a little longer hangs or is gone.
SILENCE_SECONDS = 0.3

_current = threading.local()


@contextmanager
def enforce_deadline(seconds: float) -> Iterator[None]:
    """Give the statements of the block, on this thread, that many seconds together; never more than is left outside."""
    outer = getattr(_current, "deadline", None)
    own = time.monotonic() + seconds + SILENCE_SECONDS
    _current.deadline = own if outer is None else min(own, outer)
    try:
        yield
    finally:
        _current.deadline = outer


def allow(seconds: float | None) -> None:
    """From here on this thread may wait that many seconds for PostgreSQL, in all; None: as long as it likes.

    Only the waiting counts: a large upload that took long to read is not refused for it.
    """
    _current.allowance = seconds


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """Wait so long at most, or what is left of the allowance, and take it off."""
    left: float | None = getattr(_current, "allowance", None)
    if left is not None and left <= 0:
        raise StorageUnavailable("the time to wait for PostgreSQL is used up")
    began = time.monotonic()
    try:
        with enforce_deadline(seconds if left is None else min(seconds, left)):
            yield
    finally:
        if left is not None:
            _current.allowance = left - (time.monotonic() - began)


def remaining() -> float:
    """How long a block that is `within` may still wait for something else than the server's answer."""
    deadline: float = _current.deadline
    return max(0.0, deadline - SILENCE_SECONDS - time.monotonic())


def wait_until_deadline(connection: Any) -> None:
    """psycopg2's wait callback: neither connect_timeout nor statement_timeout helps against a hung server."""
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
