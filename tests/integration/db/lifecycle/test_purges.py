"""Text that is shared no more: gone at once for everybody, and from the tables in steps that nothing stops for good."""

import pytest

from db import audit, batching
from db.accounts import users
from db.accounts.account_records import Account, SettingsChange
from db.connection import Database
from db.errors import StorageUnavailable
from db.lifecycle import purges
from db.uploads import inbox
from tasks.jobs import persist, persist_plans
from tests.integration.people import enrol
from tests.integration.uploads import upload, upload_plan

MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
CALL = {"position": 0, "message_sequence": 0, "tool_name": "Read", "tool_input": "in", "tool_output": "out"}
NOTHING_LEFT = {"messages": 0, "calls": 5, "call_texts": 0}


@pytest.fixture
def much(database: Database, alice: Account, monkeypatch: pytest.MonkeyPatch) -> str:
    """More of Alice's text than can go in a request: five sessions, a plan, and an upload that waits."""
    monkeypatch.setattr(users, "PURGE_SECONDS", 0)
    monkeypatch.setattr(batching, "FIRST_LIMIT", 1)
    for number in range(5):
        upload(database, alice, f"s{number}", messages=[MESSAGE], tool_calls=[CALL])
    upload_plan(database, alice)
    persist.drain_sessions(database, "UTC")
    persist_plans.drain_plans(database)
    return upload(database, alice, "waiting", messages=[MESSAGE])


def lower(database: Database, person: Account) -> SettingsChange:
    return users.change_settings(database, person.user_id, share_level="metadata")


def text_left(database: Database) -> dict[str, int]:
    return database.fetch("test_text_left")[0]


def test_the_level_is_lowered_however_much_text_there_is(
    database: Database, alice: Account, much: str
) -> None:
    change = lower(database, alice)

    assert (change.account.share_level, change.purged, change.purging) == ("metadata", False, True)
    assert purges.list_open_text_purges(database) == [alice.user_id]


def test_what_is_to_go_is_stored_nowhere_else_and_shown_to_nobody(
    database: Database, alice: Account, much: str
) -> None:
    before = text_left(database)
    lower(database, alice)
    persist.drain_sessions(database, "UTC")

    shown = inbox.fetch_quarantined_upload(database, much)
    assert shown is not None and shown["body"] is None
    assert text_left(database) == before


def test_it_goes_step_by_step_until_nothing_is_left(database: Database, alice: Account, much: str) -> None:
    lower(database, alice)

    assert purges.purge_text(database, alice.user_id, seconds=30)
    assert text_left(database) == NOTHING_LEFT
    assert {row["share_level"] for row in database.fetch("test_session", user_id=alice.user_id)} == {
        "metadata"
    }
    assert database.fetch("test_plans", user_id=alice.user_id)[0]["content"] is None


def test_the_mark_stays_until_nothing_is_left(database: Database, alice: Account, much: str) -> None:
    lower(database, alice)
    assert not purges.purge_text(database, alice.user_id, seconds=0, finish_batch=True)
    assert purges.list_open_text_purges(database)

    purges.purge_text(database, alice.user_id, seconds=30)

    assert purges.list_open_text_purges(database) == []
    assert "text.purged" in [entry.action for entry in audit.list_audit_entries(database, limit=10)]


def test_what_is_shared_again_meanwhile_comes_after_what_goes(
    database: Database, alice: Account, much: str
) -> None:
    lower(database, alice)
    users.change_settings(database, alice.user_id, share_level="full")
    upload(database, alice, "s0", messages=[MESSAGE], total_messages=9)
    upload_plan(database, alice, content="shared again")
    persist.drain_sessions(database, "UTC")
    persist_plans.drain_plans(database)
    purges.purge_text(database, alice.user_id, seconds=30)
    persist.drain_sessions(database, "UTC")
    persist_plans.drain_plans(database)

    assert text_left(database)["messages"] == 1
    assert database.fetch("test_plans", user_id=alice.user_id)[0]["content"] == "shared again"


def test_what_stops_the_removal_does_not_undo_the_change(
    database: Database, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise StorageUnavailable

    monkeypatch.setattr(purges, "purge_text", fail)

    assert lower(database, alice).purging
    assert purges.list_open_text_purges(database) == [alice.user_id]


def test_the_text_of_others_stays(database: Database, alice: Account, much: str) -> None:
    dora = enrol(database, "dora", share_level="full")
    upload(database, dora, messages=[MESSAGE])
    persist.drain_sessions(database, "UTC")
    lower(database, alice)
    purges.purge_text(database, alice.user_id, seconds=30)

    assert text_left(database)["messages"] == 1


def test_who_shared_no_text_has_none_removed(database: Database, bob: Account) -> None:
    change = users.change_settings(database, bob.user_id, share_level="none")

    assert (change.purged, change.purging, purges.list_open_text_purges(database)) == (False, False, [])
