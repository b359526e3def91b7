"""Which snapshots are news, and what they cost: judged without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.uploads.upload_records import ArchivedSession, ClaimedUpload, StoredSession
from tasks.jobs import persist, pricing

BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=10)
UPLOAD = ClaimedUpload(
    inbox_id=1,
    user_id=7,
    session_id="s1",
    share_level="metadata",
    started_at=BEGAN,
    ended_at=ENDED,
    total_messages=10,
    content_hash="aa",
    attempts=0,
    responses=[],
    models=[],
)
STORED = StoredSession(
    user_id=7,
    session_id="s1",
    share_level="metadata",
    started_at=BEGAN,
    ended_at=ENDED,
    total_messages=10,
    content_hash="aa",
)


def test_the_first_upload_of_a_session_is_news() -> None:
    assert persist.is_news(UPLOAD, None)


def test_the_same_upload_again_is_no_news() -> None:
    assert not persist.is_news(UPLOAD, STORED)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({"ended_at": ENDED + timedelta(seconds=1)}, True),
        ({"ended_at": ENDED - timedelta(seconds=1)}, False),
        ({"total_messages": 11}, True),
        ({"total_messages": 9}, False),
        ({"ended_at": None, "total_messages": 9}, False),
        ({"ended_at": None, "total_messages": 11}, False),
        ({}, True),
    ],
)
def test_a_smaller_end_then_fewer_messages_is_an_older_snapshot(changes: dict, news: bool) -> None:
    upload = replace(UPLOAD, content_hash="bb", **changes)

    assert persist.is_news(upload, STORED) is news


def test_the_same_upload_at_another_share_level_is_news() -> None:
    assert persist.is_news(replace(UPLOAD, share_level="full"), STORED)


def test_without_any_end_the_time_of_receipt_does_not_make_a_snapshot_newer() -> None:
    first = replace(STORED, ended_at=None)
    late = replace(
        UPLOAD, ended_at=None, started_at=BEGAN + timedelta(hours=1), total_messages=5, content_hash="b"
    )

    assert not persist.is_news(late, first)


def test_of_several_snapshots_in_one_batch_the_newest_wins() -> None:
    older = replace(UPLOAD, inbox_id=2, ended_at=ENDED - timedelta(minutes=5), content_hash="bb")

    verdict = persist.judge([UPLOAD, older], {})

    assert [upload.inbox_id for upload in verdict.winners] == [1]
    assert [upload.inbox_id for upload in verdict.repeated] == [2]


def test_two_people_with_the_same_session_id_are_kept_apart() -> None:
    foreign = replace(UPLOAD, inbox_id=2, user_id=8)

    verdict = persist.judge([UPLOAD, foreign], {})

    assert len(verdict.winners) == 2


AGES = [(None, 6), (None, 2), (9, 7), (10, 5), (10, 6)]


@given(st.permutations(range(len(AGES))), st.integers(0, len(AGES)))
def test_the_verdict_does_not_depend_on_the_other_uploads_of_a_batch(order: list[int], together: int) -> None:
    snapshots = [
        replace(
            UPLOAD,
            ended_at=minutes and BEGAN + timedelta(minutes=minutes),
            total_messages=messages,
            content_hash=str(place),
        )
        for place, (minutes, messages) in enumerate(AGES)
    ]
    stored: dict[persist.Key, StoredSession] = {}
    for batch in (order[:together], order[together:]):
        for winner in persist.judge([snapshots[place] for place in batch], stored).winners:
            stored[7, "s1"] = StoredSession.from_row(vars(winner))

    assert stored[7, "s1"].content_hash == "4"


@given(st.permutations([0, 1, 2, 3, 4]))
def test_the_order_of_arrival_never_matters(order: list[int]) -> None:
    snapshots = [
        replace(UPLOAD, inbox_id=step, ended_at=BEGAN + timedelta(minutes=step), content_hash=str(step))
        for step in range(5)
    ]

    verdict = persist.judge([snapshots[step] for step in order], {})

    assert [upload.content_hash for upload in verdict.winners] == ["4"]


def test_a_session_that_moves_marks_its_old_day_too() -> None:
    moved = replace(UPLOAD, started_at=BEGAN - timedelta(days=2), content_hash="bb")

    starts = persist.changed_starts([moved], {(7, "s1"): STORED})

    assert starts == [(7, BEGAN - timedelta(days=2)), (7, BEGAN)]


def test_cost_comes_from_single_responses() -> None:
    upload = replace(UPLOAD, responses=[["claude-haiku-4-5", None, 1000, 100, 2000, 500]] * 2)

    assert persist.upload_costs(upload, "UTC") == {"claude-haiku-4-5": Decimal("0.00465")}


def test_cost_of_bare_sums_comes_from_the_sums() -> None:
    row = {"model": "claude-haiku-4-5", "tokens_in": 1000, "tokens_out": 100}
    row |= {"cache_read_tokens": 2000, "cache_creation_tokens": 500}

    assert persist.upload_costs(replace(UPLOAD, models=[row]), "UTC") == {
        "claude-haiku-4-5": Decimal("0.002325")
    }


def test_prices_are_those_of_the_team_day(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []
    monkeypatch.setattr(pricing, "model_costs", lambda _responses, day: asked.append(day) or {})
    late = replace(
        UPLOAD,
        started_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        responses=[["claude-haiku-4-5", None, 1, 1, 1, 1]],
    )

    for zone in ("UTC", "Europe/Berlin"):
        persist.upload_costs(late, zone)

    assert asked == [date(2026, 11, 20), date(2026, 11, 21)]


@pytest.mark.parametrize("single", [True, False])
def test_the_number_of_price_lookups_per_upload_is_limited(single: bool) -> None:
    rows = [
        {"model": f"claude-haiku-4-5-{number}", "tokens_in": 1, "tokens_out": 1}
        | {"cache_read_tokens": 0, "cache_creation_tokens": 0}
        for number in range(pricing.MAX_MODELS + 50)
    ]
    responses = [[row["model"], None, 1, 1, 0, 0] for row in rows] if single else []

    costs = persist.upload_costs(replace(UPLOAD, models=rows, responses=responses), "UTC")

    assert len(costs) == pricing.MAX_MODELS


@pytest.mark.parametrize(
    ("changes", "repeated", "grown"),
    [
        ({}, 1, 0),
        ({"ended_at": ENDED - timedelta(seconds=1)}, 1, 0),
        ({"ended_at": ENDED + timedelta(seconds=1)}, 0, 1),
        ({"total_messages": 11}, 0, 1),
    ],
)
def test_an_archived_session_is_never_stored_again(changes: dict, repeated: int, grown: int) -> None:
    gone = ArchivedSession(user_id=7, session_id="s1", ended_at=ENDED, total_messages=10)

    verdict = persist.judge([replace(UPLOAD, content_hash="bb", **changes)], {}, {(7, "s1"): gone})

    assert (verdict.winners, len(verdict.repeated), len(verdict.grown)) == ([], repeated, grown)


def test_only_the_newest_snapshot_of_an_archived_session_is_quarantined() -> None:
    gone = ArchivedSession(user_id=7, session_id="s1", ended_at=ENDED, total_messages=10)
    uploads = [replace(UPLOAD, inbox_id=number, total_messages=10 + number) for number in (1, 2, 0)]

    verdict = persist.judge(uploads, {}, {(7, "s1"): gone})

    assert [upload.inbox_id for upload in verdict.grown] == [2]
