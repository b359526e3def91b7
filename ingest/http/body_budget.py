"""The bytes of bodies that a process of ingest holds at a time: neither one person nor all exhaust its memory."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.http.errors import ApiError

#: Bytes. What a body takes up to the first size is not counted: how many of these there are, the connections bound.
SMALL = 64 * 1024
OF_ONE_PERSON = 64 * 1024 * 1024
OF_ALL = 256 * 1024 * 1024
RETRY_AFTER_SECONDS = 2


class BodyBudget:
    """Counts the bytes that are there, never those that are only announced."""

    def __init__(self, of_one_person: int = OF_ONE_PERSON, of_all: int = OF_ALL) -> None:
        self._of_one_person = of_one_person
        self._of_all = of_all
        self._held: Counter[int] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def share(self, user_id: int) -> Iterator["Share"]:
        """A share to read one body of this person into; what it holds is given back after the block."""
        share = Share(self, user_id)
        try:
            yield share
        finally:
            self._release(user_id, share.held)

    def take(self, user_id: int, size: int) -> None:
        """Count so many bytes more; raises ApiError if the person or all together would hold too many."""
        with self._lock:
            if self._held[user_id] + size > self._of_one_person:
                raise ApiError(
                    "rate_limited", "send large bodies one by one", retry_after=RETRY_AFTER_SECONDS
                )
            if self._held.total() + size > self._of_all:
                raise ApiError("busy")
            self._held[user_id] += size

    def _release(self, user_id: int, size: int) -> None:
        with self._lock:
            self._held[user_id] -= size
            if not self._held[user_id]:
                del self._held[user_id]


class Share:
    """What one body holds of the budget."""

    def __init__(self, budget: BodyBudget, user_id: int) -> None:
        self._budget = budget
        self.user_id = user_id
        self._size = 0
        #: What is counted, bytes.
        self.held = 0

    def hold(self, size: int) -> None:
        """Hold so many bytes more; raises ApiError if there is no room for them."""
        self._size += size
        if self._size > SMALL:
            self._budget.take(self.user_id, self._size - self.held)
            self.held = self._size
