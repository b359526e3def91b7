"""How many large bodies of one person are worked on at a time: one computes, a few wait, and others go on."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ingest.http.errors import ApiError

#: Large bodies of one person in a process, those that wait for their turn among them.
MAX_PER_PERSON = 8
RETRY_AFTER_SECONDS = 2


Result = TypeVar("Result")


def call(work: Callable[..., Result], *arguments: object) -> Result:
    """Compute it here and now."""
    return work(*arguments)


class ConcurrencyLimit:
    """Gives each person one turn at a time."""

    def __init__(self, compute: Callable[..., Any] = call, *, max_per_person: int = MAX_PER_PERSON) -> None:
        """`compute` calls a function where it does not hold up other requests; returns or raises what it does."""
        self._compute = compute
        self._max_per_person = max_per_person
        self._lock = threading.Lock()
        self._counts: Counter[int] = Counter()
        self._turns: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)

    def run(self, user_id: int, work: Callable[..., Result], *arguments: object) -> Result:
        """Return or raise what `work(*arguments)` does, in the person's turn; raises ApiError if too many wait."""
        with self.turn(user_id):
            result: Result = self._compute(work, *arguments)
            return result

    @contextmanager
    def turn(self, user_id: int) -> Iterator[None]:
        """Wait for the person's turn; raises ApiError if too many wait already."""
        with self._lock:
            if self._counts[user_id] >= self._max_per_person:
                raise ApiError(
                    "rate_limited", "send large bodies one by one", retry_after=RETRY_AFTER_SECONDS
                )
            self._counts[user_id] += 1
            turn = self._turns[user_id]
        try:
            with turn:
                yield
        finally:
            with self._lock:
                self._counts[user_id] -= 1
                if not self._counts[user_id]:
                    del self._counts[user_id], self._turns[user_id]
