"""Plans as rows: a set of waiting uploads takes the place of what is stored."""

from collections.abc import Sequence

from db.connection import Statements
from db.uploads.inbox import MAX_BYTES


def claim_plans(db: Statements, *, limit: int, only: Sequence[int] | None = None) -> list[int]:
    """Take the oldest waiting plans, or only these, until the transaction ends; returns their numbers in the inbox."""
    chosen = None if only is None else list(only)
    rows = db.fetch("claim_plans", limit=limit, only=chosen, most_bytes=MAX_BYTES)
    return [row["inbox_id"] for row in rows]


def settle_plans(db: Statements, inbox_ids: Sequence[int]) -> None:
    """Store these claimed uploads where they are news, and settle all of them."""
    db.execute("settle_plans", inbox_ids=list(inbox_ids))
