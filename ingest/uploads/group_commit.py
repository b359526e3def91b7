"""Commits uploads to the inbox before they are answered: requests that wait at the same time share one statement."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress

from db.accounts.account_records import Caller
from db.connection import Statements
from db.deadline import remaining, time_budget
from db.errors import Conflict, Refused, StorageUnavailable
from db.uploads import inbox
from db.uploads.upload_records import InboxRow, UploadBatch

#: Characters. A larger batch is written by itself: it would hold up the small ones.
LARGE_BATCH = 256 * 1024
#: Longer than any statement may last.
MAX_WAIT_SECONDS = 10.0


class PendingWrite(Future["bool | None"]):
    """One batch that waits to be written: True: committed; False: its caller has changed; None: become the leader."""

    def __init__(self, batch: UploadBatch) -> None:
        super().__init__()
        self.batch = batch


class GroupCommit:
    """Writes batches to the inbox, one statement at a time, each with everything that was queued before it.

    The first request becomes the leader and writes the queue. When a leader finishes, the first waiting request
    becomes the leader and commits everything queued by then.
    """

    def __init__(self, database: Statements) -> None:
        self._database = database
        #: Guards the queue and whether there is a leader.
        self._lock = threading.Lock()
        self._queue: list[PendingWrite] = []
        self._has_leader = False

    def receive(self, caller: Caller, rows: Sequence[InboxRow]) -> bool:
        """Commit the rows, all or none; returns False if the key, the person or the share level has changed.

        Raises StorageUnavailable when its turn does not come in time, or what the statement raises.
        """
        batch = UploadBatch(caller=caller, uploads=rows)
        if sum([len(row.body) for row in rows]) >= LARGE_BATCH:
            return inbox.insert_uploads(self._database, [batch])[0]
        pending = PendingWrite(batch)
        with self._lock:
            self._queue.append(pending)
            must_wait, self._has_leader = self._has_leader, True
        outcome = self._wait(pending) if must_wait else None
        return self._lead() if outcome is None else outcome

    def _wait(self, pending: PendingWrite) -> bool | None:
        """Wait for the outcome, or for None: then this request is the leader."""
        with suppress(TimeoutError, StorageUnavailable), time_budget(MAX_WAIT_SECONDS):
            return pending.result(remaining())
        with self._lock:
            if pending in self._queue:
                self._queue.remove(pending)
                if pending.done():
                    self._promote_next()
                raise StorageUnavailable("the uploads before this one took too long")
        # A leader is writing it now, and ends within the deadline of its statement.
        return pending.result()

    def _lead(self) -> bool:
        """Write the queue, whose first batch is the leader's own, and return its outcome."""
        # Requests that are ready to queue run first: fewer, larger statements cost both processes less.
        time.sleep(0)
        with self._lock:
            queue, self._queue = self._queue, []
        outcomes: list[bool | Exception] = [StorageUnavailable("the leader was interrupted")] * len(queue)
        try:
            outcomes = self._write([pending.batch for pending in queue])
        finally:
            with self._lock:
                self._promote_next()
            for pending, outcome in zip(queue[1:], outcomes[1:], strict=True):
                if isinstance(outcome, Exception):
                    pending.set_exception(outcome)
                else:
                    pending.set_result(outcome)
        if isinstance(outcomes[0], Exception):
            raise outcomes[0]
        return outcomes[0]

    def _write(self, batches: list[UploadBatch]) -> list[bool | Exception]:
        """Write all batches with one statement; where one of them is refused, each by itself."""
        try:
            return list(inbox.insert_uploads(self._database, batches))
        except (Refused, Conflict) as error:
            if len(batches) == 1:
                return [error]
            return [outcome for batch in batches for outcome in self._write([batch])]
        except Exception as error:
            return [error] * len(batches)

    def _promote_next(self) -> None:
        """Make the first request in the queue the leader; the lock is held."""
        if self._queue:
            self._queue[0].set_result(None)
        else:
            self._has_leader = False
