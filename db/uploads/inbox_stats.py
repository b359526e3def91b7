"""How much waits in PostgreSQL, for whoever watches over the house: counted to 10,000 and no further."""

from dataclasses import dataclass
from datetime import datetime

from db.connection import Statements


@dataclass(frozen=True)
class InboxFigures:
    """What lies in the inbox, and how far the charts are behind."""

    pending: int
    #: The age of the upload that waits longest.
    oldest_seconds: float
    quarantined: int
    #: The age of the upload that is in no chart for longest; 0 when the charts show everything.
    invisible_seconds: float


def fetch_inbox_figures(db: Statements) -> InboxFigures:
    """Ask for all of it in one statement."""
    row = db.fetch_one("fetch_inbox_figures")
    return InboxFigures(**row) if row else InboxFigures(0, 0.0, 0, 0.0)


def fetch_last_stored_time(db: Statements) -> datetime | None:
    """When an upload was last settled: stored, or found to be there already."""
    row = db.fetch_one("fetch_last_stored_time")
    return row["settled_at"] if row else None
