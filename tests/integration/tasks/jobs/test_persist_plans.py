"""Plans from the inbox to rows, on a real PostgreSQL: the last one counts, each person's own, and nothing is lost."""

from contextlib import closing

import pytest

from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.errors import Refused, StorageUnavailable
from db.lifecycle import deletions
from db.uploads import inbox
from db.usage import checks
from tasks import worker
from tasks.config import WorkerSettings
from tasks.jobs import persist, persist_plans
from tasks.queue import job_queue
from tests.integration.uploads import upload, upload_plan


def contents(database: Database, person: Account) -> dict[str, str | None]:
    return {row["name"]: row["content"] for row in database.fetch("test_plans", user_id=person.user_id)}


def state(database: Database, upload_id: str) -> str:
    found = inbox.fetch_quarantined_upload(database, upload_id)
    assert found is not None
    return str(found["state"])


def test_a_plan_becomes_a_row_and_its_body_is_deleted(database: Database, alice: Account) -> None:
    upload_plan(database, alice, content="# Move the cache")

    assert persist_plans.drain_plans(database) == 1
    assert contents(database, alice) == {"otter": "# Move the cache"}
    assert database.fetch("test_states") == [{"state": "persisted", "count": 1}]


def test_content_that_is_not_shared_is_not_stored(database: Database, bob: Account) -> None:
    upload_plan(database, bob)
    persist_plans.drain_plans(database)

    [row] = database.fetch("test_plans", user_id=bob.user_id)
    assert (row["title"], row["content"], row["share_level"]) == ("Move the cache", None, "metadata")


@pytest.mark.parametrize("together", [True, False])
def test_the_plan_that_arrived_last_is_kept(database: Database, alice: Account, together: bool) -> None:
    for text in ("first", "second", "third"):
        upload_plan(database, alice, content=text)
        if not together:
            persist_plans.drain_plans(database)
    persist_plans.drain_plans(database)

    assert contents(database, alice) == {"otter": "third"}
    assert database.fetch("test_states")[0] == {"state": "persisted", "count": 1 if together else 3}


@pytest.mark.parametrize("together", [True, False])
def test_the_same_plan_again_changes_nothing(database: Database, alice: Account, together: bool) -> None:
    first = upload_plan(database, alice)
    if not together:
        persist_plans.drain_plans(database)
    second = upload_plan(database, alice)
    persist_plans.drain_plans(database)

    assert sorted([state(database, first), state(database, second)]) == ["persisted", "repeated"]


def test_an_older_plan_released_late_never_overwrites(database: Database, alice: Account) -> None:
    late = upload_plan(database, alice, content="old", created_at="not yet a time")
    persist_plans.drain_plans(database)
    upload_plan(database, alice, content="new")
    persist_plans.drain_plans(database)
    database.execute("test_mend_plan", upload_id=late)
    persist_plans.drain_plans(database)

    assert contents(database, alice) == {"otter": "new"}
    assert state(database, late) == "repeated"


def test_two_people_with_one_name_each_keep_their_own(
    database: Database, alice: Account, bob: Account
) -> None:
    upload_plan(database, alice, content="hers")
    upload_plan(database, bob)
    persist_plans.drain_plans(database)

    assert (contents(database, alice), contents(database, bob)) == ({"otter": "hers"}, {"otter": None})


def test_one_plan_that_is_refused_does_not_hold_up_the_others(database: Database, alice: Account) -> None:
    upload_plan(database, alice, "good")
    upload_plan(database, alice, "poison", title="x" * 501)
    upload_plan(database, alice, "better")

    persist_plans.drain_plans(database)

    assert set(contents(database, alice)) == {"good", "better"}


def test_an_upload_that_keeps_failing_is_quarantined_with_its_reason(
    database: Database, alice: Account
) -> None:
    poison = upload_plan(database, alice, "")
    for _ in range(inbox.MAX_ATTEMPTS):
        database.execute("test_no_waiting")
        persist_plans.drain_plans(database)

    [row] = inbox.list_quarantined_uploads(database)
    assert (row["kind"], row["upload_id"]) == ("plan", poison)
    assert "plans_name_check" in row["reason"]


def test_a_failure_of_the_system_is_not_recorded_against_a_plan(database: Database, alice: Account) -> None:
    upload_plan(database, alice)
    database.execute("test_lose_the_plans")

    with pytest.raises(StorageUnavailable):
        persist_plans.drain_plans(database)

    assert [row["attempts"] for row in database.fetch("test_attempts")] == [0]


def test_sessions_and_plans_do_not_claim_each_others_uploads(database: Database, alice: Account) -> None:
    upload(database, alice)
    upload_plan(database, alice)

    assert (persist.drain_sessions(database, "UTC"), persist_plans.drain_plans(database)) == (1, 1)


def test_one_enqueued_job_stores_plans(
    database: Database, database_url: str, redis_url: str, alice: Account
) -> None:
    upload_plan(database, alice)
    with closing(job_queue.connect(redis_url)) as client:
        job_queue.enqueue_once(client, job_queue.PERSIST)

    burst_worker = worker.build(WorkerSettings(database_url=database_url, redis_url=redis_url))
    burst_worker.work(burst=True, logging_level="WARNING")

    assert list(contents(database, alice)) == ["otter"]


@pytest.mark.parametrize("persisted", [True, False])
def test_lowering_the_level_removes_the_content_everywhere(
    database: Database, alice: Account, persisted: bool
) -> None:
    upload_plan(database, alice)
    if persisted:
        persist_plans.drain_plans(database)

    users.change_settings(database, alice.user_id, share_level="metadata")
    persist_plans.drain_plans(database)

    [row] = database.fetch("test_plans", user_id=alice.user_id)
    assert (row["content"], row["share_level"]) == (None, "metadata")


def test_the_content_comes_back_when_the_level_is_raised_again(database: Database, alice: Account) -> None:
    upload_plan(database, alice, content="shared")
    persist_plans.drain_plans(database)
    for level in ("metadata", "full"):
        users.change_settings(database, alice.user_id, share_level=level)
    upload_plan(database, alice, content="shared")
    persist_plans.drain_plans(database)

    assert contents(database, alice) == {"otter": "shared"}


def test_the_table_refuses_content_that_is_not_shared(database: Database, alice: Account) -> None:
    upload_plan(database, alice)
    persist_plans.drain_plans(database)

    with pytest.raises(Refused, match="plans_hold_no_unshared_text"):
        database.execute("test_unshare_plans")


def test_the_plans_of_a_deleted_person_are_deleted(database: Database, alice: Account, bob: Account) -> None:
    for person in (alice, bob):
        upload_plan(database, person)
    persist_plans.drain_plans(database)

    deletions.delete_account(database, alice.user_id, program="test")

    assert (contents(database, alice), contents(database, bob)) == ({}, {"otter": None})


def test_uploads_are_counted_by_type(database: Database, alice: Account) -> None:
    for name in ("", "otter", "otter"):
        upload_plan(database, alice, name)
    upload(database, alice)
    persist_plans.drain_plans(database)

    rule = "s received = stored + repeated + quarantined + waiting"
    results = {result.name: (result.expected, result.found) for result in checks.check_all(database)}
    assert (results[f"session{rule}"], results[f"plan{rule}"]) == ((1, 1), (3, 3))
