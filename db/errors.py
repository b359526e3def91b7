"""The exceptions that db raises in place of the driver's; callers map their reasons to answers."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg2

Result = TypeVar("Result")
# How often an action is tried in all when it conflicts with another writer.
MAX_RETRIES = 3


class StorageError(Exception):
    """An operation failed in PostgreSQL; subclasses tell why."""

    reason = "storage_error"


class StorageUnavailable(StorageError):
    """PostgreSQL is down, hangs or is full, or no connection was free within the deadline."""

    reason = "storage_unavailable"


class Overdue(StorageUnavailable):
    """The deadline passed, whether the server or this process was slow."""


class SchemaMissing(StorageUnavailable):
    """The database lacks a table, column or function that this code needs."""


class Conflict(StorageError):
    """A row with this key already exists."""

    reason = "conflict"


class Contention(StorageError):
    """A deadlock or serialization failure; a retry is safe and usually succeeds."""

    reason = "contention"


class Refused(StorageError):
    """PostgreSQL rejected the values: a constraint, a type or a range."""

    reason = "refused"


class NoSuchPerson(LookupError):
    """The user does not exist (any more)."""


class DeadlineExceeded(psycopg2.OperationalError):
    """The server did not answer within the deadline; the connection is closed."""


class DeadlinePassed(psycopg2.OperationalError):
    """The deadline had passed before the statement was sent; the server is not to blame."""


def retried(action: Callable[[], Result]) -> Result:
    """Run the action, and retry it on Contention up to MAX_RETRIES times in all; the last error is raised."""
    for _ in range(MAX_RETRIES - 1):
        with suppress(Contention):
            return action()
    return action()
