"""How many requests a key may make: counted here in the process, so that no answer depends on Redis."""

import math
import threading
import time
from collections.abc import Callable

SPAN_SECONDS = 60.0
#: More keys than any team has; past that, who has been quiet longest is forgotten, in their favour.
MAX_KEYS = 10_000


class Limiter:
    """A minute's worth of requests may come at once; what was used comes back evenly over a minute.

    Of each key only one moment is kept: when its allowance will be whole again (GCRA).
    """

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic, most_keys: int = MAX_KEYS
    ) -> None:
        """`per_minute`: 0 is no limit."""
        self._each = SPAN_SECONDS / per_minute if per_minute else 0.0
        self._clock = clock
        self._most_keys = most_keys
        self._whole_at: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, key: bytes) -> int:
        """Count one request of this key: 0 if it may pass, else after how many whole seconds to come again."""
        if not self._each:
            return 0
        now = self._clock()
        with self._lock:
            whole_at = max(self._whole_at.get(key, now), now) + self._each
            too_early = whole_at - now - SPAN_SECONDS
            # Room for rounding: the last of a minute's worth ends the sum just about at the span.
            if too_early > self._each * 1e-6:
                return max(1, math.ceil(too_early))
            if key not in self._whole_at and len(self._whole_at) >= self._most_keys:
                self._forget(now)
            self._whole_at[key] = whole_at
        return 0

    def _forget(self, now: float) -> None:
        owing = sorted(
            ((whole_at, key) for key, whole_at in self._whole_at.items() if whole_at > now), reverse=True
        )
        self._whole_at = {key: whole_at for whole_at, key in owing[: self._most_keys // 2]}
