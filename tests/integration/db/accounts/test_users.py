"""People and keys: who is let in, and what lowering a level or leaving removes."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from db import audit, errors
from db.accounts import logins, users
from db.accounts.account_records import Account
from db.accounts.api_keys import NewKey, new_key
from db.connection import Database, Statements
from db.errors import Conflict, Contention, Refused
from db.lifecycle import deletions
from db.uploads import inbox
from db.usage import rollups, usage_totals
from db.usage.periods import Period
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.people import enrol
from tests.integration.uploads import caller, deliver, incoming, record, upload

DAY = datetime(2026, 11, 20, tzinfo=UTC).date()
MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
CALL = {"position": 0, "message_sequence": 0, "tool_name": "Read", "tool_input": "in", "tool_output": "out"}


def key_of(database: Database, person: Account, expires_at: datetime | None = None) -> NewKey:
    key = new_key("dkd_sk_")
    users.issue_key(
        database,
        user_id=person.user_id,
        label="laptop",
        prefix=key.prefix,
        key_hash=key.key_hash,
        expires_at=expires_at,
    )
    return key


def test_a_key_tells_whose_it_is(database: Database, alice: Account, bob: Account) -> None:
    first, second = key_of(database, bob), key_of(database, bob)

    holders = [users.fetch_caller(database, key.key_hash) for key in (first, second)]

    assert [holder.account.username for holder in holders if holder] == ["bob", "bob"]


def test_an_unknown_key_tells_nothing(database: Database, bob: Account) -> None:
    assert users.fetch_caller(database, new_key("dkd_sk_").key_hash) is None


def test_a_revoked_key_stops_at_once(database: Database, bob: Account) -> None:
    key = key_of(database, bob)
    [stored] = users.list_keys(database, bob.user_id)

    assert users.revoke_key(database, stored.user_id, stored.key_id)
    assert users.fetch_caller(database, key.key_hash) is None


@pytest.mark.parametrize(("hours", "valid"), [(-1, False), (1, True)])
def test_an_expired_key_stops(database: Database, bob: Account, hours: int, valid: bool) -> None:
    key = key_of(database, bob, datetime.now(UTC) + timedelta(hours=hours))

    assert (users.fetch_caller(database, key.key_hash) is not None) is valid


def test_use_of_a_key_is_noted(database: Database, bob: Account) -> None:
    users.fetch_caller(database, key_of(database, bob).key_hash)

    [stored] = users.list_keys(database, bob.user_id)
    seen = users.fetch_account(database, bob.user_id)
    assert stored.last_used_at is not None
    assert seen is not None and seen.last_seen_at is not None


def test_two_people_cannot_have_one_name(database: Database, bob: Account) -> None:
    with pytest.raises(Conflict):
        enrol(database, "bob")


@pytest.mark.parametrize("name", ["", " bob", "a" * 101, "böb", "a/b", "<b>", "-bob"])
def test_what_is_no_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(Refused):
        enrol(database, name)


@pytest.mark.parametrize("persisted", [True, False])
def test_lowering_the_level_removes_the_text_wherever_it_lies(
    database: Database, alice: Account, persisted: bool
) -> None:
    upload(database, alice, messages=[MESSAGE], tool_calls=[CALL])
    if persisted:
        persist.drain_sessions(database, "UTC")

    change = users.change_settings(database, alice.user_id, share_level="metadata")
    persist.drain_sessions(database, "UTC")

    assert change.purged
    assert database.fetch("test_text_left") == [{"messages": 0, "calls": 1, "call_texts": 0}]


def test_what_is_left_out_of_a_change_stays(database: Database, alice: Account) -> None:
    change = users.change_settings(database, alice.user_id, show_in_leaderboard=False)

    assert change.account.share_level == "full"
    assert not change.purged


def test_a_deleted_person_leaves_no_row_and_no_share_of_a_sum(
    database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        upload(database, person)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")

    deletions.delete_account(database, alice.user_id, program="test")

    assert usage_totals.fetch_team_totals(database, Period(DAY, DAY)).session_count == 1
    assert database.fetch("test_owners") == [{"user_id": bob.user_id}]


def test_settings_that_stay_as_they_are_are_not_written_down(database: Database, alice: Account) -> None:
    for shown in (True, False, False):
        users.change_settings(database, alice.user_id, share_level="full", show_in_leaderboard=shown)
    assert [entry.action for entry in audit.list_audit_entries(database, limit=100)] == ["settings.changed"]


def test_a_deleted_persons_failed_logins_go_too(database: Database, alice: Account) -> None:
    logins.record_login_failure(database, "alice", "127.0.0.1")

    deletions.delete_account(database, alice.user_id, program="test")

    assert logins.count_recent_login_failures(database, "alice", "127.0.0.1").of_name == 0


def test_open_pages_learn_that_a_person_left(database: Database, alice: Account) -> None:
    rollup.begin_in_zone(database, "UTC")
    before = database.fetch("test_rollup_state")

    deletions.delete_account(database, alice.user_id, program="test")

    assert database.fetch("test_rollup_state") != before


def delete(database: Database, user_id: int) -> None:
    deletions.delete_account(database, user_id, program="test")


@pytest.mark.parametrize("at_work", [rollups.lock_rollups, inbox.lock_persist])
def test_a_person_is_deleted_when_nobody_writes_their_rows(
    database: Database, alice: Account, at_work: Callable[[Statements], object]
) -> None:
    leaving = threading.Thread(target=delete, args=(database, alice.user_id))
    with database.transaction() as transaction:
        at_work(transaction)
        leaving.start()
        leaving.join(0.3)
        assert leaving.is_alive()
    leaving.join(5)

    assert users.fetch_account(database, alice.user_id) is None


@pytest.mark.parametrize(
    ("module", "step", "act"),
    [
        (users, "_change_settings", lambda db, alice: users.change_settings(db, alice, share_level="none")),
        (deletions, "_delete_account", delete),
    ],
)
def test_who_meets_another_writer_tries_again(
    database: Database,
    alice: Account,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    step: str,
    act: Callable[[Database, int], object],
) -> None:
    tries: list[int] = []
    real = getattr(module, step)

    def meet_somebody(*arguments: object) -> object:
        tries.append(1)
        if len(tries) < errors.MAX_RETRIES:
            raise Contention
        return real(*arguments)

    monkeypatch.setattr(module, step, meet_somebody)
    act(database, alice.user_id)

    assert len(tries) == errors.MAX_RETRIES


def test_nobody_who_left_holds_a_key_or_a_rank(database: Database, bob: Account) -> None:
    key = key_of(database, bob)
    upload(database, bob)
    persist.drain_sessions(database, "UTC")
    rollup.recompute_days(database, "UTC")

    database.execute("test_deactivate", user_id=bob.user_id)

    assert users.fetch_caller(database, key.key_hash) is None
    assert usage_totals.list_leaderboard(database, Period(DAY, DAY), limit=5) == []


def test_uploads_and_a_changing_level_never_stop_each_other(database: Database, alice: Account) -> None:
    enough = threading.Event()

    def change_level() -> int:
        changes = 0
        while not enough.is_set():
            users.change_settings(database, alice.user_id, share_level="metadata")
            users.change_settings(database, alice.user_id, share_level="full")
            changes += 1
        return changes

    with ThreadPoolExecutor(1) as other:
        changing = other.submit(change_level)
        try:
            for number in range(40):
                _upload_at_the_level_of_now(database, alice, f"s{number % 20}")
                persist.drain_sessions(database, "UTC")
        finally:
            enough.set()

    assert changing.result() >= 1


def _upload_at_the_level_of_now(database: Database, person: Account, name: str) -> None:
    """As ingest does: when the level changed meanwhile, look again."""
    held, key = False, caller(database, person)
    while not held:
        now = users.fetch_account(database, person.user_id)
        assert now is not None
        texts = {"messages": [MESSAGE], "tool_calls": [CALL]} if now.share_level == "full" else {}
        body = record(total_messages=random.randrange(1000), **texts)
        held = deliver(database, replace(key, account=now), [incoming(name, body)])
