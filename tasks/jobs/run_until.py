"""How long one kind of work goes on before others get their turn."""

import time
from collections.abc import Callable

# Who took so long has given more time enough to gather.
LONG_SECONDS = 0.1


def repeat(step: Callable[[], int], seconds: float, *, least: int = 1) -> int:
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
