"""Moves uploaded plans from the inbox to their table, one statement a batch."""

import math
from functools import partial

from db import liveness
from db.batching import run_until
from db.connection import Database, Transaction
from db.uploads import inbox, plans
from tasks.jobs import batch
from tasks.jobs.batch import BatchHandler, run_batch


def drain_plans(db: Database, *, seconds: float = math.inf) -> int:
    """Store waiting plans, batch by batch, for at most `seconds`; returns how many uploads were settled."""

    def store(transaction: Transaction, inbox_id: int | None) -> int:
        claimed = plans.claim_plans(
            transaction, limit=batch.BATCH, only=None if inbox_id is None else [inbox_id]
        )
        if claimed:
            plans.settle_plans(transaction, claimed)
        return len(claimed)

    waiting = partial(inbox.list_next_upload_ids, kind="plan", limit=batch.BATCH)
    return run_until(partial(run_batch, db, BatchHandler(store, waiting, liveness.ping)), seconds)
