"""Bounds what a web process works on at once, for each key and in all: both apps use it to refuse or queue requests."""

import math
import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class LimitExceeded(Exception):
    """No slot is free, and no more requests may wait for one."""


class ConcurrencyLimit:
    """Hands out slots: at most `per_key` at once for one key and `total` for all keys together."""

    def __init__(self, per_key: int, total: float = math.inf, *, max_waiting: int = 0) -> None:
        """`max_waiting`: how many requests of one key may wait for a slot; 0 refuses instead of waiting."""
        self._per_key, self._total, self._max_waiting = per_key, total, max_waiting
        self._released = threading.Condition()
        self._running: Counter[Hashable] = Counter()
        self._waiting: Counter[Hashable] = Counter()

    @contextmanager
    def slot(self, key: Hashable) -> Iterator[None]:
        """Hold a slot of this key during the block; raises LimitExceeded."""
        self.acquire(key)
        try:
            yield
        finally:
            self.release(key)

    def acquire(self, key: Hashable) -> None:
        """Take a slot, waiting for one where that is allowed; raises LimitExceeded. `release` must follow."""
        with self._released:
            if not self._is_free(key):
                if self._waiting[key] >= self._max_waiting:
                    raise LimitExceeded
                self._waiting[key] += 1
                try:
                    while not self._is_free(key):
                        self._released.wait()
                finally:
                    self._waiting[key] -= 1
                    self._waiting += Counter()
            self._running[key] += 1

    def release(self, key: Hashable) -> None:
        """Give back a slot that `acquire` took."""
        with self._released:
            self._running[key] -= 1
            # Forget the keys that hold nothing, so that memory does not grow with every key ever seen.
            self._running += Counter()
            self._released.notify_all()

    def _is_free(self, key: Hashable) -> bool:
        return self._running[key] < self._per_key and self._running.total() < self._total
