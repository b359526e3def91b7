"""What the API answers with when all is well: one typed shape for each 2xx, written out as JSON and described by it."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from db.accounts.account_records import Role, ShareLevel
from ingest.http.api_errors import FieldError

Amount = Annotated[int, Meta(ge=0)]
Whole = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Warnings = Annotated[list[str], Meta(description="What was left out, replaced or guessed.")]
RejectedReason = Annotated[str, Meta(description="Why an item of a batch was rejected.")]
RejectedFields = Annotated[list[FieldError], Meta(description="The invalid fields of a rejected item.")]
UploadId = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
KeptUploadId = Annotated[
    UploadId | None, Meta(description="For the upload's status; null if nothing was stored.")
]


class SessionAnswer(Struct, frozen=True):
    """What became of one session: taken, or kept in quarantine with the reason."""

    status: Literal["ok", "error"]
    session_id: str | None
    upload_id: KeptUploadId
    warnings: Warnings
    reason: RejectedReason | UnsetType = UNSET
    errors: RejectedFields | UnsetType = UNSET


class PlanAnswer(Struct, frozen=True):
    """What became of one plan: taken, or kept in quarantine with the reason."""

    status: Literal["ok", "error"]
    name: str | None
    upload_id: KeptUploadId
    warnings: Warnings
    reason: RejectedReason | UnsetType = UNSET
    errors: RejectedFields | UnsetType = UNSET


class UploadStatus(Struct, frozen=True):
    """How far one upload has come; a session has a session_id, a plan a name."""

    upload_id: UploadId
    kind: Literal["session", "plan"]
    status: Annotated[
        Literal["pending", "persisted", "repeated", "quarantined"],
        Meta(description="`repeated`: the upload changed nothing."),
    ]
    reason: Annotated[str | None, Meta(description="Why the upload is in quarantine, else null.")]
    received_at: datetime
    settled_at: datetime | None
    session_id: Annotated[
        str | UnsetType | None, Meta(description="Sessions only; null if none usable was sent.")
    ] = UNSET
    name: Annotated[str | UnsetType | None, Meta(description="Plans only; null if none usable was sent.")] = (
        UNSET
    )


class Settings(Struct, frozen=True):
    """A person, and what that person has decided about the own data."""

    username: str
    email: str | None
    role: Role
    share_level: Annotated[
        ShareLevel,
        Meta(description="`none`: nothing is stored; `metadata`: everything but text; `full`: text too."),
    ]
    show_in_leaderboard: bool


class MeAnswer(Settings, frozen=True):
    """A person together with what is kept of that person."""

    sessions_count: Amount
    total_tokens: Annotated[Amount, Meta(description="Input and output, without cache tokens.")]
    total_tokens_in: Amount
    total_tokens_out: Amount
    cache_read_tokens: Amount
    cache_creation_tokens: Amount
    last_upload_at: datetime | None


class SettingsAnswer(Settings, frozen=True):
    """The settings as they are now."""

    purged: Annotated[
        bool, Meta(description="Whether the level was lowered and the stored text was deleted.")
    ]
    warnings: list[str]


class TeamStats(Struct, frozen=True):
    """The sums of the team over the last days."""

    period_days: Whole
    total_sessions: Amount
    active_users: Annotated[Amount, Meta(description="Users with at least one session.")]
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
    success_rate: Annotated[Share | None, Meta(description="From 0 to 1; null if no outcome was reported.")]


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
