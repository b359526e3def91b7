"""What the API answers with when all is well: one typed shape for each 2xx, written out as JSON and described by it."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from db.accounts.account_records import Role, ShareLevel
from ingest.http.errors import FieldError

Amount = Annotated[int, Meta(ge=0)]
Whole = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
UploadId = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]


class SessionAnswer(Struct, frozen=True):
    """What became of one session: taken, or kept in quarantine with the reason."""

    status: Literal["ok", "error"]
    session_id: str | None
    #: None where nothing was kept.
    upload_id: UploadId | None
    warnings: list[str]
    #: Only of an item of a batch that can't be used.
    reason: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET


class PlanAnswer(Struct, frozen=True):
    """What became of one plan: taken, or kept in quarantine with the reason."""

    status: Literal["ok", "error"]
    name: str | None
    #: None where nothing was kept.
    upload_id: UploadId | None
    warnings: list[str]
    #: Only of an item of a batch that can't be used.
    reason: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET


class UploadStatus(Struct, frozen=True):
    """How far one upload has come; a session has a session_id, a plan a name."""

    upload_id: UploadId
    kind: Literal["session", "plan"]
    status: Literal["pending", "persisted", "repeated", "quarantined"]
    #: Why it lies in quarantine; None everywhere else.
    reason: str | None
    received_at: datetime
    settled_at: datetime | None
    #: None: it was sent without a usable one.
    session_id: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET


class Settings(Struct, frozen=True):
    """A person, and what that person has decided about the own data."""

    username: str
    email: str | None
    role: Role
    share_level: ShareLevel
    show_in_leaderboard: bool


class MeAnswer(Settings, frozen=True):
    """A person together with what is kept of that person."""

    sessions_count: Amount
    #: Fresh input and output; cache tokens stand apart.
    total_tokens: Amount
    total_tokens_in: Amount
    total_tokens_out: Amount
    cache_read_tokens: Amount
    cache_creation_tokens: Amount
    last_upload_at: datetime | None


class SettingsAnswer(Settings, frozen=True):
    """The settings as they are now."""

    #: The level was lowered, and the text stored before is gone.
    purged: bool
    warnings: list[str]


class TeamStats(Struct, frozen=True):
    """The sums of the team over the last days."""

    period_days: Whole
    total_sessions: Amount
    active_users: Amount
    total_messages: Amount
    total_tokens_in: Amount
    total_tokens_out: Amount
    cache_read_tokens: Amount
    cache_creation_tokens: Amount
    total_duration_seconds: Amount


class ToolUse(Struct, frozen=True):
    """How often one tool was called; success_rate is null where no outcome was reported."""

    tool_name: str
    total_calls: Amount
    success_rate: Share | None


class LeaderboardRow(Struct, frozen=True):
    """One person among those who take part."""

    rank: Whole
    username: str
    session_count: Amount
    total_tokens: Amount


class TrendDay(Struct, frozen=True):
    """One team day, also one without sessions."""

    date: date
    sessions: Amount
    tokens: Amount


class HealthAnswer(Struct, frozen=True):
    """Whether uploads can be taken, and which store answers."""

    status: Literal["ok", "degraded", "unavailable"]
    database: Literal["connected", "disconnected"]
    queue: Literal["connected", "disconnected"]


class LiveAnswer(Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"
