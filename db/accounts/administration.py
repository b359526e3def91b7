"""Manages users and keys for the CLI and the admin pages; each change is one transaction with its audit entry."""

import re
from dataclasses import dataclass
from datetime import datetime

from db import audit
from db.accounts import passwords, users
from db.accounts.account_records import Account, Role, ShareLevel
from db.accounts.api_keys import new_key
from db.connection import Database, Statements
from db.errors import NoSuchPerson, Refused
from db.lifecycle import deletions
from db.rows import FromRow

#: Also what the table accepts.
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
#: The limit of usable keys per user, and of keys created per user and day.
MAX_KEYS = 100
MIN_EMAIL_LENGTH, MAX_EMAIL_LENGTH = 3, 254
#: The audit action for each new role.
MADE: dict[Role, str] = {"admin": "account.made_admin", "member": "account.made_member"}


class InvalidUser(Refused):
    """The username or the e-mail address is not valid."""


class LastAdmin(Exception):
    """The change would leave the team without an admin."""


class TooManyKeys(Exception):
    """The user has reached the limit of keys."""


class CannotDeleteSelf(Exception):
    """Admins can't delete their own account."""


@dataclass(frozen=True, kw_only=True)
class Client(FromRow):
    """A user's upload client and the time of the last upload."""

    user_id: int
    #: Name and version; empty if unknown.
    client: str
    last_upload_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """The values of a user to be created."""

    username: str
    email: str | None = None
    role: Role = "member"
    share_level: ShareLevel = "metadata"
    show_in_leaderboard: bool
    #: A user without a password can upload but not log in.
    has_password: bool = True
    key_label: str = "first key"


@dataclass(frozen=True)
class Credentials:
    """A new user's key and password; shown once and never stored."""

    username: str
    key: str
    password: str = ""


@dataclass(frozen=True)
class UserAdmin:
    """Manages users on behalf of an admin, or of a program if nobody is logged in."""

    db: Database
    key_prefix: str
    actor_id: int | None = None
    program: str | None = None

    def add(self, new_user: NewUser) -> Credentials:
        """Create a user with a first key; raises Conflict if the name is taken, InvalidUser if it is not valid."""
        if not USERNAME.fullmatch(new_user.username) or not _is_email(new_user.email):
            raise InvalidUser("a name is 1-100 letters, digits or . _ @ -, an e-mail 3-254 characters")
        password = passwords.new_password() if new_user.has_password else ""
        hashed = passwords.hash_password(password) if password else None
        with self.db.transaction() as transaction:
            account = users.create_account(
                transaction,
                username=new_user.username,
                email=new_user.email,
                role=new_user.role,
                share_level=new_user.share_level,
                show_in_leaderboard=new_user.show_in_leaderboard,
                password_hash=hashed,
            )
            self.note(
                transaction, account, "account.created", role=account.role, share_level=account.share_level
            )
            key = self._issue(transaction, account, new_user.key_label)
        return Credentials(account.username, key, password)

    def issue_key(self, user_id: int, label: str, expires_at: datetime | None = None) -> Credentials:
        """Another key beside those there are; one that ends by itself is not counted then. Raises TooManyKeys."""
        with self.db.transaction() as transaction:
            # Held, so that two who count at the same moment do not both find room.
            transaction.execute("account_lock", user_id=user_id)
            account = _found(transaction, user_id)
            counted = transaction.fetch_one("keys_counted", user_id=user_id) or {}
            if max(counted.values()) >= MAX_KEYS:
                raise TooManyKeys
            return Credentials(account.username, self._issue(transaction, account, label, expires_at))

    def rotate_keys(self, user_id: int) -> tuple[Credentials, int]:
        """Stop all keys of the person at once and issue a new one; also tells how many were stopped."""
        with self.db.transaction() as transaction:
            account = _found(transaction, user_id)
            stopped = users.revoke_keys(transaction, user_id)
            self.note(transaction, account, "keys.revoked", count=stopped)
            return Credentials(account.username, self._issue(transaction, account, "rotated")), stopped

    def revoke_key(self, user_id: int, key_id: int) -> bool:
        """Stop one key of the person; False if it is not theirs or was stopped before."""
        with self.db.transaction() as transaction:
            account, key = _found(transaction, user_id), users.revoke_key(transaction, user_id, key_id)
            if key is None:
                return False
            self.note(transaction, account, "key.revoked", prefix=key.prefix, label=key.label)
            return True

    def set_role(self, user_id: int, role: Role) -> None:
        """Make the person an admin or a member, which ends their logins; raises LastAdmin."""
        with self.db.transaction() as transaction:
            account = _found(transaction, user_id)
            if role != "admin":
                _refuse_last_admin(transaction, account)
            if transaction.execute("people_set_role", user_id=user_id, role=role):
                self.note(transaction, account, MADE[role])

    def set_active(self, user_id: int, *, active: bool) -> None:
        """Activate the user, or deactivate all keys and logins; raises LastAdmin."""
        with self.db.transaction() as transaction:
            account = _found(transaction, user_id)
            if not active:
                _refuse_last_admin(transaction, account)
            if transaction.execute("people_set_active", user_id=user_id, active=active):
                self.note(transaction, account, "account.activated" if active else "account.deactivated")

    def remove(self, user_id: int) -> None:
        """Deactivate the user and request the deletion of the account; raises CannotDeleteSelf, LastAdmin."""
        if user_id == self.actor_id:
            raise CannotDeleteSelf
        with self.db.transaction() as transaction:
            account = _found(transaction, user_id)
            _refuse_last_admin(transaction, account)
            # With this lock held, no upload of the user is still being committed.
            transaction.execute("account_lock", user_id=user_id)
            transaction.execute("people_set_active", user_id=user_id, active=False)
            deletions.request_deletion(transaction, user_id, with_account=True, requested_by=self.actor_id)
            self.note(transaction, account, "account.deletion_asked")

    def set_password(self, user_id: int, password: str) -> None:
        """Store a new password and end all logins; raises WeakPassword."""
        account = _found(self.db, user_id)
        passwords.require_strength(password, account.username, account.email)
        hashed = passwords.hash_password(password)
        with self.db.transaction() as transaction:
            account = _found(transaction, user_id)
            users.set_password(transaction, user_id, hashed)
            self.note(transaction, account, "password.set")

    def note(self, db: Statements, subject: Account, action: str, **detail: object) -> None:
        """Record a change of a user in the audit log."""
        by: dict[str, object] = {"by": self.program} if self.program else {}
        audit.record_audit_entry(
            db, actor_id=self.actor_id, subject_id=subject.user_id, action=action, detail=by | detail
        )

    def _issue(self, db: Statements, account: Account, label: str, expires_at: datetime | None = None) -> str:
        new = new_key(self.key_prefix)
        users.issue_key(
            db,
            user_id=account.user_id,
            label=label,
            prefix=new.prefix,
            key_hash=new.key_hash,
            expires_at=expires_at,
        )
        self.note(db, account, "key.issued", prefix=new.prefix, label=label)
        return new.raw


def _is_email(email: str | None) -> bool:
    return email is None or MIN_EMAIL_LENGTH <= len(email) <= MAX_EMAIL_LENGTH


def _found(db: Statements, user_id: int) -> Account:
    account = users.fetch_account(db, user_id)
    if account is None:
        raise NoSuchPerson("no such user")
    return account


def _refuse_last_admin(db: Statements, account: Account) -> None:
    admins = [row["user_id"] for row in db.fetch("people_admins")]
    if admins == [account.user_id]:
        raise LastAdmin


def list_clients(db: Statements) -> dict[int, Client]:
    """Every user's client and last upload, by user id."""
    return {row["user_id"]: Client.from_row(row) for row in db.fetch("list_clients")}
