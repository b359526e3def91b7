"""`Prefer: wait=N` (RFC 7240): an upload is answered once it is stored, where its sender asks for that."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from db.connection import Statements
from db.errors import StorageError
from db.uploads import upload_status

MAX_SECONDS = 10
#: How many requests of a process wait at a time: each asks PostgreSQL again and again.
SEATS = 32
FIRST_PAUSE = 0.03
MAX_PAUSE_SECONDS = 0.5
GROWTH = 1.5
STORED = frozenset({"persisted", "repeated"})

QUOTED = re.compile(r'"[^"]*"?')
WAIT = re.compile(r"\s*wait\s*=\s*(\d{1,18})\s*(?:;.*)?", re.IGNORECASE | re.ASCII)


def wished_seconds(header: str | None) -> int:
    """The seconds that a Prefer header asks us to wait, 10 at most; what is no wish to wait is passed over."""
    # A comma in quotes parts nothing.
    wishes = map(WAIT.fullmatch, QUOTED.sub("", header or "").split(","))
    return next((min(int(preference[1]), MAX_SECONDS) for preference in wishes if preference), 0)


class Waiting:
    """Watches uploads until all are stored; nobody waits who would keep others from being served."""

    def __init__(
        self,
        database: Statements,
        seats: threading.Semaphore,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._seats = seats
        self._sleep = sleep
        self._clock = clock

    def until_stored(
        self,
        user_id: int,
        upload_ids: Sequence[str],
        seconds: float,
        *,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Are all of them rows within the seconds? False as soon as that can't be, or we stop, or no seat is free."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            for _ in self._rounds(seconds, is_stopping):
                states = upload_status.list_upload_states(
                    self._database, user_id=user_id, upload_ids=upload_ids
                )
                stored = sum(states.get(state, 0) for state in STORED)
                if stored + states.get("pending", 0) < len(upload_ids):
                    return False
                if stored == len(upload_ids):
                    return True
        except StorageError:
            # They are committed all the same: whether they are rows by now is what nobody can tell.
            return False
        finally:
            self._seats.release()
        return False

    def _rounds(self, seconds: float, is_stopping: Callable[[], bool]) -> Iterator[None]:
        """Growing pauses until the time is over."""
        end, pause = self._clock() + seconds, FIRST_PAUSE
        while not is_stopping() and (left := end - self._clock()) > 0:
            self._sleep(min(pause, left))
            pause = min(pause * GROWTH, MAX_PAUSE_SECONDS)
            yield
