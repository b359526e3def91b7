"""Removes stored text after a user has lowered the share level: requested with the change, removed in batches."""

import time
from functools import partial

from db import audit, batching
from db.connection import Database, Statements, Transaction

#: In this order, since persist turns inbox rows into sessions and plans.
STATEMENTS = ("text_purge_inbox", "text_purge_sessions", "text_purge_plans")


def request_text_purge(db: Statements, user_id: int) -> None:
    """Request the removal of the user's text; from the commit on, no query returns it."""
    db.execute("request_text_purge", user_id=user_id)


def list_open_text_purges(db: Statements) -> list[int]:
    """The ids of users with open text purges, oldest request first."""
    return [row["user_id"] for row in db.fetch("list_open_text_purges")]


def purge_text(db: Database, user_id: int, *, seconds: float, finish_batch: bool = False) -> bool:
    """Remove the user's text for at most `seconds`; returns False if some may be left.

    With `finish_batch`, a batch that has begun may exceed the time.
    """
    purge = db.fetch_one("text_purge_of", user_id=user_id)
    if purge is None:
        return True
    scope = {"user_id": user_id, "last_inbox_id": purge["last_inbox_id"]}
    end = time.monotonic() + seconds
    for statement in STATEMENTS:
        if not batching.run_batches(
            db, partial(_run_batch, statement, scope), end=end, finish_batch=finish_batch
        ).finished:
            return False
    with db.transaction() as transaction:
        done = transaction.execute("text_purge_done", **scope) > 0
        if done:
            audit.record_audit_entry(
                transaction, actor_id=user_id, subject_id=user_id, action="text.purged", detail={}
            )
    return done


def _run_batch(statement: str, scope: dict[str, int], transaction: Transaction, limit: int) -> int:
    return transaction.execute(statement, limit=limit, **scope)
