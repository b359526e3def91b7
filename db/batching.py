"""Runs long deletions and jobs in short batches: locks are short, and an interruption loses one batch at most."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from db.connection import Database, Transaction

FIRST_LIMIT, MAX_LIMIT = 16, 512
# The target duration of a batch; its row limit is adapted to it.
STEP_SECONDS = 0.2
STEP_DEADLINE_SECONDS = 60.0
# After a batch of this duration, new work has probably arrived.
LONG_SECONDS = 0.1


class TimeBudget:
    """The time for batches, until `end` on the monotonic clock; the search for work is not counted.

    If it were counted, a search that takes longer than the budget would leave no time for a batch, and the next run
    would start with the same search.
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.end

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude the block from the budget."""
        began = time.monotonic()
        yield
        self.end += time.monotonic() - began


class BatchResult(NamedTuple):
    """The result of a series of batches."""

    found: int
    #: False: the time was up, and there may be more rows.
    finished: bool


def run_batches(
    db: Database, step: Callable[[Transaction, int], int], *, end: float, finish_batch: bool = False
) -> BatchResult:
    """Run batches until one finds fewer rows than its limit, or until `end` on the monotonic clock.

    With `finish_batch`, a batch that has begun may run past `end`.
    """
    limit, total = FIRST_LIMIT, 0
    while (left := end - time.monotonic()) > 0:
        with db.transaction(deadline=STEP_DEADLINE_SECONDS if finish_batch else left) as transaction:
            found = step(transaction, limit)
        total += found
        if found < limit:
            return BatchResult(total, finished=True)
        quick = end - left + STEP_SECONDS > time.monotonic()
        limit = min(limit * 2, MAX_LIMIT) if quick else max(limit // 2, 1)
    return BatchResult(total, finished=False)


def run_until(step: Callable[[], int], seconds: float, *, least: int = 1) -> int:
    """Repeat a step until it finds nothing or the time is up; returns the total count.

    Also stops after a quick step that finds less than `least`.
    """
    done, now = 0, time.monotonic()
    end = now + seconds
    while True:
        began = now
        count = step()
        done, now = done + count, time.monotonic()
        few = count < least and now - began < LONG_SECONDS
        if not count or few or now >= end:
            return done
