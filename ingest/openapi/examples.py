"""What requests and answers look like: shown in the API's description, and typed like the real ones."""

from datetime import UTC, date, datetime
from typing import Any

from ingest.http.answers import (
    HealthAnswer,
    LeaderboardRow,
    LiveAnswer,
    MeAnswer,
    PlanAnswer,
    SessionAnswer,
    SettingsAnswer,
    TeamStats,
    ToolUse,
    TrendDay,
    UploadStatus,
)
from ingest.http.api_errors import FieldError

UPLOAD_ID = "6f1c1c7e-3f0b-4c8e-9a55-0d1d3f6f2a10"
RECEIVED_AT = datetime(2026, 11, 20, 10, 43, 2, tzinfo=UTC)

SESSION: dict[str, Any] = {
    "session_id": "0198c2f4-7d1e-7b1a-9c1d-5a1f3f0b6a11",
    "project_name": "shop",
    "started_at": "2026-11-20T10:00:00Z",
    "ended_at": "2026-11-20T10:42:00Z",
    "agent": "claude-code",
    "model": "claude-opus-4-5-20251101",
    "total_messages": 12,
    "tags": ["refactoring", "tool:Edit"],
    "tools": {"Edit": {"count": 4, "success": 3, "errors": 1}, "Read": {"count": 9}},
    "token_usage": [
        {
            "response_id": "msg_01",
            "timestamp": "2026-11-20T10:00:08Z",
            "model": "claude-opus-4-5-20251101",
            "input_tokens": 12,
            "output_tokens": 420,
            "cache_read_tokens": 18000,
            "cache_creation_tokens": 2100,
        }
    ],
}
SECOND_SESSION = {"session_id": "nightly-17", "started_at": "2026-11-20T02:00:00+01:00"}
INVALID_SESSION = {"session_id": "nightly-18", "started_at": "yesterday"}
PLAN = {
    "name": "calm-river-otter",
    "title": "Move the cache",
    "content": "# Move the cache\n\nOut of the web process, step by step.\n",
    "created_at": "2026-11-20T09:58:00Z",
}
INVALID_PLAN = {"name": "quiet-blue-fox", "title": "No content"}
SETTINGS = {"share_level": "metadata", "show_in_leaderboard": False}

SESSION_TAKEN = SessionAnswer("ok", SESSION["session_id"], UPLOAD_ID, [])
SESSION_REFUSED = SessionAnswer(
    "error",
    INVALID_SESSION["session_id"],
    "c2a3a5f8-66e3-4f4e-8f2a-2f6d3f8b7c21",
    [],
    "invalid_value",
    [FieldError("/started_at", "must be a time with an offset (RFC 3339), such as 2026-01-31T12:00:00Z")],
)
PLAN_TAKEN = PlanAnswer("ok", PLAN["name"], UPLOAD_ID, [])
PLAN_REFUSED = PlanAnswer(
    "error",
    INVALID_PLAN["name"],
    "0e6a4f4b-52ad-4f0c-8a8b-6f4c0d2c9b35",
    [],
    "invalid_value",
    [FieldError("/content", "is required")],
)
UPLOAD = UploadStatus(
    UPLOAD_ID, "session", "persisted", None, RECEIVED_AT, RECEIVED_AT, session_id=SESSION["session_id"]
)
ME = MeAnswer(
    username="alice",
    email="alice@example.org",
    role="member",
    share_level="full",
    show_in_leaderboard=True,
    sessions_count=128,
    total_tokens=1_204_500,
    total_tokens_in=212_300,
    total_tokens_out=992_200,
    cache_read_tokens=84_100_000,
    cache_creation_tokens=3_900_000,
    last_upload_at=RECEIVED_AT,
)
SETTINGS_NOW = SettingsAnswer(
    username="alice",
    email="alice@example.org",
    role="member",
    share_level="metadata",
    show_in_leaderboard=False,
    purged=True,
    warnings=["The text stored so far was deleted, because the share level is lower now."],
)
STATS = TeamStats(
    period_days=7,
    total_sessions=412,
    active_users=9,
    total_messages=18_240,
    total_tokens_in=1_900_000,
    total_tokens_out=6_300_000,
    cache_read_tokens=512_000_000,
    cache_creation_tokens=31_000_000,
    total_duration_seconds=734_400,
)
TOOLS = [ToolUse("Read", 5120, 0.991), ToolUse("WebFetch", 64, None)]
LEADERBOARD = [LeaderboardRow(1, "alice", 61, 1_204_500), LeaderboardRow(2, "bob", 40, 730_100)]
TRENDS = [TrendDay(date(2026, 11, 19), 57, 1_180_000), TrendDay(date(2026, 11, 20), 0, 0)]
HEALTHY = HealthAnswer("ok", "connected", "connected")
UNHEALTHY = HealthAnswer("unavailable", "disconnected", "connected")
ALIVE = LiveAnswer()
METRICS = 'insights_uploads_total{kind="session",outcome="accepted"} 1027.0\n'
