"""Plans from the inbox to rows: a set of them with one statement, and one that is refused alone."""

import math

import structlog

from db import inbox, plans
from db.connection import Database, Transaction
from db.errors import Refused
from tasks.turns import repeat

log = structlog.get_logger()

BATCH = 500
DEADLINE_SECONDS = 60


def drain(db: Database, *, seconds: float = math.inf) -> int:
    """Settle the plans that wait, batch by batch until `seconds` are over, and return how many uploads that were."""
    return repeat(lambda: _drain_batch(db), seconds)


def _drain_batch(db: Database) -> int:
    with db.transaction(deadline=DEADLINE_SECONDS) as transaction:
        # The lock is that of the sessions too: there is one drain at a time, whatever it carries.
        claimed = plans.claim(transaction, limit=BATCH) if inbox.lock_drain(transaction) else []
        if claimed:
            _settle(transaction, claimed)
    return len(claimed)


def _settle(transaction: Transaction, inbox_ids: list[int]) -> None:
    try:
        with transaction.savepoint():
            plans.settle(transaction, inbox_ids)
    except Refused as error:
        log.warning("plans_refused", reason=str(error))
        for inbox_id in inbox_ids:
            _settle_alone(transaction, inbox_id)


def _settle_alone(transaction: Transaction, inbox_id: int) -> None:
    """One plan that PostgreSQL refuses must not hold up the others: its refusal is noted."""
    try:
        with transaction.savepoint():
            plans.settle(transaction, [inbox_id])
    except Refused as error:
        log.warning("plan_refused", inbox_id=inbox_id, reason=str(error))
        inbox.postpone(transaction, inbox_id, f"refused: {error}")
