"""All that a person uploaded, deleted at their word, or with the person at an admin's: the rows, then the files."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from db import audit
from db.connection import Database, Statements
from db.errors import NoSuchPerson, StorageError, retried
from db.rows import FromRow
from db.usage import exports, rollups
from db.usage.usage_records import UserDay

#: Who asks waits so long for the rows to be gone; the worker does the rest.
PATIENCE_SECONDS = 3.0
# A person may have uploaded for years.
DELETE_SECONDS = 600
#: What tells one deletion of a person from a later one.
MARK = ("user_id", "last_inbox_id", "asked_at")


@dataclass(frozen=True, kw_only=True)
class Deletion(FromRow):
    """Data of one person that is on its way out."""

    user_id: int
    username: str
    last_inbox_id: int
    asked_at: datetime
    #: Only the exported files are left.
    rows_gone: bool
    #: The person goes as well, once nothing else is left.
    with_account: bool
    asked_by: int | None


def delete_own_data(db: Database, user_id: int) -> bool:
    """Delete all that the person has uploaded so far; False where the rows are not gone yet, which they soon are."""
    asked = retried(lambda: _ask(db, user_id))
    # The mark stands: whatever stops us here, the worker goes on.
    with suppress(StorageError):
        delete_rows_of_user(db, asked, seconds=PATIENCE_SECONDS)
        return True
    return False


def _ask(db: Database, user_id: int) -> Deletion:
    with db.transaction() as transaction:
        if transaction.fetch_one("account_lock", user_id=user_id) is None:
            raise NoSuchPerson("there is no such person")
        transaction.execute("deletion_ask", user_id=user_id, with_account=False, asked_by=user_id)
        audit.record_audit_entry(
            transaction, actor_id=user_id, subject_id=user_id, action="data.deletion_asked", detail={}
        )
        row = transaction.fetch_one("deletion_of", user_id=user_id)
        return Deletion.from_row(row or {})


def request_account_deletion(db: Statements, user_id: int, *, asked_by: int | None) -> None:
    """Mark the person, whom the transaction holds, for deletion with everything; the worker does it."""
    db.execute("deletion_ask", user_id=user_id, with_account=True, asked_by=asked_by)


def list_account_deletions(db: Statements) -> set[int]:
    """The people who are on their way out, with all that is theirs."""
    return {asked.user_id for asked in list_open_deletions(db) if asked.with_account}


def list_open_deletions(db: Statements) -> list[Deletion]:
    """The deletions that are not through yet, who asked first first."""
    return [Deletion.from_row(row) for row in db.fetch("list_open_deletions")]


def fetch_open_deletion(db: Statements, user_id: int) -> Deletion | None:
    """This person's deletion, while it is not through yet."""
    row = db.fetch_one("deletion_of", user_id=user_id)
    return Deletion.from_row(row) if row else None


def delete_rows_of_user(db: Database, asked: Deletion, *, seconds: float = DELETE_SECONDS) -> None:
    """Take away every row, and the person's share of the team's days, in one transaction."""
    retried(lambda: _delete_rows(db, asked, seconds))


def _delete_rows(db: Database, asked: Deletion, seconds: float) -> None:
    whose = {"user_id": asked.user_id, "last_inbox_id": asked.last_inbox_id}
    with db.transaction(deadline=seconds) as transaction:
        # The same order as everybody who writes rows and days: else two of us wait for each other.
        transaction.execute("persist_stop")
        rollups.lock_rollups(transaction)
        for statement in ("deletion_sessions", "deletion_archived", "deletion_plans", "deletion_inbox"):
            transaction.execute(statement, **whose)
        days = [row["stat_date"] for row in transaction.fetch("team_days_with", user_id=asked.user_id)]
        for grain in rollups.GRAINS:
            rollups.write_rollup(
                transaction, grain, [UserDay(user_id=asked.user_id, stat_date=day) for day in days]
            )
        rollups.recompute_team_days(transaction, days)
        exports.mark_days_of_user_stale(transaction, asked.user_id)
        transaction.execute("deletion_marks", user_id=asked.user_id)
        transaction.execute("deletion_rows_gone", asked_at=asked.asked_at, **whose)


def finish_deletion(db: Database, asked: Deletion, *, program: str) -> None:
    """The files are rewritten too: let the person go, or note it; a deletion asked for again meanwhile goes on."""
    if asked.with_account:
        delete_account(db, asked.user_id, actor_id=asked.asked_by, program=program)
    else:
        _note_done(db, asked)


def _note_done(db: Database, asked: Deletion) -> None:
    mark = {name: value for name, value in asdict(asked).items() if name in MARK}
    with db.transaction() as transaction:
        if transaction.execute("deletion_done", **mark):
            audit.record_audit_entry(
                transaction,
                actor_id=asked.user_id,
                subject_id=asked.user_id,
                action="data.deleted",
                detail={},
            )


def delete_account(db: Database, user_id: int, *, actor_id: int | None = None, program: str) -> None:
    """Remove a person with every row that is theirs, and take their share out of the team's days.

    The audit log names whoever asked for it (None: nobody who was logged in) and the program that did it.
    """
    retried(lambda: _delete_account(db, user_id, actor_id, program))


def _delete_account(db: Database, user_id: int, actor_id: int | None, program: str) -> None:
    with db.transaction(deadline=DELETE_SECONDS) as transaction:
        # Whoever writes rows of this person holds what we want next, and wants what we hold.
        transaction.execute("persist_stop")
        rollups.lock_rollups(transaction)
        days = [row["stat_date"] for row in transaction.fetch("team_days_with", user_id=user_id)]
        exports.mark_days_of_user_stale(transaction, user_id)
        transaction.execute("login_failures_of", user_id=user_id)
        transaction.execute("audit_forget_labels", user_id=user_id)
        transaction.execute("account_delete", user_id=user_id)
        rollups.recompute_team_days(transaction, days)
        audit.record_audit_entry(
            transaction, actor_id=actor_id, subject_id=None, action="account.deleted", detail={"by": program}
        )
