"""Large bodies cost seconds of work: a person has only so many in hand at once, so that others are served."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import Refusal

#: Bytes, unpacked. As many smaller bodies as there are threads are done in a few seconds, whatever is in them.
LARGE = 1024 * 1024
#: A quarter of the threads that a process has.
MOST_IN_HAND = 2
COME_AGAIN_SECONDS = 2


class LargeBodies:
    """Counts who has large bodies in hand in this process."""

    def __init__(self, most: int = MOST_IN_HAND) -> None:
        self._most = most
        self._in_hand: Counter[int] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def in_hand(self, user_id: int, size: int) -> Iterator[None]:
        """While a body of this size is worked on; raises Refusal where the person has enough of them already."""
        if size <= LARGE:
            yield
            return
        self._begin(user_id)
        try:
            yield
        finally:
            self._end(user_id)

    def _begin(self, user_id: int) -> None:
        with self._lock:
            if self._in_hand[user_id] >= self._most:
                raise Refusal(
                    "rate_limited", "one large body after the other", retry_after=COME_AGAIN_SECONDS
                )
            self._in_hand[user_id] += 1

    def _end(self, user_id: int) -> None:
        with self._lock:
            self._in_hand[user_id] -= 1
            if not self._in_hand[user_id]:
                del self._in_hand[user_id]
