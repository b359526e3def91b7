"""The records of an upload from the inbox to the stored session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from db.accounts.account_records import Caller, ShareLevel
from db.rows import FromRow


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
class ClaimedUpload(FromRow):
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
