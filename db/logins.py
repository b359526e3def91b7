"""Failed logins of the last minutes, so that guessing a password takes years."""

from db.connection import Statements


def recent_failures(db: Statements, username: str, address: str) -> int:
    """How often this name failed from this address in the last 15 minutes."""
    row = db.fetch_one("login_failures_recent", username=username[:200], address=address[:64])
    return int(row["failures"]) if row else 0


def record_failure(db: Statements, username: str, address: str) -> None:
    """Note a failed login."""
    db.execute("login_failure_record", username=username, address=address)


def clear_failures(db: Statements, username: str, address: str) -> None:
    """Forget the failures of a name that has just logged in."""
    db.execute("login_failures_clear", username=username[:200], address=address[:64])


def forget_old(db: Statements) -> int:
    """Forget what is older than a day; returns how many failures that were."""
    return db.execute("login_failures_forget")
