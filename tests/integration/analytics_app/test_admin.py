"""What an admin does to people and keys takes effect at once, and is written down."""

import re
from typing import Any

import pytest

from db import audit
from db.accounts import administration, api_keys, users
from db.accounts.account_records import Account
from db.connection import Database
from db.lifecycle import deletions
from tests.integration.analytics_app.conftest import Visit, Visitor, body_of
from tests.integration.analytics_app.reading import texts

FORM = {
    "add-form.n_submit": 1,
    "add-name.value": "dora",
    "add-email.value": "dora@example.org",
    "add-role.value": "member",
    "add-level.value": "full",
}


def add(visitor: Visitor, **changes: object) -> str:
    values: dict[str, object] = FORM | {f"add-{field}.value": value for field, value in changes.items()}
    return visitor.call("add-problem.children", values, "add-form.n_submit").text


def change_keys(visitor: Visitor, person: Account, trigger: str, values: dict[str, Any]) -> str:
    seen = {"url.search": f"?person={person.user_id}"} | values
    return visitor.call("people-changed.data@", seen, trigger).text


def raw_key(answer: str) -> str:
    found = re.search(r"dkd_sk_[A-Za-z0-9_-]{43}", answer)
    assert found is not None
    return found.group()


def actions(database: Database) -> list[str]:
    return [entry.action for entry in audit.list_audit_entries(database, limit=100)]


def holder(database: Database, raw: str) -> str | None:
    caller = users.fetch_caller(database, api_keys.hash_key(raw))
    return caller.account.username if caller else None


def test_a_person_who_is_added_can_upload_with_the_key_shown(
    visit: Visit, admin: Account, database: Database
) -> None:
    key = raw_key(add(visit(admin)))
    assert holder(database, key) == "dora"


def test_a_person_who_is_added_can_log_in_with_the_password_shown(visit: Visit, admin: Account) -> None:
    visitor = visit(admin)
    found = re.search(r'"children":"([^"]{16})","id":"secret-password"', add(visitor))
    assert found is not None
    assert Visitor(visitor.app).log_in("dora", found.group(1)).status_code == 303


def test_adding_a_person_is_recorded_without_any_secret(
    visit: Visit, admin: Account, database: Database
) -> None:
    key = raw_key(add(visit(admin)))
    assert {"account.created", "key.issued"} <= set(actions(database))
    assert key not in str(audit.list_audit_entries(database, limit=100))


def test_a_taken_name_is_refused_and_nothing_is_stored(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    assert "This name is taken." in add(visit(admin), name="alice")
    assert users.list_keys(database) == []


@pytest.mark.parametrize(
    "change", [{"name": "no spaces"}, {"role": "owner"}, {"level": None}, {"name": "\ud800"}]
)
def test_an_invalid_form_adds_nobody(
    visit: Visit, admin: Account, database: Database, change: dict[str, object]
) -> None:
    add(visit(admin), **change)
    assert [person.username for person in users.list_accounts(database)] == ["ada"]


def test_another_key_works_beside_the_first(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    visitor = visit(admin)
    first, second = (
        raw_key(
            change_keys(
                visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1, "key-label.value": label}
            )
        )
        for label in ("laptop", "CI")
    )
    assert [holder(database, first), holder(database, second)] == ["alice", "alice"]
    assert [key.label for key in users.list_keys(database, alice.user_id)] == ["CI", "laptop"]


def test_a_key_beyond_the_limit_is_refused_with_a_text(
    visit: Visit, admin: Account, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 0)
    answer = change_keys(visit(admin), alice, "key-form.n_submit", {"key-form.n_submit": 1})
    assert "too many keys" in answer


def test_rotating_stops_all_old_keys(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    visitor = visit(admin)
    old = raw_key(change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1}))
    new = raw_key(change_keys(visitor, alice, "keys-rotate.n_clicks", {"keys-rotate.n_clicks": 1}))
    assert (holder(database, old), holder(database, new)) == (None, "alice")
    assert "keys.revoked" in actions(database)


def revoke(visitor: Visitor, person: Account, key_id: int) -> str:
    clicks = {'{"revoke":["ALL"]}.n_clicks': {key_id: 1}}
    return change_keys(visitor, person, f'{{"revoke":{key_id}}}.n_clicks', clicks)


def test_revoking_stops_that_key_alone(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    visitor = visit(admin)
    kept = raw_key(change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1}))
    stopped = raw_key(change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 2}))
    revoke(visitor, alice, users.list_keys(database, alice.user_id)[0].key_id)
    assert (holder(database, kept), holder(database, stopped)) == ("alice", None)


def test_a_key_is_revoked_on_its_owners_page_only(
    visit: Visit, admin: Account, alice: Account, bob: Account, database: Database
) -> None:
    visitor = visit(admin)
    key = raw_key(change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1}))
    answer = revoke(visitor, bob, users.list_keys(database, alice.user_id)[0].key_id)
    assert "The key was stopped before." in answer
    assert holder(database, key) == "alice"


@pytest.mark.parametrize("search", ["?person=999999", "?person=-1", "?person=x", "", "?person=" + "9" * 40])
def test_an_unknown_person_gets_no_key(visit: Visit, admin: Account, database: Database, search: str) -> None:
    values = {"url.search": search, "key-form.n_submit": 1}
    assert visit(admin).call("people-changed.data@", values, "key-form.n_submit").status_code in {200, 204}
    assert users.list_keys(database) == []


def test_a_member_cannot_make_a_key_with_a_crafted_callback(
    visit: Visit, bob: Account, alice: Account, database: Database
) -> None:
    visitor = visit(bob)
    values = {"url.search": f"?person={alice.user_id}", "key-form.n_submit": 1}
    assert visitor.call("people-changed.data@", values, "key-form.n_submit").status_code == 403
    assert users.list_keys(database) == []


def test_a_member_cannot_add_an_admin(visit: Visit, bob: Account, database: Database) -> None:
    visit(bob).call("add-problem.children", FORM | {"add-role.value": "admin"}, "add-form.n_submit")
    assert users.fetch_account_by_name(database, "dora") is None


def test_a_key_is_never_shown_again(visit: Visit, admin: Account, alice: Account) -> None:
    visitor = visit(admin)
    key = raw_key(change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1}))
    listed = visitor.call("people-list.children", {"url.search": f"?person={alice.user_id}"}).text
    assert key[:13] in listed
    assert key not in listed


def set_standing(visitor: Visitor, person: Account, standing: str) -> str:
    """Click it on the page of the person."""
    key = next(
        key
        for key, entry in visitor.app.callback_map.items()
        if any("standing" in part["id"] for part in entry["inputs"])
    )
    values = {"url.search": f"?person={person.user_id}", '{"standing":["ALL"]}.n_clicks': {standing: 1}}
    return visitor.send(body_of(visitor.app, key, values, f'{{"standing":"{standing}"}}.n_clicks')).text


def test_an_admin_makes_an_admin_and_deactivates_one(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    visitor = visit(admin)
    for standing in ("admin", "deactivate"):
        assert "It counts from now on." in set_standing(visitor, alice, standing)
    found = users.fetch_account(database, alice.user_id)
    assert found is not None
    assert (found.role, found.active) == ("admin", False)
    assert actions(database)[:2] == ["account.deactivated", "account.made_admin"]


def test_the_last_admin_stays_one(visit: Visit, admin: Account, database: Database) -> None:
    visitor = visit(admin)
    for standing in ("member", "deactivate"):
        assert "This is the last admin" in set_standing(visitor, admin, standing)
    assert visitor.get("/admin").status_code == 200


def test_an_unknown_button_changes_nothing(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    set_standing(visit(admin), alice, "owner")
    assert actions(database) == []


def remove(visitor: Visitor, person: Account, typed: object) -> str:
    """Type a name on the page of the person, and send it."""
    values = {
        "url.search": f"?person={person.user_id}",
        "removal-form.n_submit": 1,
        "removal-name.value": typed,
    }
    return visitor.call("removal-problem.children", values, "removal-form.n_submit").text


def test_typing_the_name_locks_the_person_out_and_starts_the_deletion(
    visit: Visit, admin: Account, alice: Account, database: Database
) -> None:
    visitor = visit(admin)
    assert "The deletion of alice has begun" in remove(visitor, alice, " alice ")

    found = users.fetch_account(database, alice.user_id)
    assert found is not None and not found.active
    assert deletions.list_account_deletions(database) == {alice.user_id}
    assert actions(database)[0] == "account.deletion_asked"
    panel = visitor.call("people-list.children", {"url.search": f"?person={alice.user_id}"}).text
    assert "Is being deleted" in panel and "removal-form" not in panel and "Activate again" not in panel


def test_a_person_being_deleted_is_listed_without_a_key(visit: Visit, admin: Account, alice: Account) -> None:
    visitor = visit(admin)
    change_keys(visitor, alice, "key-form.n_submit", {"key-form.n_submit": 1, "key-label.value": "laptop"})
    listed = []
    for _ in range(2):
        parts = visitor.call("people-list.children", {"url.search": ""}).get_json()["response"]
        lang = texts(parts["people-list"]["children"])
        listed.append(re.findall(r"alice .*?(\d+)", lang)[0])
        remove(visitor, alice, "alice")
    assert (int(listed[0]) > 0, listed[1]) == (True, "0")


def test_the_list_is_polled_until_a_deletion_has_ended(
    visit: Visit, admin: Account, alice: Account, bob: Account, database: Database
) -> None:
    visitor, looked = visit(admin), {"url.search": f"?person={bob.user_id}"}
    remove(visitor, alice, "alice")
    going = visitor.call("people-list.children", looked, "people-tick.n_intervals").get_json()["response"]
    [asked] = deletions.list_open_deletions(database)
    deletions.delete_rows_of_user(database, asked)
    deletions.finish_deletion(database, asked, program="test")
    gone = visitor.call("people-list.children", looked, "people-tick.n_intervals").get_json()["response"]
    assert ["alice" in texts(lang["people-list"]) for lang in (going, gone)] == [True, False]
    assert [lang["people-tick"]["disabled"] for lang in (going, gone)] == [False, True]
    assert "person" not in going, "an admin may be typing there"


@pytest.mark.parametrize("typed", ["Alice", "bob", "", None, ["alice"]])
def test_another_name_deletes_nobody(
    visit: Visit, admin: Account, alice: Account, database: Database, typed: object
) -> None:
    assert "nothing was deleted" in remove(visit(admin), alice, typed)
    assert deletions.list_account_deletions(database) == set()
    assert actions(database) == []


def test_nobody_deletes_themselves(visit: Visit, admin: Account, alice: Account, database: Database) -> None:
    visitor = visit(admin)
    set_standing(visitor, alice, "admin")

    assert "Only another admin can delete your account" in remove(visitor, admin, "ada")
    own = visitor.call("people-list.children", {"url.search": f"?person={admin.user_id}"}).text
    assert "Only another admin" in own and "removal-form" not in own
    assert deletions.list_account_deletions(database) == set()


def test_a_member_deletes_nobody(visit: Visit, bob: Account, alice: Account, database: Database) -> None:
    remove(visit(bob), alice, "alice")
    assert deletions.list_account_deletions(database) == set()
