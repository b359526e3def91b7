"""A person's own sessions, one by one: the list they look through, and all that is stored of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from db.connection import Statements
from db.rows import FromRow
from db.usage.breakdown_records import ToolTotals

Sort = Literal["started", "duration", "messages", "tokens"]
#: Nobody leafs through more.
MAX_COUNT = 10_000
MAX_PARTS = 200
MAX_CALLS = 2_000
#: Of one message or of one side of a call; the download has all of it.
MAX_TEXT_LENGTH = 6_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What part of the list is looked at."""

    search: str = ""
    sort: Sort = "started"
    descending: bool = True
    limit: int = 25
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class OwnSession(FromRow):
    """One line of the list."""

    session_id: str
    project_name: str | None
    started_at: datetime
    duration_seconds: int | None
    total_messages: int
    tokens_in: int
    tokens_out: int
    model: str | None
    git_branch: str | None

    @property
    def tokens(self) -> int:
        """Fresh input and output."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, kw_only=True)
class SessionDetail(OwnSession):
    """One session with all that its page says at the top."""

    ended_at: datetime | None
    cache_read_tokens: int
    cache_creation_tokens: int
    machine: str | None
    agent: str | None
    agent_version: str | None
    imported_at: datetime
    #: [[seconds since the start or None, in, out, cache read, cache creation], …]; None = stored before it was kept.
    token_timeline: list[list[int | None]] | None
    #: Its text is stored, and not on its way out.
    text_shared: bool


@dataclass(frozen=True, kw_only=True)
class SessionModel(FromRow):
    """What one model used in a session; model '' = not reported."""

    model: str
    responses: int
    tokens_in: int
    tokens_out: int
    cache_read_tokens: int
    cache_creation_tokens: int
    cost_usd: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Message(FromRow):
    """One message, its text cut where it is very long."""

    sequence: int
    timestamp: datetime | None
    role: str
    content: str
    #: Of the whole text.
    length: int


@dataclass(frozen=True, kw_only=True)
class ToolCall(FromRow):
    """One call of a tool, where its text is shared."""

    message_sequence: int
    tool_name: str
    duration_ms: int | None
    success: bool | None
    tool_input: str | None
    tool_output: str | None


@dataclass(frozen=True)
class Parts:
    """What belongs to a session besides its text."""

    tools: list[ToolTotals]
    models: list[SessionModel]
    tags: list[str]


def list_own_sessions(db: Statements, user_id: int, wanted: Wanted) -> list[OwnSession]:
    """The part of the person's list that is looked at."""
    asked = {
        "user_id": user_id,
        "pattern": _pattern(wanted.search),
        "limit": wanted.limit,
        "offset": wanted.offset,
    }
    if wanted.sort == "started" and wanted.descending:
        rows = db.fetch("own_sessions_newest", **asked)
    else:
        sign = -1 if wanted.descending else 1
        rows = db.fetch("own_sessions_sorted", sort=wanted.sort, sign=sign, **asked)
    return [OwnSession.from_row(row) for row in rows]


def count_own_sessions(db: Statements, user_id: int, search: str = "") -> int:
    """How many sessions the list has; counted to 10,000."""
    row = db.fetch_one("count_own_sessions", user_id=user_id, pattern=_pattern(search), most=MAX_COUNT)
    return int(row["found"]) if row else 0


def _pattern(search: str) -> str | None:
    """What was typed, anywhere in a name; its per cent signs and underscores mean themselves."""
    if not search:
        return None
    for special in ("\\", "%", "_"):
        search = search.replace(special, f"\\{special}")
    return f"%{search}%"


def fetch_own_session(db: Statements, user_id: int, session_id: str) -> SessionDetail | None:
    """One session of this person; None where they have none of this name, whoever else may have one."""
    row = db.fetch_one("fetch_own_session", user_id=user_id, session_id=session_id)
    return SessionDetail.from_row(row) if row else None


def fetch_session_parts(db: Statements, user_id: int, session_id: str) -> Parts:
    """Tools, models and tags of one session."""
    asked = {"user_id": user_id, "session_id": session_id, "limit": MAX_PARTS}
    return Parts(
        tools=[
            ToolTotals(
                tool_name=row["tool_name"],
                call_count=row["call_count"],
                success_count=row["success_count"] or 0,
                error_count=row["error_count"] or 0,
                unreported_count=row["call_count"] - (row["success_count"] or 0) - (row["error_count"] or 0),
            )
            for row in db.fetch("own_session_tools", **asked)
        ],
        models=[SessionModel.from_row(row) for row in db.fetch("own_session_models", **asked)],
        tags=[row["tag"] for row in db.fetch("own_session_tags", **asked)],
    )


def list_session_messages(
    db: Statements, user_id: int, session_id: str, *, limit: int, offset: int
) -> list[Message]:
    """A stretch of the text, in order; nothing of what is to be removed."""
    rows = db.fetch(
        "list_session_messages",
        user_id=user_id,
        session_id=session_id,
        longest=MAX_TEXT_LENGTH,
        limit=limit,
        offset=offset,
    )
    return [Message.from_row(row) for row in rows]


def count_session_messages(db: Statements, user_id: int, session_id: str) -> int:
    """How many messages are stored."""
    row = db.fetch_one("count_session_messages", user_id=user_id, session_id=session_id)
    return int(row["found"]) if row else 0


def list_session_calls(
    db: Statements, user_id: int, session_id: str, shown: Sequence[Message]
) -> list[ToolCall]:
    """The calls of the tools that belong to these messages."""
    if not shown:
        return []
    rows = db.fetch(
        "list_session_calls",
        user_id=user_id,
        session_id=session_id,
        first=shown[0].sequence,
        last=shown[-1].sequence,
        longest=MAX_TEXT_LENGTH,
        limit=MAX_CALLS,
    )
    return [ToolCall.from_row(row) for row in rows]
