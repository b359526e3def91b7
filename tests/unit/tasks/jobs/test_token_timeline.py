"""The token timeline of a session has few steps, and every token of its responses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db.uploads.upload_records import ClaimedUpload
from tasks.jobs.token_timeline import MAX_STEPS, token_timeline

START = datetime(2026, 11, 20, 10, tzinfo=UTC)


def upload(responses: list[list[Any]]) -> ClaimedUpload:
    return ClaimedUpload(
        inbox_id=1,
        user_id=1,
        session_id="s",
        share_level="metadata",
        started_at=START,
        ended_at=None,
        total_messages=0,
        content_hash="",
        attempts=0,
        responses=responses,
        models=[],
    )


def test_each_response_is_a_step_while_they_are_few() -> None:
    responses = [["m", "2026-11-20T10:00:30Z", 1, 2, 3, 4], ["m", None, 5, 6, 7, 8]]

    assert token_timeline(upload(responses)) == [[30, 1, 2, 3, 4], [None, 5, 6, 7, 8]]


@pytest.mark.parametrize("count", [0, 1, 59, 60, 61, 1000])
def test_steps_are_few_and_hold_every_token(count: int) -> None:
    responses = [["m", None, number, 1, 2, 3] for number in range(count)]

    steps = token_timeline(upload(responses))

    assert len(steps) <= MAX_STEPS
    assert sum(step[1] or 0 for step in steps) == sum(range(count))


def test_a_clock_that_went_backwards_counts_as_the_start() -> None:
    assert token_timeline(upload([["m", "2026-11-20T09:00:00Z", 1, 1, 1, 1]]))[0][0] == 0
