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
from db.deadline import set_time_budget
from db.errors import DeadlineExceeded, SchemaMissing, StorageError, StorageUnavailable
from db.liveness import ping
from standalone.embedded_postgres import EmbeddedPostgres

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


def test_what_is_committed_is_on_disk_whatever_the_database_says(database_url: str) -> None:
    with closing(psycopg2.connect(database_url)) as other, other, other.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{other.info.dbname}" SET synchronous_commit = off')

    with closing(Database(database_url, pool_size=1)) as database:
        assert database.fetch("test_commits") == [{"waits_for_the_disk": "on"}]


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


def test_a_transaction_has_the_time_it_was_given_for_each_statement(pool: Database) -> None:
    with pool.transaction(deadline=DEADLINE * 3) as transaction:
        transaction.fetch("test_sleep", seconds=DEADLINE * 1.3)

    with pytest.raises(StorageUnavailable) as ended, pool.transaction(deadline=0.3) as transaction:
        transaction.fetch("test_sleep", seconds=30)

    assert isinstance(ended.value.__cause__, psycopg2.errors.QueryCanceled)


@pytest.fixture
def allowance() -> Iterator[None]:
    """What is left of it must not reach the next test."""
    yield
    set_time_budget(None)


@pytest.mark.usefixtures("allowance")
def test_the_statements_of_a_request_share_its_time(pool: Database) -> None:
    set_time_budget(DEADLINE)
    began = time.monotonic()

    pool.fetch("test_sleep", seconds=DEADLINE * 0.7)
    with pytest.raises(StorageUnavailable):
        pool.fetch("test_sleep", seconds=DEADLINE * 0.7)
    with pytest.raises(StorageUnavailable, match="used up"):
        ping(pool)

    assert time.monotonic() - began < DEADLINE + 0.5


@pytest.mark.usefixtures("allowance")
def test_waiting_for_a_free_connection_counts_as_waiting(pool: Database) -> None:
    with pool.transaction(deadline=9), pool.transaction(deadline=9):
        set_time_budget(DEADLINE / 2)
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            ping(pool)

    assert time.monotonic() - began < DEADLINE


@pytest.mark.usefixtures("allowance")
def test_a_statement_given_up_early_costs_nobody_else_anything(database_url: str) -> None:
    with closing(Database(database_url, pool_size=1, deadline=DEADLINE)) as database:
        set_time_budget(0.1)
        with pytest.raises(StorageUnavailable) as ended:
            database.fetch("test_sleep", seconds=DEADLINE * 0.8)
        set_time_budget(None)

        assert isinstance(ended.value.__cause__, DeadlineExceeded)
        ping(database)


def test_a_server_that_takes_no_writes_is_unavailable(pool: Database) -> None:
    with pytest.raises(StorageUnavailable), pool.transaction() as transaction:
        transaction.execute("test_read_only")
        transaction.execute("rollups_zone_set", zone="UTC")


def test_a_lost_preparation_is_made_again(pool: Database) -> None:
    with pytest.raises(StorageUnavailable), pool.transaction() as transaction:
        transaction.execute("parts_delete", inbox_ids=[])
        transaction.execute("test_forget_preparations")
        transaction.execute("parts_delete", inbox_ids=[])

    assert pool.execute("parts_delete", inbox_ids=[]) == 0


def test_a_preparation_is_planned_once_for_all_its_values(pool: Database) -> None:
    with pool.transaction() as transaction:
        for number in range(3):
            transaction.execute("parts_delete", inbox_ids=[number])
        [plans] = transaction.fetch("test_times_planned", name="parts_delete")

    assert plans == {"generic_plans": 3, "custom_plans": 0}


def test_a_database_without_the_schema_says_what_to_do(postgres: str) -> None:
    database = Database(postgres, deadline=DEADLINE)

    with closing(database), pytest.raises(SchemaMissing, match="migrate"):
        database.fetch("list_accounts")


def test_whatever_else_postgresql_raises_is_an_error_of_ours(pool: Database) -> None:
    with pytest.raises(StorageError, match="SyntaxError"):
        pool.fetch("test_nonsense")


def test_a_failed_transaction_leaves_nothing_and_hands_back_a_clean_connection(pool: Database) -> None:
    with pytest.raises(RuntimeError), pool.transaction() as transaction:
        transaction.execute("rollups_zone_set", zone="UTC")
        raise RuntimeError

    assert pool.fetch("fetch_rollup_zone") == []


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


def test_silence_in_a_statement_spares_the_next_ones_the_wait() -> None:
    home = Path(tempfile.mkdtemp(prefix="insights-hang-"))
    home.chmod(0o711)
    with EmbeddedPostgres(home) as url, closing(Database(url, pool_size=1, deadline=DEADLINE)) as database:
        ping(database)
        servers = _postgres_processes(home)
        _signal(servers, signal.SIGSTOP)
        try:
            [first], [second] = _refusals(database, count=1), _refusals(database, count=1)
        finally:
            _signal(servers, signal.SIGCONT)

    assert (first > DEADLINE, second < 0.2) == (True, True)


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
