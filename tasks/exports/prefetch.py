"""Reads rows for the exporter ahead of time, on a thread of its own."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Self, TypeVar

from db.deadline import enforce_deadline

Item = TypeVar("Item")


class Prefetcher(Iterator[Item], Generic[Item]):
    """Iterates over the same items in the same order, and keeps `count` of them on their way in a `with` block."""

    def __init__(
        self, items: Iterator[Item], count: int, seconds: float, cancel: Callable[[], None] | None = None
    ) -> None:
        """`seconds` is the PostgreSQL deadline for one item; `cancel` is called if the block raises."""
        self._items, self._seconds, self._cancel = items, seconds, cancel
        self._pool = ThreadPoolExecutor(1)
        self._pending = deque(self._pool.submit(self._read) for _ in range(count))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            # A job that timed out must not wait for a server that may be silent for an hour.
            if kind is not None and self._cancel is not None:
                self._cancel()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def _read(self) -> Item | None:
        with enforce_deadline(self._seconds):
            return next(self._items, None)

    def __next__(self) -> Item:
        """Wait for the next item and return it."""
        item = self._pending.popleft().result()
        self._pending.append(self._pool.submit(self._read))
        if item is None:
            raise StopIteration
        return item

    def is_ready(self) -> bool:
        """Whether the next item can be taken without waiting."""
        return self._pending[0].done()
