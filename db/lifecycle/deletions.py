"""Deletes a user's data, on request of the user or with the account: first the rows, then the worker rewrites files."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from db import audit
from db.connection import Database, Statements
from db.errors import NoSuchPerson, StorageError, retried
from db.rows import FromRow
from db.usage import exports, rollups
from db.usage.usage_records import UserDay

#: A request waits this long for the rows to be deleted; the worker finishes the rest.
WAIT_SECONDS = 3.0
# A user may have uploaded for years.
DELETE_SECONDS = 600
#: Identifies one deletion of a user; a later request has other values.
KEY = ("user_id", "last_inbox_id", "requested_at")


@dataclass(frozen=True, kw_only=True)
class Deletion(FromRow):
    """A requested deletion of one user's data."""

    user_id: int
    username: str
    last_inbox_id: int
    requested_at: datetime
    #: Only the exported files are left.
    rows_gone: bool
    #: The account is deleted too, after everything else.
    with_account: bool
    requested_by: int | None


def delete_own_data(db: Database, user_id: int) -> bool:
    """Delete everything the user has uploaded so far; False if the worker has to finish the rows."""
    deletion = retried(lambda: _request_own_deletion(db, user_id))
    # The request is stored: if this fails or times out, the worker continues.
    with suppress(StorageError):
        delete_rows_of_user(db, deletion, seconds=WAIT_SECONDS)
        return True
    return False


def _request_own_deletion(db: Database, user_id: int) -> Deletion:
    with db.transaction() as transaction:
        if transaction.fetch_one("account_lock", user_id=user_id) is None:
            raise NoSuchPerson("no such user")
        request_deletion(transaction, user_id, with_account=False, requested_by=user_id)
        audit.record_audit_entry(
            transaction, actor_id=user_id, subject_id=user_id, action="data.deletion_asked", detail={}
        )
        return Deletion.from_row(transaction.fetch_one("fetch_open_deletion", user_id=user_id) or {})


def request_deletion(db: Statements, user_id: int, *, with_account: bool, requested_by: int | None) -> None:
    """Request the deletion of a user's data; the transaction must hold the lock on the user's row."""
    db.execute("request_deletion", user_id=user_id, with_account=with_account, requested_by=requested_by)


def list_account_deletions(db: Statements) -> set[int]:
    """The ids of the users whose accounts are to be deleted."""
    return {deletion.user_id for deletion in list_open_deletions(db) if deletion.with_account}


def list_open_deletions(db: Statements) -> list[Deletion]:
    """The unfinished deletions, oldest request first."""
    return [Deletion.from_row(row) for row in db.fetch("list_open_deletions")]


def fetch_open_deletion(db: Statements, user_id: int) -> Deletion | None:
    """This user's unfinished deletion, if there is one."""
    row = db.fetch_one("fetch_open_deletion", user_id=user_id)
    return Deletion.from_row(row) if row else None


def delete_rows_of_user(db: Database, deletion: Deletion, *, seconds: float = DELETE_SECONDS) -> None:
    """Delete all rows and recompute the team's days in one transaction; raises StorageError."""
    retried(lambda: _delete_rows(db, deletion, seconds))


def _delete_rows(db: Database, deletion: Deletion, seconds: float) -> None:
    scope = {"user_id": deletion.user_id, "last_inbox_id": deletion.last_inbox_id}
    with db.transaction(deadline=seconds) as transaction:
        # The lock order of every writer of rows and days; any other order can deadlock.
        transaction.execute("persist_stop")
        rollups.lock_rollups(transaction)
        for statement in ("deletion_sessions", "deletion_archived", "deletion_plans", "deletion_inbox"):
            transaction.execute(statement, **scope)
        days = [row["stat_date"] for row in transaction.fetch("team_days_with", user_id=deletion.user_id)]
        for grain in rollups.GRAINS:
            rollups.write_rollup(
                transaction, grain, [UserDay(user_id=deletion.user_id, stat_date=day) for day in days]
            )
        rollups.recompute_team_days(transaction, days)
        exports.mark_days_of_user_stale(transaction, deletion.user_id)
        transaction.execute("deletion_marks", user_id=deletion.user_id)
        transaction.execute("deletion_rows_gone", requested_at=deletion.requested_at, **scope)


def finish_deletion(db: Database, deletion: Deletion, *, program: str) -> None:
    """Finish a deletion whose files are rewritten; a deletion that was requested again meanwhile stays open."""
    if deletion.with_account:
        delete_account(db, deletion.user_id, actor_id=deletion.requested_by, program=program)
    else:
        key = {name: value for name, value in asdict(deletion).items() if name in KEY}
        with db.transaction() as transaction:
            if transaction.execute("finish_deletion", **key):
                user_id = deletion.user_id
                audit.record_audit_entry(
                    transaction, actor_id=user_id, subject_id=user_id, action="data.deleted", detail={}
                )


def delete_account(db: Database, user_id: int, *, actor_id: int | None = None, program: str) -> None:
    """Delete a user with all rows and recompute the team's days; raises StorageError.

    The audit log names the actor (None: nobody was logged in) and the program that did it.
    """
    retried(lambda: _delete_account(db, user_id, actor_id, program))


def _delete_account(db: Database, user_id: int, actor_id: int | None, program: str) -> None:
    with db.transaction(deadline=DELETE_SECONDS) as transaction:
        # Take the locks in the order of the writers of this user's rows; any other order can deadlock.
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
