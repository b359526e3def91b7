"""Plans from the inbox to rows: a set of them with one statement, and one that is refused alone."""

import math
from functools import partial

from db import health
from db.batching import run_until
from db.connection import Database, Transaction
from db.uploads import inbox, plans
from tasks.jobs import batch
from tasks.jobs.batch import BatchHandler, run_batch


def drain_plans(db: Database, *, seconds: float = math.inf) -> int:
    """Settle the plans that wait, batch by batch until `seconds` are over, and return how many uploads that were."""
    mail = BatchHandler(
        store=_store,
        waiting=partial(inbox.list_next_upload_ids, kind="plan", limit=batch.BATCH),
        be_sound=health.ping,
    )
    return run_until(lambda: run_batch(db, mail), seconds)


def _store(transaction: Transaction, only: int | None) -> int:
    claimed = plans.claim_plans(transaction, limit=batch.BATCH, only=None if only is None else [only])
    if claimed:
        plans.settle_plans(transaction, claimed)
    return len(claimed)
