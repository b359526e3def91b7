"""The pool: it survives a restarted PostgreSQL, and never waits beyond its deadline, even for a hung one."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from db.connection import Database
from db.embedded import EmbeddedPostgres
from db.errors import StorageUnavailable
from db.health import ping

DEADLINE = 1.0


@pytest.fixture
def pool(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=2, deadline=DEADLINE)
    yield database
    database.close()


def test_a_connection_that_was_closed_by_the_server_is_replaced(pool: Database) -> None:
    [row] = pool.fetch("test_backend")
    with closing(psycopg2.connect(pool.url)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (row["pid"],))
    time.sleep(0.2)

    ping(pool)


def test_a_statement_ends_at_the_deadline(pool: Database) -> None:
    began = time.monotonic()

    with pytest.raises(StorageUnavailable):
        pool.fetch("test_sleep", seconds=30)

    assert time.monotonic() - began < DEADLINE + 0.5


def test_an_exhausted_pool_refuses_at_the_deadline(pool: Database) -> None:
    with pool.transaction(deadline=9), pool.transaction(deadline=9):
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            ping(pool)

    assert time.monotonic() - began < DEADLINE + 0.5


def test_a_failed_transaction_leaves_nothing_and_hands_back_a_clean_connection(pool: Database) -> None:
    with pytest.raises(RuntimeError), pool.transaction() as transaction:
        transaction.execute("rollups_zone_set", zone="UTC")
        raise RuntimeError

    assert pool.fetch("rollups_zone") == []


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql://x@/x?host={tmp_path}", deadline=DEADLINE)

    with closing(nowhere), pytest.raises(StorageUnavailable):
        ping(nowhere)


def test_a_hung_server_is_given_up_at_the_deadline_and_used_again_later() -> None:
    home = Path(tempfile.mkdtemp(prefix="insights-hang-"))
    home.chmod(0o711)
    with EmbeddedPostgres(home) as url, closing(Database(url, pool_size=4, deadline=DEADLINE)) as database:
        ping(database)
        servers = _postgres_processes(home)
        _signal(servers, signal.SIGSTOP)
        try:
            waits = _refusals(database, count=4)
            at_once = _refusals(database, count=4)
        finally:
            _signal(servers, signal.SIGCONT)

        assert max(waits) < DEADLINE * 2 + 0.5
        assert max(at_once) < 0.2
        _eventually(lambda: ping(database))


def _refusals(database: Database, count: int) -> list[float]:
    waits: list[float] = []

    def ask() -> None:
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            ping(database)
        waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(waits) == count
    return waits


def _postgres_processes(home: Path) -> list[int]:
    postmaster = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        os.kill(process, number)


def _eventually(action: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()  # type: ignore[operator]
        except StorageUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
