"""Runs the work on large bodies: one at a time for each person, where it does not hold up other requests."""

from collections.abc import Callable
from typing import Any, TypeVar

from ingest.http.api_errors import ApiError
from web.concurrency_limit import ConcurrencyLimit, LimitExceeded

#: Large bodies of one person that may wait in a process while another is worked on.
MAX_WAITING = 7
RETRY_AFTER_SECONDS = 2

Result = TypeVar("Result")


def call(work: Callable[..., Result], *arguments: object) -> Result:
    """Run the work here and now."""
    return work(*arguments)


class LargeWork:
    """Bounds how much of the processor one person's large bodies take."""

    def __init__(self, offload: Callable[..., Any] = call, *, max_waiting: int = MAX_WAITING) -> None:
        """`offload` calls a function with its arguments, and returns or raises what it does."""
        self._offload = offload
        self._limit = ConcurrencyLimit(per_key=1, max_waiting=max_waiting)

    def run(self, user_id: int, work: Callable[..., Result], *arguments: object) -> Result:
        """Return or raise what `work(*arguments)` does; raises ApiError if too much of the person's work waits."""
        try:
            with self._limit.slot(user_id):
                result: Result = self._offload(work, *arguments)
                return result
        except LimitExceeded:
            raise ApiError(
                "rate_limited", "send large bodies one by one", retry_after=RETRY_AFTER_SECONDS
            ) from None
