"""Plans as rows: a set of waiting uploads takes the place of what is stored."""

from collections.abc import Sequence

from db.connection import Statements
from db.inbox import MOST_BYTES


def claim(db: Statements, *, limit: int) -> list[int]:
    """Take the oldest waiting plans until the transaction ends, and return their numbers in the inbox."""
    return [row["inbox_id"] for row in db.fetch("plans_claim", limit=limit, most_bytes=MOST_BYTES)]


def settle(db: Statements, inbox_ids: Sequence[int]) -> None:
    """Store these claimed uploads where they are news, and settle all of them."""
    db.execute("plans_settle", inbox_ids=list(inbox_ids))
