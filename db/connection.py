"""Connections to PostgreSQL: a pool, short transactions, and a deadline that holds even when the server hangs."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import psycopg2
from psycopg2 import extensions

from db.deadline import enforce_deadline, remaining, time_budget, wait_until_deadline
from db.errors import DeadlineExceeded, StorageUnavailable, translated
from db.pool import Connection, Pool
from db.statements import statements

Row = dict[str, Any]
Values = tuple[Any, ...]

# So long nobody else waits for a silent server: without it, requests would queue up behind one another's deadlines.
REST_SECONDS = 1.0
# A server that is there takes a connection at once, however long its statements may last later.
CONNECT_SECONDS = 10.0


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
