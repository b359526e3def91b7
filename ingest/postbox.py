"""From many requests to one commit: uploads that come at the same moment share a statement."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from db import inbox
from db.connection import Statements
from db.errors import Conflict, Refused, StorageUnavailable
from db.patience import seconds_left, spending
from db.records import Caller, Delivery, Incoming

#: Characters: a delivery as large as this has enough of its own to write, and must not hold up small ones.
LARGE = 256 * 1024
#: Longer than any statement may last.
TURN_SECONDS = 10.0


class Postbox:
    """Puts deliveries into the inbox. While one statement runs, what arrives gathers for the next."""

    def __init__(self, database: Statements) -> None:
        self._database = database
        self._gathered: list[_Slip] = []
        self._gathering = threading.Lock()
        self._turn = threading.Lock()

    def receive(self, caller: Caller, uploads: Sequence[Incoming]) -> bool:
        """Commit the uploads; False if the key, the person or the level is not what it was."""
        delivery = Delivery(caller=caller, uploads=uploads)
        if sum(len(upload.body) for upload in uploads) >= LARGE:
            return inbox.receive(self._database, [delivery])[0]
        slip = _Slip(delivery)
        with self._gathering:
            self._gathered.append(slip)
        self._wait_for_turn(slip)
        try:
            # Whoever had the turn before may have taken this one along.
            if not slip.is_done:
                self._commit_gathered()
        finally:
            self._turn.release()
        return slip.outcome()

    def _wait_for_turn(self, slip: "_Slip") -> None:
        """The wait counts like one for PostgreSQL, which is what it is; raises StorageUnavailable when it is over."""
        with suppress(StorageUnavailable), spending(TURN_SECONDS):
            if self._turn.acquire(timeout=seconds_left()):
                return
        with self._gathering:
            if slip in self._gathered:
                self._gathered.remove(slip)
                raise StorageUnavailable("the uploads before this one took too long")
        # It is being written right now: how that ends is known within the deadline of the statement.
        self._turn.acquire()

    def _commit_gathered(self) -> None:
        with self._gathering:
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

    def _commit(self, slips: "list[_Slip]") -> None:
        outcomes = inbox.receive(self._database, [slip.delivery for slip in slips])
        for slip, outcome in zip(slips, outcomes, strict=True):
            slip.settle(outcome)


class _Slip:
    """One delivery and what became of it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.is_done = False
        self._stored = False
        self._error: Exception | None = None

    def settle(self, stored: bool) -> None:
        self._stored, self.is_done = stored, True

    def fail(self, error: Exception) -> None:
        self._error, self.is_done = error, True

    def settle_alone(self, database: Statements) -> None:
        try:
            self.settle(inbox.receive(database, [self.delivery])[0])
        except Exception as error:
            self.fail(error)

    def outcome(self) -> bool:
        if self._error is not None:
            raise self._error
        return self._stored
