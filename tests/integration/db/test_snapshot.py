"""A page is of one moment: whatever is written meanwhile, all its statements see the same."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.errors import StorageError, StorageUnavailable


def test_a_snapshot_sees_one_moment(database: Database, bob: Account) -> None:
    with database.snapshot() as snapshot:
        before = users.fetch_account(snapshot, bob.user_id)
        database.execute("test_promote", user_id=bob.user_id)
        assert users.fetch_account(snapshot, bob.user_id) == before


def test_another_connection_sees_the_moment_of_the_first(database: Database, bob: Account) -> None:
    with database.snapshot() as first:
        before = users.fetch_account(first, bob.user_id)
        database.execute("test_promote", user_id=bob.user_id)
        with database.snapshot(of=first) as second:
            assert users.fetch_account(second, bob.user_id) == before


def test_a_snapshot_changes_nothing(database: Database, bob: Account) -> None:
    with pytest.raises(StorageError), database.snapshot() as snapshot:
        snapshot.execute("test_promote", user_id=bob.user_id)


def test_the_next_transaction_may_write_again(database: Database, bob: Account) -> None:
    with database.snapshot() as snapshot:
        users.list_accounts(snapshot)
    with database.transaction() as transaction:
        assert transaction.execute("test_promote", user_id=bob.user_id) == 1


def test_whoever_waits_on_another_thread_fails_once_it_is_hung_up(database: Database) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(StorageUnavailable, match="closed the connection"):  # noqa: SIM117
        with database.snapshot(deadline=300) as snapshot:
            answer = pool.submit(snapshot.fetch_one, "test_long_answer")
            snapshot.shut_down()
            answer.result()
