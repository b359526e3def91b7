"""Much work on many rows in short steps: others may wait for one of them, and what stops us stops us between two."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from db.connection import Database, Transaction

FIRST_LIMIT, MAX_CONCURRENT = 16, 512
# A step is made shorter or longer until it takes about so long.
STEP_SECONDS = 0.2
STEP_DEADLINE_SECONDS = 60.0
# Who took so long has given more time enough to gather.
LONG_SECONDS = 0.1


class TimeBudget:
    """The time that steps may take, until `end` on the monotonic clock; looking for what there is to do is none of it.

    Were it counted, a look that takes longer than the span would leave no time for a step, and every next span would
    begin with the same look.
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Is there no time left?"""
        return time.monotonic() >= self.end

    @contextmanager
    def looking(self) -> Iterator[None]:
        """What is done in the block takes no time."""
        began = time.monotonic()
        yield
        self.end += time.monotonic() - began


class BatchResult(NamedTuple):
    """How far the steps came."""

    found: int
    #: False: the time was over, and there may be more.
    finished: bool


def until_none(
    db: Database, step: Callable[[Transaction, int], int], *, end: float, patient: bool = False
) -> BatchResult:
    """Do steps of at most so many rows until one finds fewer, or until `end` on the monotonic clock.

    Patient: a step that was begun may last longer.
    """
    limit, taken = FIRST_LIMIT, 0
    while (left := end - time.monotonic()) > 0:
        with db.transaction(deadline=STEP_DEADLINE_SECONDS if patient else left) as transaction:
            found = step(transaction, limit)
        taken += found
        if found < limit:
            return BatchResult(taken, finished=True)
        quick = end - left + STEP_SECONDS > time.monotonic()
        limit = min(limit * 2, MAX_CONCURRENT) if quick else max(limit // 2, 1)
    return BatchResult(taken, finished=False)


def run_until(step: Callable[[], int], seconds: float, *, least: int = 1) -> int:
    """Repeat a step until there is no more to do or the time is over, and return how much that was.

    A quick step that finds less than `least` is the last one, too: there is little to do just now.
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
