"""Quarantine: seen without its text, let in or given up, and each of it written down."""

import json
import uuid

from db import audit
from db.accounts import users
from db.accounts.account_records import Account
from db.connection import Database
from db.uploads import quarantine
from db.uploads.quarantine import QuarantineAdmin
from db.uploads.upload_records import InboxRow
from tests.integration.uploads import caller, deliver, record

TEXT = [{"sequence": 0, "timestamp": None, "role": "user", "content": "never for an admin"}]
NOWHERE = "00000000-0000-4000-8000-000000000000"


def refused(database: Database, person: Account, name: str = "s1", body: str | None = None) -> str:
    kept = body or json.dumps(record(messages=TEXT) if person.share_level == "full" else record())
    item = InboxRow(
        upload_id=str(uuid.uuid4()), kind="session", name=name, body=kept, quarantine_reason="invalid: tools"
    )
    assert deliver(database, caller(database, person), [item])
    return item.upload_id


def test_the_list_is_oldest_first_and_counted(database: Database, alice: Account, bob: Account) -> None:
    ids = [refused(database, person, name) for person, name in ((bob, "b"), (alice, "a"), (bob, "c"))]
    listed = quarantine.list_quarantine_entries(database, limit=2, offset=1)
    assert [kept.upload_id for kept in listed] == ids[1:]
    assert quarantine.count_quarantine_entries(database) == 3


def test_an_admin_reads_why_and_whose_and_never_a_word_of_it(database: Database, alice: Account) -> None:
    found = quarantine.fetch_quarantine_entry(database, refused(database, alice))
    assert found is not None
    assert (found.username, found.reason, found.project_name) == ("alice", "invalid: tools", "shop")
    assert "never for an admin" not in str(found)


def test_a_program_that_gives_one_up_is_named(database: Database, alice: Account) -> None:
    QuarantineAdmin(database, program="manage.py").discard(refused(database, alice))
    [entry] = audit.list_audit_entries(database, limit=9)
    assert (entry.action, entry.actor, entry.subject) == ("upload.discarded", None, "alice")
    assert (entry.detail["by"], entry.detail["kind"]) == ("manage.py", "session")


def test_nothing_happens_twice_or_to_what_is_not_there(database: Database, alice: Account) -> None:
    hand, upload = QuarantineAdmin(database), refused(database, alice)
    done = [hand.discard(upload), hand.discard(upload), hand.requeue(upload), hand.requeue(NOWHERE)]
    assert (done, len(audit.list_audit_entries(database, limit=9))) == ([True, False, False, False], 1)


def test_what_has_no_name_or_no_owner_who_shares_can_not_be_stored(database: Database, bob: Account) -> None:
    nameless, named = refused(database, bob, "", "{}"), refused(database, bob)
    before = [_can_be_stored(database, upload) for upload in (nameless, named)]
    users.change_settings(database, bob.user_id, share_level="none")
    assert (before, _can_be_stored(database, named)) == ([False, True], False)
    assert not QuarantineAdmin(database).requeue(named)


def _can_be_stored(database: Database, upload_id: str) -> bool:
    found = quarantine.fetch_quarantine_entry(database, upload_id)
    return found is not None and found.can_be_stored
