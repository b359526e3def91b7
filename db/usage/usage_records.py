"""The records of sums over a period, as pages and charts read them; they import no driver."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from db.rows import FromRow


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
class UserDay(FromRow):
    """One person's team day."""

    user_id: int
    stat_date: date


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
