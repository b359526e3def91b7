"""GET /api/v1/team/…: the team's figures, read from the rollups and nothing else."""

from collections.abc import Callable
from datetime import datetime

import falcon

from db.connection import Statements
from db.usage import usage_totals
from db.usage.periods import Period, last_days, team_today
from ingest.http.answers import LeaderboardRow, TeamStats, ToolUse, TrendDay
from ingest.http.api_errors import ApiError, FieldError, pointer
from ingest.http.auth import Authenticator

MAX_DAYS = 365
MAX_LIMIT = 50
MIN_TREND_DAYS = 7


class Team:
    """What everybody with a key may know about the team."""

    def __init__(
        self,
        authenticator: Authenticator,
        database: Statements,
        clock: Callable[[], datetime],
        *,
        zone: str,
        is_public: bool,
    ) -> None:
        """`zone`: the team's time zone. `is_public`: figures without names need no key."""
        self._authenticator = authenticator
        self._database = database
        self._zone = zone
        self._public = is_public
        self._clock = clock

    def on_get_stats(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The sums of the last days."""
        self._admit(req)
        period = self._period(req, default=7)
        totals = usage_totals.fetch_team_totals(self._database, period)
        resp.media = TeamStats(
            period_days=period.days,
            total_sessions=totals.session_count,
            active_users=totals.active_users,
            total_messages=totals.total_messages,
            total_tokens_in=totals.tokens_in,
            total_tokens_out=totals.tokens_out,
            cache_read_tokens=totals.cache_read_tokens,
            cache_creation_tokens=totals.cache_creation_tokens,
            total_duration_seconds=totals.duration_seconds,
        )

    on_head_stats = on_get_stats

    def on_get_tools(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The most called tools; success_rate is null where no outcome was reported."""
        self._admit(req)
        tools = usage_totals.list_tool_totals(self._database, self._period(req, default=7), limit=_limit(req))
        resp.media = [ToolUse(tool.tool_name, tool.call_count, tool.success_rate) for tool in tools]

    on_head_tools = on_get_tools

    def on_get_leaderboard(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Those who take part, most tokens first; never without a key, which the same statement checks."""
        with self._authenticator.cached_caller(req) as caller:
            period, limit = self._period(req, default=7), _limit(req)
        ranks = usage_totals.list_leaderboard(self._database, period, limit=limit, key_hash=caller.key_hash)
        if not ranks:
            self._authenticator.reauthenticate(caller)
        resp.media = [
            LeaderboardRow(rank.rank, rank.username, rank.session_count, rank.total_tokens) for rank in ranks
        ]

    on_head_leaderboard = on_get_leaderboard

    def on_get_trends(self, req: falcon.Request, resp: falcon.Response) -> None:
        """One row for every day, days without sessions too."""
        self._admit(req)
        days = usage_totals.list_team_days(
            self._database, self._period(req, default=30, shortest=MIN_TREND_DAYS)
        )
        resp.media = [TrendDay(day.stat_date, day.session_count, day.tokens) for day in days]

    on_head_trends = on_get_trends

    def _admit(self, req: falcon.Request) -> None:
        if not self._public:
            self._authenticator.account(req)

    def _period(self, req: falcon.Request, *, default: int, shortest: int = 1) -> Period:
        days = _whole_number(req, "days", default=default, between=(shortest, MAX_DAYS))
        return last_days(days, team_today(self._zone, self._clock()))


def _limit(req: falcon.Request) -> int:
    return _whole_number(req, "limit", default=10, between=(1, MAX_LIMIT))


def _whole_number(req: falcon.Request, name: str, *, default: int, between: tuple[int, int]) -> int:
    text = req.get_param(name)
    if text is None:
        return default
    low, high = between
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(high)) and low <= int(text) <= high):
        detail = f"the parameter {name} must be a whole number from {low} to {high}"
        raise ApiError("invalid_value", field_errors=[FieldError(pointer(name), detail)])
    return int(text)
