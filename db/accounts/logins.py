"""Counts failed logins in PostgreSQL, so that the dashboard can limit password guessing."""

from dataclasses import dataclass

from db.connection import Statements
from db.rows import FromRow


@dataclass(frozen=True)
class Failures(FromRow):
    """Failed logins from one address in the last 15 minutes."""

    #: With the given username.
    of_name: int
    #: With any username.
    of_address: int


def count_recent_login_failures(db: Statements, username: str, address: str) -> Failures:
    """Failed logins of the last 15 minutes from this address."""
    row = db.fetch_one("count_recent_login_failures", username=username[:200], address=address[:64])
    return Failures.from_row(row or {})


def record_login_failure(db: Statements, username: str, address: str) -> None:
    """Record a failed login attempt."""
    db.execute("record_login_failure", username=username, address=address)


def clear_login_failures(db: Statements, username: str, address: str) -> None:
    """Delete the failures of a username after a successful login."""
    db.execute("clear_login_failures", username=username[:200], address=address[:64])


def delete_old_login_failures(db: Statements) -> int:
    """Delete failures older than a day; returns how many."""
    return db.execute("delete_old_login_failures")
