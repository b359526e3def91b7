"""Quarantine: seen without its text, let in or given up, and each of it written down."""

import json
import uuid

from db import accounts, audit, inbox, quarantine
from db.connection import Database
from db.quarantine import Hand
from db.records import Account, Incoming
from tests.integration.uploads import caller, deliver, record

TEXT = [{"sequence": 0, "timestamp": None, "role": "user", "content": "never for an admin"}]
NOWHERE = "00000000-0000-4000-8000-000000000000"


def refused(database: Database, person: Account, name: str = "s1", body: str | None = None) -> str:
    kept = body or json.dumps(record(messages=TEXT) if person.share_level == "full" else record())
    item = Incoming(
        upload_id=str(uuid.uuid4()), kind="session", name=name, body=kept, quarantine_reason="invalid: tools"
    )
    assert deliver(database, caller(database, person), [item])
    return item.upload_id


def actions(database: Database) -> list[tuple[str, str | None, str | None]]:
    return [(entry.action, entry.actor, entry.subject) for entry in audit.listed(database, limit=9)]


def test_the_list_is_oldest_first_and_counted(database: Database, alice: Account, bob: Account) -> None:
    ids = [refused(database, person, name) for person, name in ((bob, "b"), (alice, "a"), (bob, "c"))]
    listed = quarantine.listed(database, limit=2, offset=1)
    assert [kept.upload_id for kept in listed] == ids[1:]
    assert quarantine.count(database) == 3


def test_an_admin_reads_why_and_whose_and_never_a_word_of_it(database: Database, alice: Account) -> None:
    found = quarantine.entry(database, refused(database, alice))
    assert found is not None
    assert (found.username, found.reason, found.project_name) == ("alice", "invalid: tools", "shop")
    assert "never for an admin" not in str(found)


def test_what_is_let_in_waits_again_and_is_written_down(
    database: Database, admin: Account, alice: Account
) -> None:
    upload = refused(database, alice)
    assert Hand(database, actor_id=admin.user_id).requeue(upload)
    assert (quarantine.count(database), inbox.waiting(database)[0]) == (0, 1)
    assert actions(database) == [("upload.requeued", "ada", "alice")]


def test_what_is_given_up_is_gone_and_written_down(database: Database, alice: Account) -> None:
    upload = refused(database, alice)
    assert Hand(database, program="manage.py").discard(upload)
    row = inbox.show(database, upload)
    assert row is not None
    assert (row["state"], row["body"]) == ("discarded", None)
    assert actions(database) == [("upload.discarded", None, "alice")]


def test_nothing_happens_twice_or_to_what_is_not_there(database: Database, alice: Account) -> None:
    hand, upload = Hand(database), refused(database, alice)
    done = [hand.discard(upload), hand.discard(upload), hand.requeue(upload), hand.requeue(NOWHERE)]
    assert (done, len(actions(database))) == ([True, False, False, False], 1)


def test_who_shares_nothing_any_more_lets_nothing_in(database: Database, bob: Account) -> None:
    upload = refused(database, bob)
    accounts.change_settings(database, bob.user_id, share_level="none")
    found = quarantine.entry(database, upload)
    assert found is None or not found.can_be_stored
    assert not Hand(database).requeue(upload)


def test_what_has_no_name_can_not_be_stored(database: Database, bob: Account) -> None:
    found = quarantine.entry(database, refused(database, bob, "", "{}"))
    assert found is not None
    assert not found.can_be_stored
