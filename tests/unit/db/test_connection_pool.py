"""The pool: it lends again what came back whole, and nothing that the other side has closed."""

import socket
from typing import Any

import pytest

from db.connection import Pool


class FakeConnection:
    """A connection whose other end we hold."""

    def __init__(self) -> None:
        self._here, self.server = socket.socketpair()
        self.fileno = self._here.fileno
        self.closed = False

    def close(self) -> None:
        self.closed = True
        self._here.close()
        self.server.close()


@pytest.fixture
def pool() -> Any:
    made: Any = Pool(FakeConnection)  # type: ignore[arg-type]
    yield made
    made.close()


def test_what_came_back_is_lent_again(pool: Any) -> None:
    with pool.lend() as first:
        pass

    with pool.lend() as second:
        assert second is first


def test_two_borrowers_have_two_connections(pool: Any) -> None:
    with pool.lend() as first, pool.lend() as second:
        assert first is not second


def test_the_last_that_came_back_is_the_first_to_go(pool: Any) -> None:
    with pool.lend() as outer, pool.lend():
        pass

    with pool.lend() as again:
        assert again is outer


def test_what_failed_is_closed_and_not_lent_again(pool: Any) -> None:
    with pytest.raises(KeyboardInterrupt), pool.lend() as first:
        raise KeyboardInterrupt

    with pool.lend() as second:
        assert (first.closed, second is first) == (True, False)


@pytest.mark.parametrize("farewell", [b"", b"FATAL: terminating connection"])
def test_what_the_server_closed_is_replaced(pool: Any, farewell: bytes) -> None:
    with pool.lend() as first:
        pass
    first.server.sendall(farewell)
    first.server.close()

    with pool.lend() as second:
        assert (first.closed, second.closed) == (True, False)


def test_what_was_closed_by_us_is_replaced(pool: Any) -> None:
    with pool.lend() as first:
        first.close()

    with pool.lend() as second:
        assert second is not first


def test_closing_the_pool_closes_what_is_idle(pool: Any) -> None:
    with pool.lend() as lent, pool.lend() as idle:
        pass

    pool.close()

    assert (lent.closed, idle.closed) == (True, True)
