"""The border where the driver's errors become the few reasons the rest of the house knows."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg2

Result = TypeVar("Result")
# How often something is tried that meets another writer.
MAX_RETRIES = 3


class StorageError(Exception):
    """PostgreSQL refused or failed; subclasses say which."""

    reason = "storage_error"


class StorageUnavailable(StorageError):
    """PostgreSQL is down, hangs, is full, or had no connection left within the deadline."""

    reason = "storage_unavailable"


class Overdue(StorageUnavailable):
    """It was not done within its deadline, whoever was slow: the server, or we in between."""


class SchemaMissing(StorageUnavailable):
    """PostgreSQL answers, but the database lacks what this code expects of it."""


class Conflict(StorageError):
    """A row with this key is there already."""

    reason = "conflict"


class Contention(StorageError):
    """Two writers met; doing it again is safe and usually enough."""

    reason = "contention"


class Refused(StorageError):
    """PostgreSQL refused the values themselves: a constraint, a type or a range."""

    reason = "refused"


class NoSuchPerson(LookupError):
    """There is no such person, or not any more."""


class DeadlineExceeded(psycopg2.OperationalError):
    """The answer did not come within the deadline; the connection is given up."""


class DeadlinePassed(psycopg2.OperationalError):
    """The deadline was over before the server was asked: that says nothing about the server."""


def retried(action: Callable[[], Result]) -> Result:
    """Do it, and do it again where it met another writer; the last time whatever comes is passed on."""
    for _ in range(MAX_RETRIES - 1):
        with suppress(Contention):
            return action()
    return action()
