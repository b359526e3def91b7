"""How long one kind of work goes on before others get their turn."""

import time
from collections.abc import Callable


def repeat(step: Callable[[], int], seconds: float) -> int:
    """Repeat a step until it finds nothing more to do or the time is over, and return how much that was."""
    done, end = 0, time.monotonic() + seconds
    while count := step():
        done += count
        if time.monotonic() >= end:
            break
    return done
