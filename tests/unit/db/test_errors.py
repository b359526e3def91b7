"""What the driver raises, mapped to the few error classes that other packages handle."""

import psycopg2
import pytest
from psycopg2 import errors as driver

from db.connection import translated
from db.errors import (
    Conflict,
    Contention,
    DeadlineExceeded,
    Refused,
    StorageError,
    StorageUnavailable,
)


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        # A full disk is as good as none: come again.
        (driver.DiskFull, StorageUnavailable),
        (driver.OutOfMemory, StorageUnavailable),
        (driver.TooManyConnections, StorageUnavailable),
        (driver.AdminShutdown, StorageUnavailable),
        (driver.CannotConnectNow, StorageUnavailable),
        (psycopg2.OperationalError, StorageUnavailable),
        (psycopg2.InterfaceError, StorageUnavailable),
        (DeadlineExceeded, StorageUnavailable),
        (driver.DeadlockDetected, Contention),
        (driver.SerializationFailure, Contention),
        (driver.UniqueViolation, Conflict),
        (driver.CheckViolation, Refused),
        (driver.NumericValueOutOfRange, Refused),
        (driver.ProgramLimitExceeded, Refused),
    ],
)
def test_each_error_of_the_driver_has_one_reason(raised: type[Exception], reason: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, translated():
        raise raised("said by PostgreSQL")

    assert isinstance(caught.value, reason)
    assert isinstance(caught.value.__cause__, raised)
