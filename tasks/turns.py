"""How long one kind of work goes on before others get their turn."""

import time
from collections.abc import Callable


def repeat(step: Callable[[], int], seconds: float, *, least: int = 1) -> int:
    """Repeat a step until it finds less than `least` to do or the time is over, and return how much that was."""
    done, end = 0, time.monotonic() + seconds
    while True:
        count = step()
        done += count
        if count < least or time.monotonic() >= end:
            return done
