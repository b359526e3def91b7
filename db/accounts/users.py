"""Reads and writes users, their settings and API keys for all web processes and the CLI."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, get_args

from db import audit
from db.accounts.account_records import Account, ApiKey, Caller, OwnFigures, Role, SettingsChange, ShareLevel
from db.connection import Database, Statements
from db.errors import NoSuchPerson, StorageError, retried
from db.lifecycle import purges

# From the least to the most that is stored.
SHARE_LEVELS: tuple[ShareLevel, ...] = get_args(ShareLevel)
# The request that lowers the level waits this long for the purge, which is enough for nearly all users.
PURGE_SECONDS = 2.0


def create_account(
    db: Statements,
    *,
    username: str,
    email: str | None,
    role: Role,
    share_level: ShareLevel,
    show_in_leaderboard: bool,
    password_hash: str | None,
) -> Account:
    """Create a user; raises Conflict if the name is taken, Refused if it is not valid."""
    row = db.fetch_one(
        "create_account",
        username=username,
        email=email,
        role=role,
        share_level=share_level,
        show_in_leaderboard=show_in_leaderboard,
        password_hash=password_hash,
    )
    return Account.from_row(_found(row))


def fetch_caller(db: Statements, key_hash: bytes) -> Caller | None:
    """The owner of this key, whose use is recorded; None if the key is unknown, revoked or expired."""
    row = db.fetch_one("caller_by_key", key_hash=key_hash)
    if row is None:
        return None
    if row["use_is_news"]:
        db.execute("key_use_note", user_id=row["user_id"], key_id=row["key_id"])
    return Caller(account=Account.from_row(row), key_id=row["key_id"], key_hash=key_hash)


def fetch_account_by_name(db: Statements, username: str) -> Account | None:
    """The user with exactly this name, if any."""
    return _account(db.fetch_one("fetch_account_by_name", username=username))


def fetch_account(db: Statements, user_id: int) -> Account | None:
    """The user with this id, if any."""
    return _account(db.fetch_one("fetch_account", user_id=user_id))


def list_accounts(db: Statements) -> list[Account]:
    """All users by name, at most 10,000."""
    return [Account.from_row(row) for row in db.fetch("list_accounts")]


def fetch_password_hash(db: Statements, username: str) -> str | None:
    """The password hash of an active user, if any."""
    row = db.fetch_one("fetch_password_hash", username=username)
    return row["password_hash"] if row else None


def set_password(db: Statements, user_id: int, password_hash: str) -> None:
    """Store a new password hash and end all logins."""
    db.execute("set_password", user_id=user_id, password_hash=password_hash)


def end_logins(db: Statements, user_id: int) -> None:
    """End all logins of the user."""
    db.execute("end_logins", user_id=user_id)


def change_settings(
    db: Database,
    user_id: int,
    *,
    share_level: ShareLevel | None = None,
    show_in_leaderboard: bool | None = None,
) -> SettingsChange:
    """Change the given settings, record it, and purge stored text if it is no longer shared; raises NoSuchPerson.

    From the commit on, no text is stored or shown. A purge that takes longer is finished by the worker.
    """
    changes = {"share_level": share_level, "show_in_leaderboard": show_in_leaderboard}
    before, account = retried(lambda: _change_settings(db, user_id, changes))
    unshared, purged = _hides_text(before, account), False
    if unshared:
        # The change and the purge request are committed: if this fails, a job continues.
        with suppress(StorageError):
            purged = purges.purge_text(db, user_id, seconds=PURGE_SECONDS)
    return SettingsChange(account=account, purged=purged, purging=unshared and not purged)


def _change_settings(db: Database, user_id: int, changes: Mapping[str, object]) -> tuple[Account, Account]:
    with db.transaction() as transaction:
        before = Account.from_row(_found(transaction.fetch_one("account_lock", user_id=user_id)))
        row = transaction.fetch_one("settings_change", user_id=user_id, **changes)
        account = Account.from_row(_found(row))
        if _hides_text(before, account):
            purges.request_text_purge(transaction, user_id)
        # Clients may send the same settings at every start.
        if account != before:
            detail: dict[str, object] = {name: getattr(account, name) for name in changes}
            audit.record_audit_entry(
                transaction, actor_id=user_id, subject_id=user_id, action="settings.changed", detail=detail
            )
    return before, account


def _hides_text(before: Account, after: Account) -> bool:
    """Whether the change hides text that may be stored."""
    return before.share_level == "full" and after.share_level != "full"


def fetch_own_figures(db: Statements, user_id: int) -> OwnFigures:
    """The totals of the user's own uploads."""
    return OwnFigures.from_row(_found(db.fetch_one("fetch_own_figures", user_id=user_id)))


def issue_key(
    db: Statements,
    *,
    user_id: int,
    label: str,
    prefix: str,
    key_hash: bytes,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Store a new key by its hash."""
    row = db.fetch_one(
        "issue_key", user_id=user_id, label=label, prefix=prefix, key_hash=key_hash, expires_at=expires_at
    )
    return ApiKey.from_row(_found(row))


def list_keys(db: Statements, user_id: int | None = None) -> list[ApiKey]:
    """The keys of one user or of all, newest first; at most 10,000."""
    return [ApiKey.from_row(row) for row in db.fetch("list_keys", user_id=user_id)]


def revoke_key(db: Statements, user_id: int, key_id: int) -> ApiKey | None:
    """Revoke a key of this user; None if it belongs to another user or is already revoked."""
    row = db.fetch_one("revoke_key", user_id=user_id, key_id=key_id)
    return ApiKey.from_row(row) if row else None


def revoke_keys(db: Statements, user_id: int) -> int:
    """Revoke all keys of a user; returns how many."""
    return db.execute("revoke_keys", user_id=user_id)


def _account(row: dict[str, Any] | None) -> Account | None:
    return Account.from_row(row) if row else None


def _found(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise NoSuchPerson("no such user")
    return row
