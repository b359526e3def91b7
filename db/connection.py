"""Runs named statements for all processes: a pool, short transactions, and a deadline even if the server hangs."""

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import psycopg2
from psycopg2 import errors as driver
from psycopg2 import extensions

from db.deadline import enforce_deadline, remaining, time_budget, wait_until_deadline
from db.errors import (
    Conflict,
    Contention,
    DeadlineExceeded,
    DeadlinePassed,
    Overdue,
    Refused,
    SchemaMissing,
    StorageError,
    StorageUnavailable,
)
from db.statements import statements

Row = dict[str, Any]
Values = tuple[Any, ...]

# After the server was silent, requests fail at once for this time; otherwise they queue behind each other's deadlines.
COOLDOWN_SECONDS = 1.0
# A healthy server accepts a connection at once, even if statements may run longer.
CONNECT_SECONDS = 10.0
#: Faults of the server or the connection, so a later try may succeed.
_UNAVAILABLE = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg2.NotSupportedError,
    driver.ReadOnlySqlTransaction,
    driver.InvalidSqlStatementName,
)


class Statements(Protocol):
    """The interface of query functions: a Database (each statement its own transaction) or a Transaction."""

    def fetch(self, statement: str, **parameters: object) -> list[Row]:
        """Run the named statement and return its rows."""

    def fetch_one(self, statement: str, **parameters: object) -> Row | None:
        """Run the named statement and return its first row, if any."""

    def fetch_values(self, statement: str, **parameters: object) -> list[Values]:
        """Run the named statement and return its rows as tuples, for large results."""

    def execute(self, statement: str, **parameters: object) -> int:
        """Run the named statement and return the number of affected rows."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the StorageError that matches psycopg2's exception, with the original as its cause."""
    try:
        yield
    except driver.UniqueViolation as error:
        raise Conflict(str(error.diag.message_primary)) from error
    except driver.ProgramLimitExceeded as error:
        # The driver counts it as operational, but the values cause it, so a retry fails again.
        raise Refused(str(error.diag.message_primary)) from error
    except psycopg2.extensions.TransactionRollbackError as error:
        raise Contention(str(error).strip()) from error
    except (driver.UndefinedTable, driver.UndefinedColumn, driver.UndefinedFunction) as error:
        raise SchemaMissing("the database is not at this code's schema: run ./manage.py migrate") from error
    except (driver.QueryCanceled, DeadlineExceeded, DeadlinePassed) as error:
        raise Overdue(str(error).strip()) from error
    except _UNAVAILABLE as error:
        raise StorageUnavailable(str(error).strip() or type(error).__name__) from error
    except (psycopg2.DataError, psycopg2.IntegrityError) as error:
        raise Refused(str(error.diag.message_primary)) from error
    except psycopg2.Error as error:
        raise StorageError(f"PostgreSQL failed: {type(error).__name__}") from error


class Connection(extensions.connection):
    """The driver's connection, with the names of the statements prepared on it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.prepared_statements: set[str] = set()


class Pool:
    """Opens connections on demand and reuses them; safe to share between threads, not between processes."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        # Last in, first out: the server process with the warmest cache is reused first.
        self._idle: list[Connection] = []

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """Lend a connection for the block; it is closed if the block fails."""
        with translated():
            connection = self._live() or self._connect()
        try:
            yield connection
        except BaseException:
            # The state after an interrupted statement must not reach the next borrower.
            connection.close()
            raise
        self._idle.append(connection)

    def _live(self) -> Connection | None:
        # Other threads pop as well, so the list may be empty at any moment.
        with suppress(IndexError):
            while not _is_live(connection := self._idle.pop()):
                connection.close()
            return connection
        return None

    def close(self) -> None:
        """Close the connections that are not lent out."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


def _is_live(connection: Connection) -> bool:
    """An idle connection with data to read was closed by the server; this check takes 2 µs, a ping 100."""
    if connection.closed:
        return False
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return not poller.poll(0)


class _Cursors:
    """Runs named statements on the connection that `_connection` lends."""

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        raise NotImplementedError
        yield

    @contextmanager
    def _run(self, statement: str, parameters: Row) -> Iterator[extensions.cursor]:
        with self._connection() as connection, translated(), connection.cursor() as cursor:
            _prepare(connection, statement)
            cursor.execute(statements()[statement].text, parameters)
            yield cursor

    def fetch(self, statement: str, **parameters: object) -> list[Row]:
        """Run the named statement and return its rows."""
        with self._run(statement, parameters) as cursor:
            return _by_name(cursor, cursor.fetchall())

    def fetch_one(self, statement: str, **parameters: object) -> Row | None:
        """Run the named statement and return its first row, if any."""
        with self._run(statement, parameters) as cursor:
            return next(iter(_by_name(cursor, cursor.fetchmany(1))), None)

    def fetch_values(self, statement: str, **parameters: object) -> list[Values]:
        """Run the named statement and return its rows as tuples, for large results."""
        with self._run(statement, parameters) as cursor:
            return cursor.fetchall()

    def execute(self, statement: str, **parameters: object) -> int:
        """Run the named statement and return the number of affected rows."""
        with self._run(statement, parameters) as cursor:
            return cursor.rowcount


def _by_name(cursor: extensions.cursor, rows: list[Values]) -> list[Row]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


class Transaction(_Cursors):
    """Several statements that commit together or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._lent = connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        yield self._lent

    def shut_down(self) -> None:
        """Close the socket, so that a thread waiting for an answer fails at once, even if the server is silent."""
        with suppress(OSError, psycopg2.Error), socket.socket(fileno=os.dup(self._lent.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Roll back only the statements of the block if it fails; the error is raised."""
        self.execute("savepoint_set")
        try:
            yield
        except Exception:
            self.execute("savepoint_undo")
            raise
        self.execute("savepoint_release")


class Database(_Cursors):
    """A pool of connections to one PostgreSQL; safe to share between threads, not between processes."""

    def __init__(self, url: str, *, pool_size: int = 8, deadline: float = 3.5) -> None:
        """`deadline`: seconds for getting a connection plus one statement, or for one whole transaction."""
        extensions.set_wait_callback(wait_until_deadline)
        self.url = url
        self.deadline = deadline
        self._cooldown_until = 0.0
        self._free_connections = threading.BoundedSemaphore(pool_size)
        self._pool = Pool(lambda: _connect(url, deadline))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with time_budget(self.deadline), self._lend() as connection:
            connection.autocommit = True
            yield connection

    @contextmanager
    def transaction(self, *, deadline: float | None = None) -> Iterator[Transaction]:
        """Lend a connection for statements that commit together when the block succeeds."""
        with self._begun(deadline or self.deadline) as transaction:
            yield transaction

    @contextmanager
    def snapshot(
        self, *, deadline: float | None = None, of: Transaction | None = None
    ) -> Iterator[Transaction]:
        """Lend a connection for read-only statements on one snapshot, optionally the one of another transaction."""
        first: list[tuple[str, Row]] = [("snapshot_set", {})]
        if of is not None:
            first.append(("snapshot_join", of.fetch_one("snapshot_share") or {}))
        with self._begun(deadline or self.deadline, *first) as transaction:
            yield transaction

    @contextmanager
    def _begun(self, seconds: float, *first: tuple[str, Row]) -> Iterator[Transaction]:
        with time_budget(seconds), self._lend() as connection:
            connection.autocommit = False
            transaction = Transaction(connection)
            for statement, parameters in first:
                transaction.execute(statement, **parameters)
            transaction.execute("transaction_timeout", milliseconds=int(seconds * 1000))
            yield transaction
            with translated():
                connection.commit()

    @contextmanager
    def _lend(self) -> Iterator[Connection]:
        if time.monotonic() < self._cooldown_until:
            raise StorageUnavailable("PostgreSQL was silent a moment ago")
        with self._reserve(), self._cooldown_after_silence(), self._pool.lend() as connection:
            yield connection

    @contextmanager
    def _reserve(self) -> Iterator[None]:
        """Wait within the deadline for one of the pool's connections."""
        if not self._free_connections.acquire(timeout=remaining()):
            raise StorageUnavailable("no connection to PostgreSQL came free within the deadline")
        try:
            yield
        finally:
            self._free_connections.release()

    @contextmanager
    def _cooldown_after_silence(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except StorageUnavailable as error:
            silent = isinstance(error.__cause__, DeadlineExceeded)
            # A caller with little time left gives up early; that is no sign of a silent server.
            if silent and time.monotonic() - began >= self.deadline / 2:
                self._cooldown_until = time.monotonic() + COOLDOWN_SECONDS
            raise

    def close(self) -> None:
        """Close the connections that are not lent out."""
        self._pool.close()


def connect_unpooled(url: str, *, deadline: float) -> Connection:
    """Open a connection outside the pool for long use, such as locks and migrations; raises StorageError."""
    extensions.set_wait_callback(wait_until_deadline)
    with enforce_deadline(min(deadline, CONNECT_SECONDS)), translated():
        return _connect(url, deadline)


def _connect(url: str, deadline: float) -> Connection:
    timeout_ms = int(deadline * 1000)
    # Prepared statements keep a generic plan: planning them for each value takes longer than running them.
    # synchronous_commit overrides defaults of the database or role: 202 promises that an upload is on disk.
    return psycopg2.connect(
        url,
        connect_timeout=max(2, int(min(deadline, CONNECT_SECONDS))),
        connection_factory=Connection,
        application_name="insights",
        options=f"-c timezone=UTC -c statement_timeout={timeout_ms} -c jit=off"
        " -c plan_cache_mode=force_generic_plan -c synchronous_commit=on"
        " -c idle_in_transaction_session_timeout=60000",
    )


def _prepare(connection: Connection, name: str) -> None:
    """Prepare the statement once per connection; a rollback does not undo it."""
    prepare_text = statements()[name].prepare_text
    if prepare_text is not None and name not in connection.prepared_statements:
        with connection.cursor() as cursor:
            cursor.execute(prepare_text)
        connection.prepared_statements.add(name)
