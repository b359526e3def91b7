"""Plans as rows: a set of waiting uploads takes the place of what is stored."""

from collections.abc import Sequence

from db.connection import Statements
from db.uploads.inbox import MAX_BYTES


def claim(db: Statements, *, limit: int, only: Sequence[int] | None = None) -> list[int]:
    """Take the oldest waiting plans, or only these, until the transaction ends; returns their numbers in the inbox."""
    chosen = None if only is None else list(only)
    rows = db.fetch("plans_claim", limit=limit, only=chosen, most_bytes=MAX_BYTES)
    return [row["inbox_id"] for row in rows]


def settle(db: Statements, inbox_ids: Sequence[int]) -> None:
    """Store these claimed uploads where they are news, and settle all of them."""
    db.execute("plans_settle", inbox_ids=list(inbox_ids))
