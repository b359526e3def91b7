"""How long an upload takes into the charts: the n-th acknowledged one is there once the day counts n."""

from datetime import UTC, date, datetime
from typing import Any, cast

from benchmarks.servers import Server
from benchmarks.steady import Watch, made_up, seconds_until_seen

ALICE, BOB = ("alice", date(2026, 3, 1)), ("bob", date(2026, 3, 1))


def day(name: str, count: int) -> dict[str, Any]:
    return {"username": name, "stat_date": date(2026, 3, 1), "session_count": count}


def test_each_upload_waits_for_its_own_day():
    lags = seconds_until_seen({ALICE: [1.0, 2.0], BOB: [1.0]}, {ALICE: [1.5, 3.0], BOB: [9.0]})

    assert sorted(lags) == [0.5, 1.0, 8.0]


def test_an_upload_that_no_chart_counts_is_missing():
    assert seconds_until_seen({ALICE: [1.0, 2.0], BOB: [1.0]}, {ALICE: [1.5]}) == [0.5]


def test_what_is_seen_before_the_answer_arrives_took_no_time():
    assert seconds_until_seen({ALICE: [2.0]}, {ALICE: [1.9]}) == [0.0]


def test_a_look_notes_only_what_is_new():
    watch = Watch(cast(Server, None))

    watch.note([day("alice", 2)], 1.0)
    watch.note([day("alice", 3), day("bob", 1)], 2.0)

    assert watch.seen == {ALICE: [1.0, 1.0, 2.0], BOB: [2.0]}


def test_uploads_are_due_at_an_even_pace():
    uploads = made_up(200, 2, datetime(2026, 3, 1, tzinfo=UTC))

    assert len(uploads) == 400
    assert [upload.due for upload in uploads[:3]] == [0.0, 0.005, 0.01]
