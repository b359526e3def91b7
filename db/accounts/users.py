"""People, their settings and their keys: who may upload, who may look, and how much of it is kept."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, get_args

from db import audit
from db.accounts.account_records import Account, ApiKey, Caller, OwnFigures, Role, SettingsChange, ShareLevel
from db.connection import Database, Statements
from db.errors import NoSuchPerson, StorageError, retried
from db.lifecycle import purges

# From the least to the most that is kept of a session.
SHARE_LEVELS: tuple[ShareLevel, ...] = get_args(ShareLevel)
# Who lowers the level waits so long for the text to be gone; of nearly everybody it is by then.
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
    """Add a person; raises Conflict when the name is taken, Refused when it is no name."""
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
    """Who holds this key, and a note of its use; None for an unknown, revoked or expired one."""
    row = db.fetch_one("caller_by_key", key_hash=key_hash)
    if row is None:
        return None
    if row["use_is_news"]:
        db.execute("key_use_note", user_id=row["user_id"], key_id=row["key_id"])
    return Caller(account=Account.from_row(row), key_id=row["key_id"], key_hash=key_hash)


def fetch_account_by_name(db: Statements, username: str) -> Account | None:
    """The person with exactly this name."""
    return _account(db.fetch_one("fetch_account_by_name", username=username))


def fetch_account(db: Statements, user_id: int) -> Account | None:
    """The person with this id."""
    return _account(db.fetch_one("fetch_account", user_id=user_id))


def list_accounts(db: Statements) -> list[Account]:
    """Everybody, by name; at most 10,000."""
    return [Account.from_row(row) for row in db.fetch("list_accounts")]


def fetch_password_hash(db: Statements, username: str) -> str | None:
    """The stored hash of an active person's password, if there is one."""
    row = db.fetch_one("fetch_password_hash", username=username)
    return row["password_hash"] if row else None


def set_password(db: Statements, user_id: int, password_hash: str) -> None:
    """Store a new password and end all logins under the old one."""
    db.execute("set_password", user_id=user_id, password_hash=password_hash)


def end_logins(db: Statements, user_id: int) -> None:
    """Log the person out everywhere."""
    db.execute("end_logins", user_id=user_id)


def change_settings(
    db: Database,
    user_id: int,
    *,
    share_level: ShareLevel | None = None,
    show_in_leaderboard: bool | None = None,
) -> SettingsChange:
    """Change what is given, leave the rest, note it; where text is shared no more, remove what was stored so far.

    From the change on nothing of it is stored or shown; what is not gone within a moment goes later.
    """
    wanted = {"share_level": share_level, "show_in_leaderboard": show_in_leaderboard}
    before, account = retried(lambda: _change_settings(db, user_id, wanted))
    unshared, purged = _hides_text(before, account), False
    if unshared:
        # The change stands, and so does the mark: whatever stops us here, a job goes on.
        with suppress(StorageError):
            purged = purges.purge_text(db, user_id, seconds=PURGE_SECONDS)
    return SettingsChange(account=account, purged=purged, purging=unshared and not purged)


def _change_settings(db: Database, user_id: int, wanted: Mapping[str, object]) -> tuple[Account, Account]:
    with db.transaction() as transaction:
        before = Account.from_row(_found(transaction.fetch_one("account_lock", user_id=user_id)))
        row = transaction.fetch_one("settings_change", user_id=user_id, **wanted)
        account = Account.from_row(_found(row))
        if _hides_text(before, account):
            purges.request_text_purge(transaction, user_id)
        # Clients may say at every start what is so already.
        if account != before:
            _note_settings(transaction, account, wanted)
    return before, account


def _note_settings(db: Statements, account: Account, wanted: Mapping[str, object]) -> None:
    detail: dict[str, object] = {name: getattr(account, name) for name in wanted}
    audit.record_audit_entry(
        db, actor_id=account.user_id, subject_id=account.user_id, action="settings.changed", detail=detail
    )


def _hides_text(before: Account, after: Account) -> bool:
    """Of who shares metadata or nothing there is no text to remove."""
    return before.share_level == "full" and after.share_level != "full"


def fetch_own_figures(db: Statements, user_id: int) -> OwnFigures:
    """What the person has uploaded so far."""
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
    """Remember a new key by its hash."""
    row = db.fetch_one(
        "issue_key", user_id=user_id, label=label, prefix=prefix, key_hash=key_hash, expires_at=expires_at
    )
    return ApiKey.from_row(_found(row))


def list_keys(db: Statements, user_id: int | None = None) -> list[ApiKey]:
    """The keys of one person, or of everybody; newest first, at most 10,000."""
    return [ApiKey.from_row(row) for row in db.fetch("list_keys", user_id=user_id)]


def revoke_key(db: Statements, user_id: int, key_id: int) -> ApiKey | None:
    """Stop one key of this person from the next request on; None if it is not theirs or was stopped before."""
    row = db.fetch_one("revoke_key", user_id=user_id, key_id=key_id)
    return ApiKey.from_row(row) if row else None


def revoke_keys(db: Statements, user_id: int) -> int:
    """Stop all keys of a person; returns how many."""
    return db.execute("revoke_keys", user_id=user_id)


def _account(row: dict[str, Any] | None) -> Account | None:
    return Account.from_row(row) if row else None


def _found(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise NoSuchPerson("there is no such person")
    return row
