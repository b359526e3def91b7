"""Text that must go because its owner shares it no more: marked with the level, and gone in short batching."""

import time
from functools import partial

from db import audit, batching
from db.connection import Database, Statements, Transaction

#: In this order: of the inbox sessions and plans are made.
STATEMENTS = ("text_purge_inbox", "text_purge_sessions", "text_purge_plans")


def request_text_purge(db: Statements, user_id: int) -> None:
    """Mark the person's text: from the commit on it is as good as gone, and `purge` takes it away."""
    db.execute("request_text_purge", user_id=user_id)


def list_open_text_purges(db: Statements) -> list[int]:
    """The people whose text is still to go, who asked first first."""
    return [row["user_id"] for row in db.fetch("list_open_text_purges")]


def purge_text(db: Database, user_id: int, *, seconds: float, patient: bool = False) -> bool:
    """Take away text until none is left, or the time is over; False if there may be more.

    Patient: a step that was begun may last longer.
    """
    asked = db.fetch_one("text_purge_of", user_id=user_id)
    if asked is None:
        return True
    whose = {"user_id": user_id, "last_inbox_id": asked["last_inbox_id"]}
    end = time.monotonic() + seconds
    for statement in STATEMENTS:
        if not batching.until_none(db, partial(_take, statement, whose), end=end, patient=patient).finished:
            return False
    with db.transaction() as transaction:
        done = transaction.execute("text_purge_done", **whose) > 0
        if done:
            audit.record_audit_entry(
                transaction, actor_id=user_id, subject_id=user_id, action="text.purged", detail={}
            )
    return done


def _take(statement: str, whose: dict[str, int], transaction: Transaction, limit: int) -> int:
    return transaction.execute(statement, limit=limit, **whose)
