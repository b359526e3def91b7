"""Does PostgreSQL answer? Asked by probes and pages, never assumed."""

from db.connection import Statements


def ping(db: Statements) -> None:
    """Return when it does; raises StorageUnavailable when it does not."""
    db.fetch_one("ping")
