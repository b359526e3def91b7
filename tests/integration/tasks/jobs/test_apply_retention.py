"""What was kept long enough goes, step by step and for good; the figures of the days stay, to the token."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from db import batching
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from db.lifecycle.retention import RetentionPolicy
from db.uploads import inbox
from db.usage import checks, exports, rollups, usage_totals
from db.usage.periods import Period
from tasks.jobs import apply_retention, persist
from tasks.rollups import rollup
from tests.integration.tables import all_text
from tests.integration.uploads import settle, upload, upload_plan

OLD, NEW = "2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z"
NOW = datetime(2026, 12, 21, 3, tzinfo=UTC)
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
CALL = {"position": 0, "message_sequence": 0, "tool_name": "Read", "tool_input": "in", "tool_output": "out"}


def retire(database: Database, days: int = 10, zone: str = "UTC") -> dict[str, object]:
    return apply_retention.run(database, zone, RetentionPolicy(sessions=days), now=NOW)


def disagreeing(database: Database) -> list[str]:
    period = Period(date(2026, 11, 1), date(2026, 12, 31))
    results = checks.check_all(database) + checks.check_period(database, period, "UTC")
    return [result.name for result in results if not result.agrees]


@pytest.fixture
def months(database: Database, alice: Account, bob: Account) -> Database:
    """Alice's and Bob's sessions of two months, some without a price and one without a project, and a plan."""
    rollup.begin_in_zone(database, "UTC")
    for number, person in enumerate([alice, alice, bob]):
        upload(database, person, f"old{number}")
        upload(database, person, f"new{number}", started_at=NEW, ended_at=None)
    upload(
        database,
        bob,
        "unpriced",
        project_name=None,
        model="local",
        models=[_used("local", 100, 50)],
        responses=[],
    )
    upload(database, bob, "unpriced", total_messages=1)
    settle(database)
    return database


def _used(model: str, tokens_in: int, tokens_out: int) -> dict[str, object]:
    tokens = {"tokens_in": tokens_in, "tokens_out": tokens_out, "cache_read_tokens": 2000}
    return {"model": model, "responses": 1, "cache_creation_tokens": 300} | tokens


def test_nothing_is_deleted_without_a_retention_setting(months: Database) -> None:
    before = all_text(months.url)

    assert apply_retention.run(months, "UTC", RetentionPolicy(), now=NOW) == {"finished": True}
    assert all_text(months.url) == before


def test_sessions_are_deleted_and_their_days_are_kept(months: Database, bob: Account) -> None:
    before, own = months.fetch("test_everything_of_days"), users.fetch_own_figures(months, bob.user_id)

    assert retire(months) == {"sessions": 4, "finished": True}

    assert months.fetch("test_rows_left")[0]["sessions"] == 3
    assert months.fetch("test_everything_of_days") == before
    rollup.recompute_between(months, Period(date(2026, 11, 1), date(2026, 12, 31)), "UTC")
    assert months.fetch("test_everything_of_days") == before
    assert users.fetch_own_figures(months, bob.user_id) == own


def test_days_of_deleted_sessions_are_not_recomputed_and_their_files_are_rewritten(months: Database) -> None:
    exports.record_exported_files(
        months, Period(date(2026, 11, 1), date(2026, 12, 31)), [], exports.list_stale_days(months)
    )

    retire(months)

    assert not rollups.has_dirty_days(months), "they would keep days with news waiting"
    assert set(exports.list_stale_days(months)) == {date(2026, 11, 20)}


def test_a_file_written_while_sessions_are_deleted_is_rewritten(months: Database) -> None:
    held = exports.list_stale_days(months)
    retire(months)
    exports.record_exported_files(months, Period(date(2026, 11, 1), date(2026, 12, 31)), [], held)

    assert set(exports.list_stale_days(months)) == {date(2026, 11, 20)}


def test_no_session_is_archived_while_days_are_recomputed(months: Database) -> None:
    """Read before as a row and then as a sum it would count twice, and nothing marks its day."""
    with ThreadPoolExecutor(1) as pool:
        with months.transaction() as recomputing:
            rollups.lock_rollups(recomputing)
            archived = pool.submit(retire, months)
            while not months.fetch("test_waiting_for_rollups"):
                assert not archived.done()
                time.sleep(0.01)
        assert archived.result() == {"sessions": 4, "finished": True}


def test_an_interrupted_run_is_continued_and_the_sums_agree_meanwhile(
    months: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "FIRST_LIMIT", 1)
    monkeypatch.setattr(batching, "MAX_LIMIT", 1)

    cut = apply_retention.run(months, "UTC", RetentionPolicy(sessions=10), now=NOW, seconds=0)
    assert cut == {"sessions": 0, "finished": False}
    assert retire(months) == {"sessions": 4, "finished": True}
    assert disagreeing(months) == []
    rollup.recompute_days(months, "UTC")
    assert disagreeing(months) == []
    assert retire(months) == {"sessions": 0, "finished": True}


def test_a_manual_recomputation_or_another_zone_keeps_archived_sums(months: Database) -> None:
    before = usage_totals.fetch_team_totals(months, Period(date(2026, 11, 1), date(2026, 12, 31)))
    retire(months)

    rollup.recompute_between(months, Period(date(2026, 11, 1), date(2026, 12, 31)), "UTC")
    rollup.begin_in_zone(months, "America/Los_Angeles")
    rollup.recompute_days(months, "America/Los_Angeles")

    assert usage_totals.fetch_team_totals(months, Period(date(2026, 11, 1), date(2026, 12, 31))) == before
    assert [result.name for result in checks.check_all(months) if not result.agrees] == []


def test_a_late_session_of_an_archived_day_still_counts(months: Database, bob: Account) -> None:
    retire(months)
    upload(months, bob, "late")
    settle(months)
    assert (
        usage_totals.fetch_team_totals(months, Period(date(2026, 11, 20), date(2026, 11, 20))).session_count
        == 5
    )

    retire(months)
    settle(months)

    assert (
        usage_totals.fetch_team_totals(months, Period(date(2026, 11, 20), date(2026, 11, 20))).session_count
        == 5
    )
    assert disagreeing(months) == []


def test_an_archived_session_is_not_counted_again(months: Database, bob: Account) -> None:
    """The same snapshot changes nothing; one that went on lies where an admin sees it."""
    retire(months)
    before = months.fetch("test_everything_of_days")
    again = upload(months, bob, "old2")
    settle(months)
    upload(months, bob, "old2", ended_at=NEW, total_messages=99)
    settle(months)

    [lying] = inbox.list_quarantined_uploads(months)
    assert (lying["name"], lying["reason"]) == ("old2", persist.GROWN_AFTER_ALL)
    assert inbox.fetch_quarantined_upload(months, again)["state"] == "repeated"  # type: ignore[index]
    assert months.fetch("test_everything_of_days") == before
    assert disagreeing(months) == []


def test_a_session_that_still_continues_is_kept(months: Database, bob: Account) -> None:
    upload(months, bob, "long", ended_at=NEW)
    settle(months)

    retire(months)

    assert "long" in {row["session_id"] for row in months.fetch("test_session", user_id=bob.user_id)}


def test_a_person_who_deleted_their_data_is_in_no_archived_sum(months: Database, bob: Account) -> None:
    retire(months)
    deletions.delete_own_data(months, bob.user_id)
    rollup.recompute_days(months, "UTC")

    assert bob.user_id not in {row["user_id"] for row in months.fetch("test_owners")}
    assert users.fetch_own_figures(months, bob.user_id).sessions_count == 0
    assert disagreeing(months) == []


def test_no_id_of_an_archived_session_is_left(months: Database, alice: Account) -> None:
    upload_plan(months, alice, "old plan")
    upload(months, alice, "old0")
    settle(months)
    months.execute("test_let_uploads_age", days=60)

    retire(months)

    left = months.fetch("test_rows_left")[0]
    assert (left["sessions"], left["plans"], left["inbox"], left["tools"]) == (3, 0, 3, 3)
    assert "old0" not in all_text(months.url)
    assert disagreeing(months) == []


def test_text_is_deleted_from_rows_plans_and_quarantine(database: Database, alice: Account) -> None:
    upload(database, alice, messages=[MESSAGE], tool_calls=[CALL])
    upload_plan(database, alice, content="a secret thought")
    settle(database)
    upload(database, alice, "broken", messages=[MESSAGE], started_at=None)
    database.execute("test_let_uploads_age", days=60)

    assert apply_retention.run(database, "UTC", RetentionPolicy(text=10), now=NOW) == {
        "text": 3,
        "finished": True,
    }

    assert "a secret thought" not in all_text(database.url)
    assert database.fetch("test_text_left")[0] == {"messages": 0, "calls": 1, "call_texts": 0}
    assert disagreeing(database) == []


def test_text_of_the_last_days_is_kept(database: Database, alice: Account) -> None:
    upload(database, alice, started_at=NEW, ended_at=None, messages=[MESSAGE])
    settle(database)

    apply_retention.run(database, "UTC", RetentionPolicy(text=2), now=NOW)
    assert database.fetch("test_text_left")[0]["messages"] == 1

    apply_retention.run(database, "UTC", RetentionPolicy(text=1), now=NOW)
    assert database.fetch("test_text_left")[0]["messages"] == 0


def test_an_expired_quarantined_upload_loses_its_body(database: Database, bob: Account) -> None:
    upload_id = upload(database, bob)
    inbox.quarantine_uploads(
        database, [row["inbox_id"] for row in database.fetch("test_waiting_mail")], "no start"
    )
    database.execute("test_let_uploads_age", days=60)

    assert apply_retention.run(database, "UTC", RetentionPolicy(quarantine=10))["quarantine"] == 1

    note = inbox.fetch_quarantined_upload(database, upload_id)
    assert note is not None and (note["state"], note["body"], note["reason"]) == (
        "discarded",
        None,
        "no start",
    )


def test_the_audit_log_is_kept_for_its_retention(database: Database, alice: Account) -> None:
    users.change_settings(database, alice.user_id, show_in_leaderboard=False)
    database.execute("test_let_uploads_age", days=60)
    users.change_settings(database, alice.user_id, show_in_leaderboard=True)

    assert apply_retention.run(database, "UTC", RetentionPolicy(audit=30))["audit"] == 1
