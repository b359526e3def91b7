"""The prefetcher: the same items in the same order, the first of them before they are requested."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from db.deadline import remaining
from tasks.exports.prefetch import Prefetcher

PATIENCE_SECONDS = 60


@pytest.mark.parametrize("count", [1, 3, 10])
def test_items_keep_their_order(count: int) -> None:
    with Prefetcher(iter("abcde"), count, PATIENCE_SECONDS) as items:
        assert "".join(items) == "abcde"


def test_the_first_items_are_read_before_they_are_requested() -> None:
    read = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(read):
            event.set()
            yield number

    with Prefetcher(items(), 2, PATIENCE_SECONDS):
        assert all(event.wait(PATIENCE_SECONDS) for event in read[:2])
    assert not read[2].is_set()


def test_an_item_is_ready_once_it_has_been_read() -> None:
    begun, come = threading.Event(), threading.Event()

    def items() -> Iterator[str]:
        yield "one"
        begun.set()
        come.wait(PATIENCE_SECONDS)
        yield "two"

    with Prefetcher(items(), 2, PATIENCE_SECONDS) as coming:
        begun.wait(PATIENCE_SECONDS)
        ready = coming.is_ready(), next(coming), coming.is_ready()
        come.set()
        assert (ready, next(coming)) == ((True, "one", False), "two")


def test_each_item_has_its_own_deadline() -> None:
    """The reading thread does not inherit the deadline of its creator."""
    with Prefetcher(map(seconds_left_of, [1, 2]), 1, 60) as coming:
        assert [0 < seconds <= 60 for seconds in coming] == [True, True]


def seconds_left_of(_item: int) -> float:
    return remaining()


def test_nothing_is_read_after_the_end() -> None:
    with Prefetcher(itertools.count(), 1, PATIENCE_SECONDS) as coming:
        next(coming)
    with pytest.raises((RuntimeError, CancelledError)):
        next(coming)


def test_a_failure_is_raised_in_order() -> None:
    def items() -> Iterator[str]:
        yield "one"
        raise OSError("no more")

    with Prefetcher(items(), 3, PATIENCE_SECONDS) as coming:
        assert next(coming) == "one"
        with pytest.raises(OSError, match="no more"):
            next(coming)
