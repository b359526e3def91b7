"""People, their settings and their keys: who may upload, who may look, and how much of it is kept."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from db import audit
from db.connection import Database, Statements
from db.errors import Contention
from db.records import Account, ApiKey, Caller, OwnFigures, Role, SettingsChange, ShareLevel

# From the least to the most that is kept of a session.
SHARE_LEVELS: tuple[ShareLevel, ...] = ("none", "metadata", "full")
# How often a change is tried when it meets another writer.
TRIES = 3


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
        "account_create",
        username=username,
        email=email,
        role=role,
        share_level=share_level,
        show_in_leaderboard=show_in_leaderboard,
        password_hash=password_hash,
    )
    return Account.from_row(_found(row))


def caller_by_key(db: Statements, key_hash: bytes) -> Caller | None:
    """Who holds this key, and a note of its use; None for an unknown, revoked or expired one."""
    row = db.fetch_one("caller_by_key", key_hash=key_hash)
    if row is None:
        return None
    if row["use_is_news"]:
        db.execute("key_use_note", user_id=row["user_id"], key_id=row["key_id"])
    return Caller(account=Account.from_row(row), key_id=row["key_id"], key_hash=key_hash)


def account_by_name(db: Statements, username: str) -> Account | None:
    """The person with exactly this name."""
    return _account(db.fetch_one("account_by_name", username=username))


def account_by_id(db: Statements, user_id: int) -> Account | None:
    """The person with this id."""
    return _account(db.fetch_one("account_by_id", user_id=user_id))


def list_accounts(db: Statements) -> list[Account]:
    """Everybody, by name; at most 10,000."""
    return [Account.from_row(row) for row in db.fetch("accounts_all")]


def password_hash(db: Statements, username: str) -> str | None:
    """The stored hash of an active person's password, if there is one."""
    row = db.fetch_one("password_hash_of", username=username)
    return row["password_hash"] if row else None


def set_password(db: Statements, user_id: int, password_hash: str) -> None:
    """Store a new password and end all logins under the old one."""
    db.execute("password_set", user_id=user_id, password_hash=password_hash)


def end_sessions(db: Statements, user_id: int) -> None:
    """Log the person out everywhere."""
    db.execute("logins_end", user_id=user_id)


def delete_account(db: Database, user_id: int) -> None:
    """Remove a person with every row that is theirs, and take their share out of the team's days."""
    with db.transaction(deadline=60) as transaction:
        transaction.execute("rollups_lock")
        days = [row["stat_date"] for row in transaction.fetch("team_days_with", user_id=user_id)]
        transaction.execute("login_failures_of", user_id=user_id)
        transaction.execute("account_delete", user_id=user_id)
        for statement in ("team_usage_recompute", "team_tools_recompute", "team_hours_recompute"):
            transaction.execute(statement, days=days)
        transaction.execute("rollups_note_change")
        audit.record(transaction, actor_id=None, subject_id=None, action="account.deleted", detail={})


def change_settings(
    db: Database,
    user_id: int,
    *,
    share_level: ShareLevel | None = None,
    show_in_leaderboard: bool | None = None,
) -> SettingsChange:
    """Change what is given, leave the rest, note it; lowering the level removes the text stored so far, in one step."""
    for _ in range(TRIES - 1):
        with suppress(Contention):
            return _change_settings(db, user_id, share_level, show_in_leaderboard)
    return _change_settings(db, user_id, share_level, show_in_leaderboard)


def _change_settings(
    db: Database, user_id: int, share_level: ShareLevel | None, show_in_leaderboard: bool | None
) -> SettingsChange:
    with db.transaction() as transaction:
        before = Account.from_row(_found(transaction.fetch_one("account_lock", user_id=user_id)))
        wanted = {"share_level": share_level, "show_in_leaderboard": show_in_leaderboard}
        account = Account.from_row(
            _found(transaction.fetch_one("settings_change", user_id=user_id, **wanted))
        )
        lowered = SHARE_LEVELS.index(account.share_level) < SHARE_LEVELS.index(before.share_level)
        if lowered:
            _purge_text(transaction, user_id)
        detail: dict[str, object] = {name: getattr(account, name) for name in wanted}
        audit.record(
            transaction,
            actor_id=user_id,
            subject_id=user_id,
            action="settings.changed",
            detail=detail | {"purged": lowered},
        )
    return SettingsChange(account=account, purged=lowered)


def _purge_text(db: Statements, user_id: int) -> None:
    for place in ("inbox", "messages", "tool_calls", "plans", "level"):
        db.execute(f"text_purge_{place}", user_id=user_id)


def own_figures(db: Statements, user_id: int) -> OwnFigures:
    """What the person has uploaded so far."""
    return OwnFigures.from_row(_found(db.fetch_one("own_figures", user_id=user_id)))


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
        "key_issue", user_id=user_id, label=label, prefix=prefix, key_hash=key_hash, expires_at=expires_at
    )
    return ApiKey.from_row(_found(row))


def list_keys(db: Statements, user_id: int | None = None) -> list[ApiKey]:
    """The keys of one person, or of everybody; newest first, at most 10,000."""
    return [ApiKey.from_row(row) for row in db.fetch("keys_of", user_id=user_id)]


def revoke_key(db: Statements, key_id: int) -> bool:
    """Stop one key from the next request on; False if it was stopped before."""
    return db.execute("key_revoke", key_id=key_id) > 0


def revoke_keys(db: Statements, user_id: int) -> int:
    """Stop all keys of a person; returns how many."""
    return db.execute("keys_revoke_all", user_id=user_id)


def _account(row: dict[str, Any] | None) -> Account | None:
    return Account.from_row(row) if row else None


def _found(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise LookupError("there is no such person")
    return row
