"""The audit log: who did what to whom, and one line an hour for who looked at whom."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from db import audit
from db.accounts.account_records import Account
from db.connection import Database


def looks(database: Database) -> list[tuple[str | None, str | None]]:
    entries = audit.list_audit_entries(database, limit=100, action="person.viewed")
    return [(entry.actor, entry.subject) for entry in entries]


def test_looking_is_noted_once_an_hour(database: Database, admin: Account, alice: Account) -> None:
    noted = []
    for minutes in (0, 0, 59, 2):
        database.execute("test_audit_pass_by", minutes=minutes)
        audit.record_person_view(database, actor_id=admin.user_id, subject_id=alice.user_id)
        noted.append(len(looks(database)))
    assert noted == [1, 1, 1, 2]


def test_a_page_that_asks_for_its_parts_side_by_side_is_noted_once(
    database: Database, admin: Account, alice: Account
) -> None:
    whose = {"actor_id": admin.user_id, "subject_id": alice.user_id}
    with ThreadPoolExecutor(2) as pool:
        with database.transaction() as first:
            first.fetch("audit_view_lock", subject_id=alice.user_id)
            others = [pool.submit(audit.record_person_view, database, **whose) for _ in range(2)]
            # Time to come as far as the first one is.
            wait(others, timeout=0.3)
            first.execute("audit_view", **whose)
        wait(others)
    assert looks(database) == [("ada", "alice")]


def test_each_admin_and_each_person_is_noted_and_nobody_is_not(
    database: Database, admin: Account, alice: Account, bob: Account
) -> None:
    for actor, subject in ((admin, alice), (admin, bob), (bob, alice)):
        audit.record_person_view(database, actor_id=actor.user_id, subject_id=subject.user_id)
    audit.record_person_view(database, actor_id=admin.user_id, subject_id=2**62)
    assert set(looks(database)) == {("ada", "alice"), ("ada", "bob"), ("bob", "alice")}


@pytest.fixture
def log(database: Database, admin: Account, alice: Account, bob: Account) -> None:
    """Six entries, the newest last."""
    for person in (alice, bob):
        for action in ("key.issued", "key.revoked"):
            audit.record_audit_entry(
                database, actor_id=admin.user_id, subject_id=person.user_id, action=action, detail={}
            )
    audit.record_audit_entry(
        database, actor_id=alice.user_id, subject_id=bob.user_id, action="person.viewed", detail={}
    )
    audit.record_audit_entry(database, actor_id=None, subject_id=None, action="account.deleted", detail={})


def test_pages_of_the_log_hold_each_entry_once(database: Database, log: None) -> None:
    first = audit.list_audit_entries(database, limit=4)
    second = audit.list_audit_entries(database, limit=4, before=first[-1].entry_id)
    numbers = [entry.entry_id for entry in first + second]
    assert (len(set(numbers)), numbers) == (6, sorted(numbers, reverse=True))


def test_a_person_is_found_on_either_side_and_one_kind_of_action(
    database: Database, log: None, alice: Account
) -> None:
    hers = audit.list_audit_entries(database, limit=9, person=alice.user_id)
    issued = audit.list_audit_entries(database, limit=9, action="key.issued")
    assert [entry.action for entry in hers] == ["person.viewed", "key.revoked", "key.issued"]
    assert [entry.subject for entry in issued] == ["bob", "alice"]
