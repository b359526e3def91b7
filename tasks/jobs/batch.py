"""Stores uploads from the inbox in batches; when a batch fails, each upload is stored alone to isolate the bad one."""

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
    """How one type of upload is moved from the inbox to its tables."""

    #: Stores the oldest uploads, or only the one with this inbox_id; returns how many it settled.
    store: Callable[[Transaction, int | None], int]
    #: The inbox_ids of the oldest uploads.
    waiting: Callable[[Statements], list[int]]
    #: Raises when the failure is caused by the system and not by an upload.
    check_system: Callable[[Statements], None]


def run_batch(db: Database, handler: BatchHandler) -> int:
    """Store one batch and return how many uploads were settled; an upload that fails alone is postponed.

    Raises StorageUnavailable when PostgreSQL is unavailable.
    """
    for _ in range(MAX_RETRIES):
        outcome = _attempt(db, handler)
        if not isinstance(outcome, Contention):
            break
    if isinstance(outcome, int):
        return outcome
    log.warning("batch_failed", reason=_reason(outcome))
    return sum(_store_alone(db, handler, inbox_id) for inbox_id in handler.waiting(db))


def _store_alone(db: Database, handler: BatchHandler, inbox_id: int) -> int:
    outcome = _attempt(db, handler, inbox_id)
    if isinstance(outcome, int):
        return outcome
    if isinstance(outcome, Contention):
        return 0
    log.warning("upload_failed", inbox_id=inbox_id, reason=_reason(outcome))
    inbox.postpone_uploads(db, inbox_id, _reason(outcome))
    return 1


def _attempt(db: Database, handler: BatchHandler, inbox_id: int | None = None) -> int | Exception:
    try:
        with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
            # Only one drain runs at a time, for all types of upload together.
            return handler.store(transaction, inbox_id) if inbox.lock_persist(transaction) else 0
    except Exception as error:
        # Failures that no upload caused are raised: they must not be recorded against one.
        if isinstance(error, StorageUnavailable) and not isinstance(error, Overdue):
            raise
        handler.check_system(db)
        return error


def _reason(error: Exception) -> str:
    # Messages of other exceptions may quote uploaded text.
    return f"{error.reason}: {error}" if isinstance(error, StorageError) else type(error).__name__
