"""The records of accounts and their keys; they import no driver, so that charts and pages may use them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from db.rows import FromRow

Role = Literal["member", "admin"]
ShareLevel = Literal["none", "metadata", "full"]


@dataclass(frozen=True, kw_only=True)
class Account(FromRow):
    """One person of the team."""

    user_id: int
    username: str
    email: str | None
    role: Role
    share_level: ShareLevel
    show_in_leaderboard: bool
    #: False: deactivated; keys and passwords do nothing.
    active: bool
    #: Counts up when all of the person's logins must end.
    session_epoch: int
    locale: str | None
    time_zone: str | None
    theme: str | None
    created_at: datetime
    last_seen_at: datetime | None

    @property
    def is_admin(self) -> bool:
        """May this person see and change others?"""
        return self.role == "admin"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who showed a key: who that is, and by which key."""

    account: Account
    key_id: int
    key_hash: bytes


@dataclass(frozen=True, kw_only=True)
class ApiKey(FromRow):
    """One key of a person, without the key."""

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
    """What a change of a person's settings came to."""

    account: Account
    #: Text is shared no more, and what was stored of it is gone.
    purged: bool
    #: Text is shared no more, and what is left of it is on its way out.
    purging: bool


@dataclass(frozen=True, kw_only=True)
class OwnFigures(FromRow):
    """What a person has uploaded so far, from the sessions themselves."""

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
