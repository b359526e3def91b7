"""Failed logins of the last minutes, so that guessing a password takes years."""

from dataclasses import dataclass

from db.connection import Statements
from db.records import FromRow


@dataclass(frozen=True)
class Failures(FromRow):
    """How often logins from one address failed in the last 15 minutes."""

    #: With the name that is tried now.
    of_name: int
    #: With whatever names.
    of_address: int


def recent_failures(db: Statements, username: str, address: str) -> Failures:
    """What happened lately at this address."""
    row = db.fetch_one("login_failures_recent", username=username[:200], address=address[:64])
    return Failures.from_row(row or {})


def record_failure(db: Statements, username: str, address: str) -> None:
    """Note a failed login."""
    db.execute("login_failure_record", username=username, address=address)


def clear_failures(db: Statements, username: str, address: str) -> None:
    """Forget the failures of a name that has just logged in."""
    db.execute("login_failures_clear", username=username[:200], address=address[:64])


def forget_old(db: Statements) -> int:
    """Forget what is older than a day; returns how many failures that were."""
    return db.execute("login_failures_forget")
