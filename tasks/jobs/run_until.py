"""Limits how long a job repeats a step, so that the worker gets back to the other jobs in the queue."""

import time
from collections.abc import Callable

# After a step this long, enough new work may have arrived to make another step worthwhile.
LONG_STEP_SECONDS = 0.1


def run_until(step: Callable[[], int], seconds: float, *, minimum: int = 1) -> int:
    """Repeat `step` until it processes nothing or `seconds` have passed; returns the total it processed.

    Also stops after a step that is quicker than `LONG_STEP_SECONDS` and processes fewer than `minimum`.
    """
    total, now = 0, time.monotonic()
    end = now + seconds
    while True:
        began = now
        count = step()
        total, now = total + count, time.monotonic()
        too_few = count < minimum and now - began < LONG_STEP_SECONDS
        if not count or too_few or now >= end:
            return total
