"""The course of a session: its responses in order, drawn together to a few steps that a chart can show."""

from datetime import datetime
from typing import Any

from db.uploads.upload_records import ClaimedUpload

MAX_STEPS = 60

#: Seconds since the start, or None where no time is known; tokens in, out, read from and written to the cache.
Step = list[int | None]


def token_timeline(upload: ClaimedUpload) -> list[Step]:
    """At most 60 steps of equally many responses each; their tokens add up to those of the responses."""
    size = -(-len(upload.responses) // MAX_STEPS) or 1
    return [
        [
            _seconds(upload.responses[first][1], upload.started_at),
            *_sums(upload.responses[first : first + size]),
        ]
        for first in range(0, len(upload.responses), size)
    ]


def _sums(responses: list[list[Any]]) -> list[int]:
    if len(responses) == 1:
        return responses[0][2:]
    return [sum(bucket) for bucket in zip(*(response[2:] for response in responses), strict=True)]


def _seconds(timestamp: object, start: datetime) -> int | None:
    """How long after the start; a clock that went backwards counts as the start."""
    if not isinstance(timestamp, str):
        return None
    return max(0, int((datetime.fromisoformat(timestamp) - start).total_seconds()))
