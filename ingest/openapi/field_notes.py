"""What fields mean, where their name and type do not say it: told in the description of the API."""

from msgspec import Struct

from ingest.http.answers import (
    MeAnswer,
    PlanAnswer,
    SessionAnswer,
    SettingsAnswer,
    TeamStats,
    ToolUse,
    UploadStatus,
)
from ingest.http.errors import FieldError
from ingest.uploads.schema import Message, PlanUpload, SessionUpload, TokenRow, ToolCall, ToolReport

ONLY_FULL = "Kept at share level `full` only."
REFUSED_ITEM = "Of an item of a batch that can't be used: why."

NOTES: dict[type[Struct], dict[str, str]] = {
    SessionUpload: {
        "session_id": "Yours alone: another person may use the same one.",
        "started_at": (
            "With an offset. Without a usable one (`0001-01-01T00:00:00Z`, before 2020, more than two days ahead) the"
            " session takes its first message's or token row's time, else the time of receipt."
        ),
        "project_name": "Of a whole path the last part is kept.",
        "ended_at": "One before `started_at` counts as unknown.",
        "total_messages": "Counted from `messages` where it is absent.",
        "total_tokens_in": "Only where there is no `token_usage`: all figures come from that.",
        "total_tokens_out": "Only where there is no `token_usage`.",
        "tags": "Those that begin with `tool:` are marked as made by a program.",
        "agent": "Who writes this. Without it, tools of which none ever failed count as not reported.",
        "tools": "By name.",
        "token_usage": "In the order of the transcript.",
        "messages": ONLY_FULL,
    },
    ToolReport: {
        "success": "With `errors` absent too: outcome not reported, which is never shown as success."
    },
    TokenRow: {
        "model": "Rows of `<synthetic>` do not count.",
        "response_id": (
            "Rows with the same one are one response of the model, its figures the largest of them. Without it,"
            " consecutive rows with equal model, input and cache figures are."
        ),
    },
    ToolCall: {"tool_input": ONLY_FULL, "tool_output": ONLY_FULL},
    Message: {
        "seq": "Where one stands twice, all are numbered anew in the order they came.",
        "content": ONLY_FULL,
    },
    PlanUpload: {"name": "Yours alone.", "content": ONLY_FULL},
    SessionAnswer: {
        "upload_id": "To ask after it; null where nothing was kept.",
        "warnings": "What was left out, replaced or guessed.",
        "reason": REFUSED_ITEM,
        "errors": REFUSED_ITEM,
    },
    PlanAnswer: {
        "upload_id": "To ask after it; null where nothing was kept.",
        "warnings": "What was left out, replaced or guessed.",
        "reason": REFUSED_ITEM,
        "errors": REFUSED_ITEM,
    },
    UploadStatus: {
        "status": "`repeated`: it changed nothing.",
        "reason": "Why it lies in quarantine.",
        "session_id": "Of a session.",
        "name": "Of a plan.",
    },
    MeAnswer: {
        "share_level": "`none`: nothing is kept; `metadata`: everything but text; `full`: text too.",
        "total_tokens": "Fresh input and output; cache tokens stand apart.",
    },
    SettingsAnswer: {"purged": "The level was lowered, and the text stored before is gone."},
    TeamStats: {"active_users": "People with at least one session."},
    ToolUse: {"success_rate": "From 0 to 1; null where no outcome was reported."},
    FieldError: {"pointer": "Into what was sent (RFC 6901), or the name of a parameter."},
}
