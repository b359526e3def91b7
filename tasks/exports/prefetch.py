"""What is read a little before it is asked for, on a thread of its own."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

from db.deadline import enforce_deadline

Item = TypeVar("Item")


class Prefetcher(Iterator[Item], Generic[Item]):
    """The same items, so many of them on their way before anybody asks."""

    def __init__(self, items: Iterator[Item], count: int, seconds: float) -> None:
        """`seconds`: for PostgreSQL, an item."""
        self._items, self._seconds = items, seconds
        self._pool = ThreadPoolExecutor(1)
        self._coming = deque(self._pool.submit(self._read) for _ in range(count))

    def _read(self) -> Item | None:
        with enforce_deadline(self._seconds):
            return next(self._items, None)

    def __next__(self) -> Item:
        """The next one, once it is there."""
        item = self._coming.popleft().result()
        self._coming.append(self._pool.submit(self._read))
        if item is None:
            raise StopIteration
        return item

    def is_ready(self) -> bool:
        """Would the next one come at once?"""
        return self._coming[0].done()

    def close(self) -> None:
        """Read no more; what is being read ends first."""
        self._pool.shutdown(cancel_futures=True)


def _nobody() -> None:
    """There is nobody to hang up on."""


@contextmanager
def ahead(
    items: Iterator[Item], count: int, seconds: float, hang_up: Callable[[], None] = _nobody
) -> Iterator[Prefetcher[Item]]:
    """Read them for the length of the block, from its beginning on; where it fails, hang up on whoever is asked."""
    reading = Prefetcher(items, count, seconds)
    try:
        yield reading
    except BaseException:
        # A job whose time is over must not wait for a server that may be silent for an hour.
        hang_up()
        raise
    finally:
        reading.close()
