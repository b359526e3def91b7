"""Reads a user's own sessions for the pages: the list, and the details of one session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from db.connection import Statements
from db.rows import FromRow
from db.usage.breakdown_records import ToolTotals

Sort = Literal["started", "duration", "messages", "tokens"]
#: The limit of the count of sessions.
MAX_COUNT = 10_000
MAX_PARTS = 200
MAX_CALLS = 2_000
#: The limit for a message, or for the input or output of a call, in characters; the download is complete.
MAX_TEXT_LENGTH = 6_000


@dataclass(frozen=True, kw_only=True)
class SessionQuery:
    """Search, order and page of the list."""

    search: str = ""
    sort: Sort = "started"
    descending: bool = True
    limit: int = 25
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class OwnSession(FromRow):
    """One row of the list."""

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
    """One session with the details for its page."""

    ended_at: datetime | None
    cache_read_tokens: int
    cache_creation_tokens: int
    machine: str | None
    agent: str | None
    agent_version: str | None
    imported_at: datetime
    #: [[seconds since the start or None, in, out, cache read, cache creation], …]; None = stored by an older version.
    token_timeline: list[list[int | None]] | None
    #: The text is stored, and no purge is open.
    text_shared: bool


@dataclass(frozen=True, kw_only=True)
class SessionModel(FromRow):
    """The usage of one model in a session; model '' = not reported."""

    model: str
    responses: int
    tokens_in: int
    tokens_out: int
    cache_read_tokens: int
    cache_creation_tokens: int
    cost_usd: Decimal | None


@dataclass(frozen=True, kw_only=True)
class SessionMessage(FromRow):
    """One message; its text is cut to MAX_TEXT_LENGTH."""

    sequence: int
    timestamp: datetime | None
    role: str
    content: str
    #: The length of the complete text in characters.
    length: int


@dataclass(frozen=True, kw_only=True)
class SessionToolCall(FromRow):
    """One tool call of a session whose text is shared."""

    message_sequence: int
    tool_name: str
    duration_ms: int | None
    success: bool | None
    tool_input: str | None
    tool_output: str | None


@dataclass(frozen=True)
class Parts:
    """Tools, models and tags of a session."""

    tools: list[ToolTotals]
    models: list[SessionModel]
    tags: list[str]


def list_own_sessions(db: Statements, user_id: int, query: SessionQuery) -> list[OwnSession]:
    """One page of the user's sessions."""
    parameters = {
        "user_id": user_id,
        "pattern": _pattern(query.search),
        "limit": query.limit,
        "offset": query.offset,
    }
    if query.sort == "started" and query.descending:
        rows = db.fetch("own_sessions_newest", **parameters)
    else:
        sign = -1 if query.descending else 1
        rows = db.fetch("own_sessions_sorted", sort=query.sort, sign=sign, **parameters)
    return [OwnSession.from_row(row) for row in rows]


def count_own_sessions(db: Statements, user_id: int, search: str = "") -> int:
    """The number of matching sessions, counted up to 10,000."""
    row = db.fetch_one("count_own_sessions", user_id=user_id, pattern=_pattern(search), most=MAX_COUNT)
    return int(row["found"]) if row else 0


def _pattern(search: str) -> str | None:
    """Return the LIKE pattern for a substring search, with wildcards escaped."""
    if not search:
        return None
    for special in ("\\", "%", "_"):
        search = search.replace(special, f"\\{special}")
    return f"%{search}%"


def fetch_own_session(db: Statements, user_id: int, session_id: str) -> SessionDetail | None:
    """One session of this user; None if the user has no session with this id."""
    row = db.fetch_one("fetch_own_session", user_id=user_id, session_id=session_id)
    return SessionDetail.from_row(row) if row else None


def fetch_session_parts(db: Statements, user_id: int, session_id: str) -> Parts:
    """Tools, models and tags of one session."""
    parameters = {"user_id": user_id, "session_id": session_id, "limit": MAX_PARTS}
    return Parts(
        tools=[
            ToolTotals(
                tool_name=row["tool_name"],
                call_count=row["call_count"],
                success_count=row["success_count"] or 0,
                error_count=row["error_count"] or 0,
                unreported_count=row["call_count"] - (row["success_count"] or 0) - (row["error_count"] or 0),
            )
            for row in db.fetch("own_session_tools", **parameters)
        ],
        models=[SessionModel.from_row(row) for row in db.fetch("own_session_models", **parameters)],
        tags=[row["tag"] for row in db.fetch("own_session_tags", **parameters)],
    )


def list_session_messages(
    db: Statements, user_id: int, session_id: str, *, limit: int, offset: int
) -> list[SessionMessage]:
    """A page of the messages in order; none while a purge is open."""
    rows = db.fetch(
        "list_session_messages",
        user_id=user_id,
        session_id=session_id,
        longest=MAX_TEXT_LENGTH,
        limit=limit,
        offset=offset,
    )
    return [SessionMessage.from_row(row) for row in rows]


def count_session_messages(db: Statements, user_id: int, session_id: str) -> int:
    """The number of stored messages; 0 while a purge is open."""
    row = db.fetch_one("count_session_messages", user_id=user_id, session_id=session_id)
    return int(row["found"]) if row else 0


def list_session_calls(
    db: Statements, user_id: int, session_id: str, shown: Sequence[SessionMessage]
) -> list[SessionToolCall]:
    """The tool calls that belong to these messages."""
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
    return [SessionToolCall.from_row(row) for row in rows]
