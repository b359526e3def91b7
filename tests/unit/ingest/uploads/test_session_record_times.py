"""From wire to record: times are in UTC, and one that cannot be true gives way."""

from datetime import UTC, datetime

import pytest

from tests.unit.ingest.recording import ZERO, record, warnings
from tests.unit.ingest.wire import row


def test_times_are_stored_in_utc() -> None:
    body = record(started_at="2026-11-20T10:00:00+02:00", ended_at="2026-11-20T09:30:00.5Z")

    assert (body["started_at"], body["ended_at"]) == ("2026-11-20T08:00:00Z", "2026-11-20T09:30:00.500000Z")


@pytest.mark.parametrize(
    "moment",
    [
        ZERO,
        "0001-01-01T00:00:00+14:00",
        "2019-12-31T23:59:59Z",
        "2026-11-24T12:00:01Z",
        "9999-12-31T00:00:00Z",
    ],
)
def test_a_start_that_cannot_be_true_gives_way_to_the_first_time_inside(moment: str) -> None:
    changes = {"started_at": moment, "token_usage": [row(output=1, timestamp="2026-11-20T09:00:00Z")]}

    assert record(**changes)["started_at"] == "2026-11-20T09:00:00Z"
    assert warnings(**changes) == ["started_at is no usable time: the first time inside the session is used."]


@pytest.mark.parametrize("share_level", ["full", "metadata"])
def test_a_message_tells_the_start_even_where_its_text_is_not_kept(share_level: str) -> None:
    assert record(share_level, started_at=ZERO, token_usage=None)["started_at"] == "2026-11-20T10:00:01Z"


def test_without_any_time_the_time_of_receipt_is_the_start() -> None:
    changes = {"started_at": ZERO, "messages": None, "token_usage": [row(output=1, timestamp=ZERO)]}

    assert record(**changes)["started_at"] == "2026-11-22T12:00:00Z"
    assert warnings(**changes)[0] == "started_at is no usable time: the time of receipt is used."


def test_the_time_of_receipt_is_told_in_utc() -> None:
    now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC).astimezone()

    assert record(now=now, started_at=ZERO, messages=None)["started_at"] == "2026-11-22T23:00:00Z"


@pytest.mark.parametrize("moment", [ZERO, "2026-11-20T09:59:59Z", "2027-01-01T00:00:00Z"])
def test_an_end_that_cannot_be_true_is_unknown(moment: str) -> None:
    assert record(ended_at=moment)["ended_at"] is None
    assert len(warnings(ended_at=moment)) == 1


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2026-11-24T12:00:00Z"])
def test_the_edges_of_the_possible_are_kept(moment: str) -> None:
    assert record(started_at=moment, ended_at=None)["started_at"] == moment


def test_a_zero_time_of_a_message_or_a_row_is_unknown() -> None:
    body = record(
        messages=[{"seq": 0, "role": "user", "timestamp": ZERO}], token_usage=[row(output=1, timestamp=ZERO)]
    )

    assert body["messages"][0]["timestamp"] is None
    assert body["responses"][0][1] is None
