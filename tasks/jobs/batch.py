"""Together where it goes, alone where it does not: one upload that can't be stored never holds up the others."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from db.connection import Database, Statements, Transaction
from db.errors import MAX_RETRIES, Contention, Overdue, StorageError, StorageUnavailable
from db.uploads import inbox

log = structlog.get_logger()

BATCH = 500
DEADLINE_SECONDS = 60


@dataclass(frozen=True)
class BatchHandler:
    """One kind of mail, and how it becomes rows."""

    #: Settles the oldest, or only this one, and returns how many uploads that were.
    store: Callable[[Transaction, int | None], int]
    #: The numbers of the oldest.
    waiting: Callable[[Statements], list[int]]
    #: Raises what is wrong with the house and not with any upload.
    be_sound: Callable[[Statements], None]


def run_batch(db: Database, mail: BatchHandler) -> int:
    """Settle the oldest mail, and return how many uploads that were; what fails alone is noted and waits, or lies."""
    for _ in range(MAX_RETRIES):
        outcome = _tried(db, mail)
        if not isinstance(outcome, Contention):
            break
    if isinstance(outcome, int):
        return outcome
    log.warning("batch_failed", reason=_reason(outcome))
    return sum(_settle_alone(db, mail, inbox_id) for inbox_id in mail.waiting(db))


def _settle_alone(db: Database, mail: BatchHandler, inbox_id: int) -> int:
    outcome = _tried(db, mail, inbox_id)
    if isinstance(outcome, int):
        return outcome
    if isinstance(outcome, Contention):
        return 0
    log.warning("upload_failed", inbox_id=inbox_id, reason=_reason(outcome))
    inbox.postpone_uploads(db, inbox_id, _reason(outcome))
    return 1


def _tried(db: Database, mail: BatchHandler, inbox_id: int | None = None) -> int | Exception:
    try:
        with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
            # One drain at a time, whatever it carries.
            return mail.store(transaction, inbox_id) if inbox.lock_persist(transaction) else 0
    except Exception as error:
        # What is no upload's fault is held against none: that ends us here.
        if isinstance(error, StorageUnavailable) and not isinstance(error, Overdue):
            raise
        mail.be_sound(db)
        return error


def _reason(error: Exception) -> str:
    # What others raise may quote what was sent.
    return f"{error.reason}: {error}" if isinstance(error, StorageError) else type(error).__name__
