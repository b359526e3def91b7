"""The token timeline of a session: its responses in order, merged into few enough steps for a chart."""

from datetime import datetime

from db.uploads.upload_records import ClaimedUpload

MAX_STEPS = 60

#: Seconds since the start, or None if the time is unknown; tokens in, out, read from and written to the cache.
Step = list[int | None]


def token_timeline(upload: ClaimedUpload) -> list[Step]:
    """At most 60 steps of equally many responses each; their tokens add up to those of the responses."""
    size = -(-len(upload.responses) // MAX_STEPS) or 1
    steps: list[Step] = []
    for first in range(0, len(upload.responses), size):
        merged = upload.responses[first : first + size]
        timestamp, seconds = merged[0][1], None
        if isinstance(timestamp, str):
            elapsed = datetime.fromisoformat(timestamp) - upload.started_at
            # A clock that went backwards counts as the start.
            seconds = max(0, int(elapsed.total_seconds()))
        tokens = merged[0][2:]
        if len(merged) > 1:
            tokens = [sum(bucket) for bucket in zip(*(response[2:] for response in merged), strict=True)]
        steps.append([seconds, *tokens])
    return steps
