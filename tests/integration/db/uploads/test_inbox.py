"""The inbox: what is acknowledged is committed, and nothing lies in it that its owner did not share."""

import threading
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from db.accounts import users
from db.accounts.account_records import Account, ShareLevel
from db.connection import Database
from db.errors import Refused
from db.uploads import inbox
from tests.integration.uploads import caller, deliver, incoming, record

MESSAGE = {"sequence": 0, "timestamp": None, "role": "user", "content": "a secret thought"}
CALL = {"position": 0, "message_sequence": 0, "tool_name": "Read", "duration_ms": 5, "success": True}


def received(database: Database, person: Account, level: ShareLevel, **changes: object) -> bool:
    items = [incoming("s1", record(**changes))]
    return deliver(database, caller(database, replace(person, share_level=level)), items)


def test_what_was_received_waits_in_its_order(database: Database, bob: Account) -> None:
    items = [incoming(f"s{number}") for number in range(5)]

    assert deliver(database, caller(database, bob), items)

    with database.transaction() as transaction:
        assert [upload.session_id for upload in inbox.claim_uploads(transaction, limit=9)] == [
            "s0",
            "s1",
            "s2",
            "s3",
            "s4",
        ]


@pytest.mark.parametrize("end", ["revoked", "expired", "of somebody else", "of a person who left"])
def test_a_key_must_count_at_the_moment_of_storing(
    database: Database, bob: Account, alice: Account, end: str
) -> None:
    key = caller(database, bob)
    if end == "revoked":
        users.revoke_key(database, key.account.user_id, key.key_id)
    elif end == "expired":
        database.execute("test_expire_keys")
    elif end == "of a person who left":
        database.execute("test_deactivate", user_id=bob.user_id)
    else:
        key = replace(key, key_id=caller(database, alice).key_id)

    assert not deliver(database, key, [incoming("s1")])
    assert inbox.count_pending_uploads(database)[0] == 0


@pytest.mark.parametrize("level", ["full", "none"])
def test_nothing_is_taken_at_a_level_that_is_not_the_persons(
    database: Database, bob: Account, level: ShareLevel
) -> None:
    assert not received(database, bob, level)
    assert inbox.count_pending_uploads(database)[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        {"messages": [MESSAGE]},
        {"tool_calls": [CALL | {"tool_input": "x"}]},
        {"tool_calls": [CALL | {"tool_output": "x"}]},
        {"content": "a plan"},
    ],
)
def test_the_table_refuses_text_of_a_person_who_does_not_share_it(
    database: Database, bob: Account, text: dict
) -> None:
    with pytest.raises(Refused, match="inbox_holds_no_unshared_text"):
        received(database, bob, "metadata", **text)


def test_calls_without_their_text_are_metadata(database: Database, bob: Account) -> None:
    assert received(database, bob, "metadata", tool_calls=[CALL])


def test_an_upload_in_flight_at_the_old_level_is_not_taken_after_the_change(
    database: Database, alice: Account
) -> None:
    users.change_settings(database, alice.user_id, share_level="metadata")

    assert not received(database, alice, "full", messages=[MESSAGE])


def test_lowering_waits_for_an_upload_that_is_being_committed(database: Database, alice: Account) -> None:
    """The upload got in at the old level, so the purge that follows must see it."""
    lowering = threading.Thread(
        target=users.change_settings, args=(database, alice.user_id), kwargs={"share_level": "metadata"}
    )
    key = caller(database, alice)
    with database.transaction() as transaction:
        deliver(transaction, key, [incoming("s1", record(messages=[MESSAGE]))])
        lowering.start()
        lowering.join(0.3)
        assert lowering.is_alive()
    lowering.join(5)

    assert "a secret thought" not in dump(database.url, "inbox")


def test_a_quarantined_upload_can_be_shown_requeued_and_discarded(database: Database, bob: Account) -> None:
    item = incoming("s1")
    deliver(database, caller(database, bob), [item])
    with database.transaction() as transaction:
        [claimed] = inbox.claim_uploads(transaction, limit=1)
        for _ in range(inbox.MAX_ATTEMPTS):
            inbox.postpone_uploads(transaction, claimed.inbox_id, "for a reason")

    assert [row["reason"] for row in inbox.list_quarantined_uploads(database)] == ["for a reason"]
    assert inbox.requeue_uploads(database, item.upload_id)
    assert not inbox.discard_uploads(database, item.upload_id)


def dump(url: str, table: str) -> str:
    """All of a table as text."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(t::text, '\n'), '') FROM {table} AS t")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _order(database: Database, limit: int) -> list[str]:
    with database.transaction() as transaction:
        claimed = inbox.claim_uploads(transaction, limit=limit)
        inbox.settle_uploads(transaction, [upload.inbox_id for upload in claimed], "repeated")
    return [upload.session_id for upload in claimed]


def test_whoever_sends_much_waits_behind_their_own(
    database: Database, alice: Account, bob: Account, admin: Account
) -> None:
    assert deliver(database, caller(database, alice), [incoming(f"a{number}") for number in range(30)])
    assert deliver(database, caller(database, bob), [incoming("b0"), incoming("b1")])
    assert deliver(database, caller(database, admin), [incoming("c0")])

    assert _order(database, 3) == ["a0", "b0", "c0"]
    assert _order(database, 4) == ["a1", "a2", "a3", "b1"]


def test_a_small_upload_does_not_wait_behind_large_ones_of_others(
    database: Database, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = [incoming(f"a{number}", record(project_name="x" * 400)) for number in range(3)]
    assert deliver(database, caller(database, alice), large)
    assert deliver(database, caller(database, bob), [incoming("b0")])
    monkeypatch.setattr(inbox, "MAX_BYTES", 1)

    assert [_order(database, 9) for _ in range(5)] == [["b0"], ["a0"], ["a1"], ["a2"], []]
