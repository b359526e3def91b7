"""The records of accounts and their keys; they import no driver, so that charts and pages may use them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from db.rows import FromRow

Role = Literal["member", "admin"]
ShareLevel = Literal["none", "metadata", "full"]


@dataclass(frozen=True, kw_only=True)
class Account(FromRow):
    """One user of the team."""

    user_id: int
    username: str
    email: str | None
    role: Role
    share_level: ShareLevel
    show_in_leaderboard: bool
    #: False: deactivated; keys and passwords are rejected.
    active: bool
    #: Incremented to end all logins of the user.
    session_epoch: int
    locale: str | None
    time_zone: str | None
    theme: str | None
    created_at: datetime
    last_seen_at: datetime | None

    @property
    def is_admin(self) -> bool:
        """Whether the user may see and change other users."""
        return self.role == "admin"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The authenticated user of a request, and the key used."""

    account: Account
    key_id: int
    key_hash: bytes


@dataclass(frozen=True, kw_only=True)
class ApiKey(FromRow):
    """A user's API key without the key itself."""

    key_id: int
    user_id: int
    label: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SettingsChange:
    """The result of a change of a user's settings."""

    account: Account
    #: Text is no longer shared, and all stored text is removed.
    purged: bool
    #: Text is no longer shared, and the worker still removes stored text.
    purging: bool


@dataclass(frozen=True, kw_only=True)
class OwnFigures(FromRow):
    """The totals of a user's uploads, from the sessions themselves."""

    sessions_count: int
    total_tokens_in: int
    total_tokens_out: int
    cache_read_tokens: int
    cache_creation_tokens: int
    last_upload_at: datetime | None

    @property
    def total_tokens(self) -> int:
        """Fresh input and output; cache tokens are never silently added."""
        return self.total_tokens_in + self.total_tokens_out
