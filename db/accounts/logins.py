"""Failed logins of the last minutes, so that guessing a password takes years."""

from dataclasses import dataclass

from db.connection import Statements
from db.rows import FromRow


@dataclass(frozen=True)
class Failures(FromRow):
    """How often logins from one address failed in the last 15 minutes."""

    #: With the name that is tried now.
    of_name: int
    #: With whatever names.
    of_address: int


def count_recent_login_failures(db: Statements, username: str, address: str) -> Failures:
    """What happened lately at this address."""
    row = db.fetch_one("count_recent_login_failures", username=username[:200], address=address[:64])
    return Failures.from_row(row or {})


def record_login_failure(db: Statements, username: str, address: str) -> None:
    """Note a failed login."""
    db.execute("record_login_failure", username=username, address=address)


def clear_login_failures(db: Statements, username: str, address: str) -> None:
    """Forget the failures of a name that has just logged in."""
    db.execute("clear_login_failures", username=username[:200], address=address[:64])


def delete_old_login_failures(db: Statements) -> int:
    """Forget what is older than a day; returns how many failures that were."""
    return db.execute("delete_old_login_failures")
