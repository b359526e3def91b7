"""Checks for probes and pages whether PostgreSQL answers."""

from db.connection import Statements


def ping(db: Statements) -> None:
    """Return if PostgreSQL answers; raises StorageUnavailable if not."""
    db.fetch_one("ping")
