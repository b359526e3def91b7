"""From many requests to one commit: uploads that come at the same moment share a statement."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from db.accounts.account_records import Caller
from db.connection import Statements
from db.deadline import remaining, time_budget
from db.errors import Conflict, Refused, StorageUnavailable
from db.uploads import inbox
from db.uploads.upload_records import InboxRow, UploadBatch

#: Characters: a delivery as large as this has enough of its own to write, and must not hold up small ones.
LARGE = 256 * 1024
#: Longer than any statement may last.
TURN_SECONDS = 10.0


class GroupCommit:
    """Puts deliveries into the inbox. While one statement runs, what arrives gathers for the next.

    Whoever writes passes the turn on to the first that waits, who takes along all the others: nobody waits for a turn
    only to learn that another has written theirs.
    """

    def __init__(self, database: Statements) -> None:
        self._database = database
        #: Guards what has gathered, and whether somebody has the turn.
        self._lock = threading.Lock()
        self._gathered: list[PendingWrite] = []
        self._is_busy = False

    def receive(self, caller: Caller, uploads: Sequence[InboxRow]) -> bool:
        """Commit the uploads; False if the key, the person or the level is not what it was."""
        batch = UploadBatch(caller=caller, uploads=uploads)
        if sum(len(upload.body) for upload in uploads) >= LARGE:
            return inbox.insert_uploads(self._database, [batch])[0]
        slip = PendingWrite(batch)
        with self._lock:
            self._gathered.append(slip)
            must_wait, self._is_busy = self._is_busy, True
        if must_wait:
            self._wait(slip)
        if not slip.is_done:
            self._commit_gathered()
        return slip.outcome()

    def _wait(self, slip: "PendingWrite") -> None:
        """Until it is written or its turn. That counts like a wait for PostgreSQL, which is what it is; raises
        StorageUnavailable when the time is over.
        """
        with suppress(StorageUnavailable), time_budget(TURN_SECONDS):
            if slip.listen(remaining()):
                return
        with self._lock:
            if slip in self._gathered:
                self._gathered.remove(slip)
                if slip.has_turn:
                    self._pass_on()
                raise StorageUnavailable("the uploads before this one took too long")
        # It is being written right now: how that ends is known within the deadline of the statement.
        slip.listen()

    def _pass_on(self) -> None:
        if self._gathered:
            self._gathered[0].give_turn()
        else:
            self._is_busy = False

    def _commit_gathered(self) -> None:
        # Requests that are ready to join run first: fewer, larger statements cost both processes less.
        time.sleep(0)
        with self._lock:
            slips, self._gathered = self._gathered, []
        try:
            self._commit(slips)
        except (Refused, Conflict):
            # One of them can't be stored; it must not cost the others.
            for slip in slips:
                slip.settle_alone(self._database)
        except Exception as error:
            for slip in slips:
                slip.fail(error)
        finally:
            with self._lock:
                self._pass_on()
            for slip in slips:
                slip.ring()

    def _commit(self, slips: "list[PendingWrite]") -> None:
        outcomes = inbox.insert_uploads(self._database, [slip.batch for slip in slips])
        for slip, outcome in zip(slips, outcomes, strict=True):
            slip.settle(outcome)


class PendingWrite:
    """One delivery and what became of it. Its bell rings when that is known, or when it has the turn to write."""

    def __init__(self, batch: UploadBatch) -> None:
        self.batch = batch
        self.is_done = self.has_turn = False
        self._stored = False
        self._error: Exception | None = None
        # A lock is the cheapest bell there is: held until it rings.
        self._notifier = threading.Lock()
        self._notifier.acquire()

    def listen(self, seconds: float = -1) -> bool:
        """Wait for the bell, at most so long; -1: however long. Has it rung?"""
        return self._notifier.acquire(timeout=seconds)

    def ring(self) -> None:
        self._notifier.release()

    def give_turn(self) -> None:
        self.has_turn = True
        self.ring()

    def settle(self, stored: bool) -> None:
        self._stored, self.is_done = stored, True

    def fail(self, error: Exception) -> None:
        self._error, self.is_done = error, True

    def settle_alone(self, database: Statements) -> None:
        try:
            self.settle(inbox.insert_uploads(database, [self.batch])[0])
        except Exception as error:
            self.fail(error)

    def outcome(self) -> bool:
        if self._error is not None:
            raise self._error
        return self._stored
