"""Reading ahead: the same items in the same order, the first of them before anybody asks."""

import threading
from collections.abc import Iterator

import pytest

from tasks.ahead import ahead

PATIENCE_SECONDS = 60


@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_items_come_in_their_order(count: int) -> None:
    with ahead(iter("abcde"), count, PATIENCE_SECONDS) as items:
        assert "".join(items) == "abcde"


def test_the_first_are_read_before_anybody_asks() -> None:
    read = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(read):
            event.set()
            yield number

    with ahead(items(), 2, PATIENCE_SECONDS):
        assert all(event.wait(PATIENCE_SECONDS) for event in read[:2])
    assert not read[2].is_set()


def test_an_item_is_ready_once_it_is_there() -> None:
    come = threading.Event()

    def items() -> Iterator[str]:
        come.wait(PATIENCE_SECONDS)
        yield "one"

    with ahead(items(), 1, PATIENCE_SECONDS) as coming:
        before = coming.is_ready()
        come.set()
        assert (before, next(coming)) == (False, "one")


def test_a_failure_comes_in_its_turn() -> None:
    def items() -> Iterator[str]:
        yield "one"
        raise OSError("no more")

    with ahead(items(), 3, PATIENCE_SECONDS) as coming:
        assert next(coming) == "one"
        with pytest.raises(OSError, match="no more"):
            next(coming)
