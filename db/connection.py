"""Connections to PostgreSQL: a pool, short transactions, and a deadline that holds even when the server hangs."""

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

# So long nobody else waits for a silent server: without it, requests would queue up behind one another's deadlines.
REST_SECONDS = 1.0
# A server that is there takes a connection at once, however long its statements may last later.
CONNECT_SECONDS = 10.0
#: The fault of the server or of the connection, whatever the driver calls it; elsewhere or later it will do.
_AWAY = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg2.NotSupportedError,
    driver.ReadOnlySqlTransaction,
    driver.InvalidSqlStatementName,
)


class Statements(Protocol):
    """What a query function takes: a Database (each statement its own transaction) or a Transaction."""

    def fetch(self, statement: str, **parameters: object) -> list[Row]:
        """Run the named statement and return its rows."""

    def fetch_one(self, statement: str, **parameters: object) -> Row | None:
        """Run the named statement and return its first row, if any."""

    def fetch_values(self, statement: str, **parameters: object) -> list[Values]:
        """Run the named statement and return its rows as the bare values, for many of them."""

    def execute(self, statement: str, **parameters: object) -> int:
        """Run the named statement and return how many rows it touched."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn what psycopg2 raises into a StorageError, keeping the cause for the operator."""
    try:
        yield
    except driver.UniqueViolation as error:
        raise Conflict(str(error.diag.message_primary)) from error
    except driver.ProgramLimitExceeded as error:
        # An operational error by the driver's book, but it lies in the values and will not go away.
        raise Refused(str(error.diag.message_primary)) from error
    except psycopg2.extensions.TransactionRollbackError as error:
        raise Contention(str(error).strip()) from error
    except (driver.UndefinedTable, driver.UndefinedColumn, driver.UndefinedFunction) as error:
        raise SchemaMissing("the database is not at this code's schema: run ./manage.py migrate") from error
    except (driver.QueryCanceled, DeadlineExceeded, DeadlinePassed) as error:
        raise Overdue(str(error).strip()) from error
    except _AWAY as error:
        raise StorageUnavailable(str(error).strip() or type(error).__name__) from error
    except (psycopg2.DataError, psycopg2.IntegrityError) as error:
        raise Refused(str(error.diag.message_primary)) from error
    except psycopg2.Error as error:
        raise StorageError(f"PostgreSQL failed: {type(error).__name__}") from error


class Connection(extensions.connection):
    """The driver's connection, with a memory of the statements that were prepared on it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.prepared: set[str] = set()


class Pool:
    """Made when they are needed, kept when they come back; safe to share between threads, not between processes."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        # The one that came back last is lent first, so its server process is the warmest.
        self._idle: list[Connection] = []

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        """Lend a connection for the block; one whose block failed is not lent again."""
        with translated():
            connection = self._live() or self._connect()
        try:
            yield connection
        except BaseException:
            # Whatever state an interrupted statement left behind must not reach the next borrower.
            connection.close()
            raise
        self._idle.append(connection)

    def _live(self) -> Connection | None:
        # Others take from the list, too: it may be empty at any moment.
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
    """An idle connection with something to read was closed by the server: costs 2 µs where a ping costs 100."""
    if connection.closed:
        return False
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return not poller.poll(0)


class _Cursors:
    """The three ways to run a named statement, over whatever connection `_connection` lends."""

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
        """Run the named statement and return its rows as the bare values, for many of them."""
        with self._run(statement, parameters) as cursor:
            return cursor.fetchall()

    def execute(self, statement: str, **parameters: object) -> int:
        """Run the named statement and return how many rows it touched."""
        with self._run(statement, parameters) as cursor:
            return cursor.rowcount


def _by_name(cursor: extensions.cursor, rows: list[Values]) -> list[Row]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


class Transaction(_Cursors):
    """Several statements that take effect together, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._lent = connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        yield self._lent

    def hang_up(self) -> None:
        """End the connection under whoever waits for an answer on another thread; even of a silent server."""
        with suppress(OSError, psycopg2.Error), socket.socket(fileno=os.dup(self._lent.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only the statements inside when one of them fails, and let the failure pass."""
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
        """`deadline`: seconds that taking a connection plus one statement, or one whole transaction, may last."""
        extensions.set_wait_callback(wait_until_deadline)
        self.url = url
        self.deadline = deadline
        self._resting_until = 0.0
        self._seats = threading.BoundedSemaphore(pool_size)
        self._pool = Pool(lambda: _connect(url, deadline))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with time_budget(self.deadline), self._lend() as connection:
            connection.autocommit = True
            yield connection

    @contextmanager
    def transaction(self, *, deadline: float | None = None) -> Iterator[Transaction]:
        """Lend a connection for statements that commit together when the block ends well."""
        with self._begun(deadline or self.deadline) as transaction:
            yield transaction

    @contextmanager
    def snapshot(
        self, *, deadline: float | None = None, of: Transaction | None = None
    ) -> Iterator[Transaction]:
        """Lend a connection for statements that all read one moment, maybe another's, and change nothing."""
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
        if time.monotonic() < self._resting_until:
            raise StorageUnavailable("PostgreSQL was silent a moment ago")
        with self._seat(), self._resting_after_silence(), self._pool.lend() as connection:
            yield connection

    @contextmanager
    def _seat(self) -> Iterator[None]:
        """A connection is free for whoever sits, within the deadline."""
        if not self._seats.acquire(timeout=remaining()):
            raise StorageUnavailable("no connection to PostgreSQL came free within the deadline")
        try:
            yield
        finally:
            self._seats.release()

    @contextmanager
    def _resting_after_silence(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except StorageUnavailable as error:
            silent = isinstance(error.__cause__, DeadlineExceeded)
            # Somebody with little time left gives up early, which says nothing about the server.
            if silent and time.monotonic() - began >= self.deadline / 2:
                self._resting_until = time.monotonic() + REST_SECONDS
            raise

    def close(self) -> None:
        """Close the connections that are not lent out."""
        self._pool.close()


def connect_unpooled(url: str, *, deadline: float) -> Connection:
    """One connection outside any pool, for what must hold it long: the scheduler's lock, the migrations."""
    extensions.set_wait_callback(wait_until_deadline)
    with enforce_deadline(min(deadline, CONNECT_SECONDS)), translated():
        return _connect(url, deadline)


def _connect(url: str, deadline: float) -> Connection:
    timeout_ms = int(deadline * 1000)
    # What is prepared is planned once, as it says: to plan it anew for each day or key takes longer than to run it.
    # What is committed is on disk, whatever the database's or the role's own defaults say: 202 promises it.
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
    """Have a statement planned, unless this connection has done so: a preparation outlives even a rollback."""
    preparation = statements()[name].preparation
    if preparation is not None and name not in connection.prepared:
        with connection.cursor() as cursor:
            cursor.execute(preparation)
        connection.prepared.add(name)
