"""What a period breaks down into, as the pages about tools, trends, projects and models take it: frozen and typed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from db.rows import FromRow
from db.usage.usage_records import TokenUsage

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True, kw_only=True)
class Calls(FromRow):
    """Calls of tools by outcome; those whose outcome was not reported stand apart."""

    call_count: int
    success_count: int
    error_count: int
    unreported_count: int

    @property
    def reported(self) -> int:
        """The calls whose outcome is known."""
        return self.success_count + self.error_count

    @property
    def success_rate(self) -> float | None:
        """Share without error among the calls whose outcome is known; None where none is."""
        return self.success_count / self.reported if self.reported else None

    @property
    def error_rate(self) -> float | None:
        """Share with an error among the same calls."""
        return self.error_count / self.reported if self.reported else None


@dataclass(frozen=True, kw_only=True)
class ToolTotals(Calls):
    """Calls of one tool over a period."""

    tool_name: str


@dataclass(frozen=True, kw_only=True)
class CallDay(Calls):
    """Calls on one team day."""

    stat_date: date


@dataclass(frozen=True, kw_only=True)
class CallPart(Calls):
    """Calls in one project ('' = not reported), or by one person."""

    name: str


@dataclass(frozen=True, kw_only=True)
class PeopleStep(FromRow):
    """How many people were active in the day, week or month that begins with this day."""

    first_day: date
    active_users: int


@dataclass(frozen=True, kw_only=True)
class ProjectFigures(FromRow):
    """All that one project came to in a period; '' = not reported."""

    project_name: str
    session_count: int
    active_users: int
    tokens_in: int
    tokens_out: int
    duration_seconds: int
    #: None = no token has a known price.
    cost_usd: Decimal | None
    unpriced_tokens: int
    last_day: date

    @property
    def tokens(self) -> int:
        """Fresh input and output."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, kw_only=True)
class ProjectDay(FromRow):
    """Tokens of one project on one team day, or of all that are not told apart."""

    stat_date: date
    #: '' = of no project, None = all that are not told apart.
    project_name: str | None
    tokens: int


@dataclass(frozen=True, kw_only=True)
class ModelFigures(TokenUsage):
    """One model on one team day; '' = not reported."""

    stat_date: date
    model: str


@dataclass(frozen=True, kw_only=True)
class Charge(TokenUsage):
    """What one person used on one project in a period."""

    username: str
    project_name: str
    session_count: int
