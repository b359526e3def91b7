"""The records that travel between the rooms: frozen, typed, and free of any library."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Self

Role = Literal["member", "admin"]
ShareLevel = Literal["none", "metadata", "full"]


@cache
def _names(record: type) -> tuple[str, ...]:
    """Asked for every row of a year, and always the same."""
    return tuple(field.name for field in fields(record))


class FromRow:
    """A record that a row of a statement becomes, column by field."""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Build the record; columns it has no field for are left."""
        return cls(**{name: row[name] for name in _names(cls)})  # type: ignore[arg-type]


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


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """One upload on its way into the inbox, already stripped and redacted."""

    upload_id: str
    kind: Literal["session", "plan"]
    #: The session_id, or the plan's name.
    name: str
    #: JSON of our own record, not of the wire.
    body: str
    #: Set: it goes to quarantine at once, for this reason.
    quarantine_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class UploadBatch:
    """What one request brings: all of it is stored, or nothing."""

    caller: Caller
    uploads: Sequence[InboxRow]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the filter bar may narrow a team page to; None = everything."""

    project: str | None = None
    model: str | None = None
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TokenUsage(FromRow):
    """The four kinds of tokens and what is known of their cost."""

    tokens_in: int
    tokens_out: int
    cache_read_tokens: int
    cache_creation_tokens: int
    #: None = no token has a known price.
    cost_usd: Decimal | None
    #: Tokens of all four kinds without a known price.
    unpriced_tokens: int

    @property
    def tokens(self) -> int:
        """Fresh input and output; cache tokens are shown beside it."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, kw_only=True)
class Totals(TokenUsage):
    """Sums over a period, as every card shows them."""

    session_count: int
    active_users: int
    duration_seconds: int
    total_messages: int


@dataclass(frozen=True, kw_only=True)
class DayTotals(Totals):
    """The same sums for one team day."""

    stat_date: date


@dataclass(frozen=True, kw_only=True)
class ModelDay(FromRow):
    """Tokens of one model on one team day; model '' = not reported."""

    stat_date: date
    model: str
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, kw_only=True)
class Rank(FromRow):
    """One row of the leaderboard."""

    rank: int
    user_id: int
    username: str
    session_count: int
    total_tokens: int


@dataclass(frozen=True, kw_only=True)
class ProjectTotals(FromRow):
    """Sums of one project over a period; '' = not reported."""

    project_name: str
    session_count: int
    tokens: int


@dataclass(frozen=True, kw_only=True)
class HourTotals(FromRow):
    """Sessions begun in one hour of one weekday (0 = Monday) over a period."""

    weekday: int
    hour: int
    session_count: int


@dataclass(frozen=True, kw_only=True)
class Coverage(FromRow):
    """How much of the team and of the numbers a page really covers."""

    people_reporting: int
    people_known: int
    leaderboard_members: int
    last_upload_at: datetime | None
    #: All four kinds of tokens, and those without a price.
    tokens: int
    unpriced_tokens: int
    calls: int
    unreported_calls: int


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the filter bar can offer for a period, most used first."""

    projects: list[str]
    models: list[str]


@dataclass(frozen=True, kw_only=True)
class Claimed(FromRow):
    """One upload that persist has taken from the inbox."""

    inbox_id: int
    user_id: int
    session_id: str
    share_level: ShareLevel
    started_at: datetime
    ended_at: datetime | None
    total_messages: int
    content_hash: str
    attempts: int
    #: [[model, iso time or None, in, out, cache read, cache creation], …] after the token rule.
    responses: list[list[Any]]
    #: [{"model", "tokens_in", …}], the sums of the same by model.
    models: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class StoredSession(FromRow):
    """What must be known of a stored session to judge a newer snapshot of it."""

    user_id: int
    session_id: str
    share_level: ShareLevel
    started_at: datetime
    ended_at: datetime | None
    total_messages: int
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class ArchivedSession(FromRow):
    """A session whose rows were kept long enough: it counts in the sums, up to here."""

    user_id: int
    session_id: str
    ended_at: datetime | None
    total_messages: int


@dataclass(frozen=True, kw_only=True)
class UserDay(FromRow):
    """One person's team day."""

    user_id: int
    stat_date: date


@dataclass(frozen=True, kw_only=True)
class ScheduledRun(FromRow):
    """One due run of the schedule and what became of it."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    #: What came of it, for people; small.
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EndedRun(FromRow):
    """How a run went."""

    name: str
    finished_at: datetime
    outcome: Literal["done", "failed"]
    #: From its beginning to its end, pauses between turns included.
    seconds: float


@dataclass(frozen=True, kw_only=True)
class CheckResult(FromRow):
    """One sum that must agree, and by how much it does not."""

    name: str
    expected: int
    found: int

    @property
    def agrees(self) -> bool:
        """Do both sides say the same?"""
        return self.expected == self.found


@dataclass(frozen=True, kw_only=True)
class UploadProgress(FromRow):
    """How far one upload has come."""

    upload_id: str
    kind: Literal["session", "plan"]
    #: The session_id, or the plan's name; '' where it came without a usable one.
    name: str
    state: Literal["pending", "persisted", "repeated", "quarantined", "discarded"]
    reason: str | None
    received_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Standing(FromRow):
    """What one person did in the period."""

    user_id: int
    username: str
    #: False: whoever asks, and only they are told.
    takes_part: bool
    session_count: int
    tokens: int
    active_days: int
    cache_read_tokens: int
    #: All that models read: fresh, from the cache, and into it.
    tokens_read: int
    calls_succeeded: int
    calls_failed: int

    @property
    def cache_share(self) -> float | None:
        """Of all that was read, what came from the cache."""
        return self.cache_read_tokens / self.tokens_read if self.tokens_read else None

    @property
    def success_share(self) -> float | None:
        """Of the calls whose outcome was reported, those without an error."""
        reported = self.calls_succeeded + self.calls_failed
        return self.calls_succeeded / reported if reported else None
