"""Every change to people and keys leaves its entry, in the same words whoever made it."""

import pytest

from db import audit
from db.accounts import administration, passwords, users
from db.accounts.account_records import Account
from db.accounts.administration import (
    CannotDeleteSelf,
    LastAdmin,
    NewUser,
    TooManyKeys,
    UserAdmin,
    list_clients,
)
from db.accounts.api_keys import hash_key
from db.accounts.passwords import WeakPassword
from db.connection import Database
from db.errors import NoSuchPerson
from tasks.jobs import persist
from tasks.rollups import rollup
from tests.integration.uploads import upload


@pytest.fixture
def user_admin(database: Database) -> UserAdmin:
    return UserAdmin(database, "own_", program="a test")


def entries(database: Database) -> list[tuple[str, str]]:
    return [
        (entry.action, entry.detail["by"])
        for entry in reversed(audit.list_audit_entries(database, limit=100))
    ]


def test_a_newcomer_has_a_key_and_a_password(user_admin: UserAdmin, database: Database) -> None:
    secrets = user_admin.add(NewUser(username="dora", show_in_leaderboard=False))
    assert (secrets.key[:4], len(secrets.password)) == ("own_", 16)
    assert entries(database) == [("account.created", "a test"), ("key.issued", "a test")]


def test_whoever_only_uploads_has_no_password(user_admin: UserAdmin, database: Database) -> None:
    user_admin.add(NewUser(username="dora", show_in_leaderboard=False, has_password=False))
    assert users.fetch_password_hash(database, "dora") is None


def test_rotating_is_written_down_as_what_it_does(
    user_admin: UserAdmin, database: Database, bob: Account
) -> None:
    user_admin.issue_key(bob.user_id, "laptop")
    assert user_admin.rotate_keys(bob.user_id)[1] == 1
    assert [action for action, _ in entries(database)] == ["key.issued", "keys.revoked", "key.issued"]


def test_a_key_of_somebody_else_is_not_revoked(
    user_admin: UserAdmin, database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        user_admin.issue_key(person.user_id, "laptop")
    [key] = users.list_keys(database, alice.user_id)
    assert not user_admin.revoke_key(bob.user_id, key.key_id)
    assert users.list_keys(database, alice.user_id) == [key]


def test_nobody_has_more_keys_than_anybody_needs(
    user_admin: UserAdmin, bob: Account, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 2)
    for label in ("laptop", "CI"):
        user_admin.issue_key(bob.user_id, label)
    with pytest.raises(TooManyKeys):
        user_admin.issue_key(bob.user_id, "phone")
    assert user_admin.issue_key(alice.user_id, "laptop").username == "alice"


def test_keys_that_were_stopped_count_for_a_day_and_rotating_goes_on(
    user_admin: UserAdmin, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 2)
    for label in ("laptop", "CI"):
        user_admin.issue_key(bob.user_id, label)
        users.revoke_keys(database, bob.user_id)
    with pytest.raises(TooManyKeys):
        user_admin.issue_key(bob.user_id, "phone")
    assert user_admin.rotate_keys(bob.user_id)[1] == 0


def test_of_many_stopped_keys_the_newest_are_listed_and_all_that_count(
    user_admin: UserAdmin, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MAX_KEYS", 1_000)
    user_admin.issue_key(bob.user_id, "the oldest")
    [oldest] = users.list_keys(database)
    for _ in range(125):
        user_admin.issue_key(bob.user_id, "stopped")
        users.revoke_key(database, bob.user_id, users.list_keys(database)[0].key_id)
    listed = users.list_keys(database)
    assert (len(listed), listed[-1]) == (120, oldest)


def test_nothing_is_done_to_somebody_who_is_not_there(user_admin: UserAdmin) -> None:
    with pytest.raises(NoSuchPerson):
        user_admin.issue_key(999, "laptop")


def test_another_role_ends_logins_and_is_written_down(
    user_admin: UserAdmin, database: Database, admin: Account, bob: Account
) -> None:
    for role in ("admin", "admin", "member"):
        user_admin.set_role(bob.user_id, role)  # type: ignore[arg-type]
    found = users.fetch_account(database, bob.user_id)
    assert found is not None
    assert (found.role, found.session_epoch - bob.session_epoch) == ("member", 2)
    assert [action for action, _ in entries(database)] == ["account.made_admin", "account.made_member"]


def test_who_is_deactivated_is_nobody_until_they_are_activated_again(
    user_admin: UserAdmin, database: Database, bob: Account
) -> None:
    hashed = hash_key(user_admin.issue_key(bob.user_id, "laptop").key)
    counts = [users.fetch_caller(database, hashed) is not None]
    for active in (False, True):
        user_admin.set_active(bob.user_id, active=active)
        counts.append(users.fetch_caller(database, hashed) is not None)
    assert counts == [True, False, True]


def test_the_last_admin_stays_one(
    user_admin: UserAdmin, database: Database, admin: Account, bob: Account
) -> None:
    with pytest.raises(LastAdmin):
        user_admin.set_role(admin.user_id, "member")
    with pytest.raises(LastAdmin):
        user_admin.set_active(admin.user_id, active=False)
    user_admin.set_role(bob.user_id, "admin")
    user_admin.set_active(admin.user_id, active=False)
    # An admin who may not come in is none.
    with pytest.raises(LastAdmin):
        user_admin.set_role(bob.user_id, "member")


def test_nobody_removes_themselves_or_the_last_admin(
    user_admin: UserAdmin, database: Database, admin: Account
) -> None:
    with pytest.raises(LastAdmin):
        user_admin.remove(admin.user_id)
    with pytest.raises(CannotDeleteSelf):
        UserAdmin(database, "own_", actor_id=admin.user_id).remove(admin.user_id)
    assert users.fetch_account(database, admin.user_id) == admin


def test_what_a_person_uploads_with_is_that_of_their_newest_session(
    database: Database, alice: Account, bob: Account
) -> None:
    rollup.begin_in_zone(database, "UTC")
    for day in (19, 20, 18):
        upload(
            database, alice, f"s{day}", started_at=f"2026-11-{day}T10:00:00Z", ended_at=None, agent=f"a{day}"
        )
    persist.drain_sessions(database, "UTC")
    found = list_clients(database)
    assert (found[alice.user_id].client, found[bob.user_id].client) == ("a20", "")
    assert (found[alice.user_id].last_upload_at is None, found[bob.user_id].last_upload_at) == (False, None)


@pytest.mark.parametrize(
    "password",
    ["password12", "1234567890", "qwertzuiop", "aaaaaaaaaaaa", "alicealice1", "passwort123", "a" * 999],
)
def test_a_password_that_is_guessed_first_is_refused(
    user_admin: UserAdmin, database: Database, alice: Account, password: str
) -> None:
    with pytest.raises(WeakPassword):
        user_admin.set_password(alice.user_id, password)
    assert users.fetch_password_hash(database, "alice") is None


@pytest.mark.parametrize("password", ["correct horse battery", "kX9!vbQ2pL", "ein-Wort-das-keiner-rät"])
def test_a_password_that_takes_long_to_guess_is_stored(
    user_admin: UserAdmin, database: Database, alice: Account, password: str
) -> None:
    user_admin.set_password(alice.user_id, password)

    assert passwords.verify_password(users.fetch_password_hash(database, "alice"), password)
