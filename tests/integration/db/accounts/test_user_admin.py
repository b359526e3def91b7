"""Every change to people and keys leaves its entry, in the same words whoever made it."""

import pytest

from db.accounts import audit, passwords, user_admin, users
from db.accounts.api_keys import hash_key
from db.accounts.passwords import WeakPassword
from db.accounts.user_admin import LastAdmin, Newcomer, Oneself, Registrar, TooManyKeys, clients
from db.connection import Database
from db.errors import NoSuchPerson
from db.records import Account
from tasks.jobs import persist, rollup
from tests.integration.uploads import upload


@pytest.fixture
def registrar(database: Database) -> Registrar:
    return Registrar(database, "own_", program="a test")


def entries(database: Database) -> list[tuple[str, str]]:
    return [(entry.action, entry.detail["by"]) for entry in reversed(audit.listed(database, limit=100))]


def test_a_newcomer_has_a_key_and_a_password(registrar: Registrar, database: Database) -> None:
    secrets = registrar.add(Newcomer(username="dora", show_in_leaderboard=False))
    assert (secrets.key[:4], len(secrets.password)) == ("own_", 16)
    assert entries(database) == [("account.created", "a test"), ("key.issued", "a test")]


def test_whoever_only_uploads_has_no_password(registrar: Registrar, database: Database) -> None:
    registrar.add(Newcomer(username="dora", show_in_leaderboard=False, has_password=False))
    assert users.password_hash(database, "dora") is None


def test_rotating_is_written_down_as_what_it_does(
    registrar: Registrar, database: Database, bob: Account
) -> None:
    registrar.issue_key(bob.user_id, "laptop")
    assert registrar.rotate_keys(bob.user_id)[1] == 1
    assert [action for action, _ in entries(database)] == ["key.issued", "keys.revoked", "key.issued"]


def test_a_key_of_somebody_else_is_not_revoked(
    registrar: Registrar, database: Database, alice: Account, bob: Account
) -> None:
    for person in (alice, bob):
        registrar.issue_key(person.user_id, "laptop")
    [key] = users.list_keys(database, alice.user_id)
    assert not registrar.revoke_key(bob.user_id, key.key_id)
    assert users.list_keys(database, alice.user_id) == [key]


def test_nobody_has_more_keys_than_anybody_needs(
    registrar: Registrar, bob: Account, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_admin, "MOST_KEYS", 2)
    for label in ("laptop", "CI"):
        registrar.issue_key(bob.user_id, label)
    with pytest.raises(TooManyKeys):
        registrar.issue_key(bob.user_id, "phone")
    assert registrar.issue_key(alice.user_id, "laptop").username == "alice"


def test_keys_that_were_stopped_count_for_a_day_and_rotating_goes_on(
    registrar: Registrar, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_admin, "MOST_KEYS", 2)
    for label in ("laptop", "CI"):
        registrar.issue_key(bob.user_id, label)
        users.revoke_keys(database, bob.user_id)
    with pytest.raises(TooManyKeys):
        registrar.issue_key(bob.user_id, "phone")
    assert registrar.rotate_keys(bob.user_id)[1] == 0


def test_of_many_stopped_keys_the_newest_are_listed_and_all_that_count(
    registrar: Registrar, database: Database, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_admin, "MOST_KEYS", 1_000)
    registrar.issue_key(bob.user_id, "the oldest")
    [oldest] = users.list_keys(database)
    for _ in range(125):
        registrar.issue_key(bob.user_id, "stopped")
        users.revoke_key(database, bob.user_id, users.list_keys(database)[0].key_id)
    listed = users.list_keys(database)
    assert (len(listed), listed[-1]) == (120, oldest)


def test_nothing_is_done_to_somebody_who_is_not_there(registrar: Registrar) -> None:
    with pytest.raises(NoSuchPerson):
        registrar.issue_key(999, "laptop")


def test_another_role_ends_logins_and_is_written_down(
    registrar: Registrar, database: Database, admin: Account, bob: Account
) -> None:
    for role in ("admin", "admin", "member"):
        registrar.set_role(bob.user_id, role)  # type: ignore[arg-type]
    found = users.account_by_id(database, bob.user_id)
    assert found is not None
    assert (found.role, found.session_epoch - bob.session_epoch) == ("member", 2)
    assert [action for action, _ in entries(database)] == ["account.made_admin", "account.made_member"]


def test_who_is_deactivated_is_nobody_until_they_are_activated_again(
    registrar: Registrar, database: Database, bob: Account
) -> None:
    hashed = hash_key(registrar.issue_key(bob.user_id, "laptop").key)
    counts = [users.caller_by_key(database, hashed) is not None]
    for active in (False, True):
        registrar.set_active(bob.user_id, active=active)
        counts.append(users.caller_by_key(database, hashed) is not None)
    assert counts == [True, False, True]


def test_the_last_admin_stays_one(
    registrar: Registrar, database: Database, admin: Account, bob: Account
) -> None:
    with pytest.raises(LastAdmin):
        registrar.set_role(admin.user_id, "member")
    with pytest.raises(LastAdmin):
        registrar.set_active(admin.user_id, active=False)
    registrar.set_role(bob.user_id, "admin")
    registrar.set_active(admin.user_id, active=False)
    # An admin who may not come in is none.
    with pytest.raises(LastAdmin):
        registrar.set_role(bob.user_id, "member")


def test_nobody_removes_themselves_or_the_last_admin(
    registrar: Registrar, database: Database, admin: Account
) -> None:
    with pytest.raises(LastAdmin):
        registrar.remove(admin.user_id)
    with pytest.raises(Oneself):
        Registrar(database, "own_", actor_id=admin.user_id).remove(admin.user_id)
    assert users.account_by_id(database, admin.user_id) == admin


def test_what_a_person_uploads_with_is_that_of_their_newest_session(
    database: Database, alice: Account, bob: Account
) -> None:
    rollup.begin_in_zone(database, "UTC")
    for day in (19, 20, 18):
        upload(
            database, alice, f"s{day}", started_at=f"2026-11-{day}T10:00:00Z", ended_at=None, agent=f"a{day}"
        )
    persist.drain_sessions(database, "UTC")
    found = clients(database)
    assert (found[alice.user_id].client, found[bob.user_id].client) == ("a20", "")
    assert (found[alice.user_id].last_upload_at is None, found[bob.user_id].last_upload_at) == (False, None)


@pytest.mark.parametrize(
    "password",
    ["password12", "1234567890", "qwertzuiop", "aaaaaaaaaaaa", "alicealice1", "passwort123", "a" * 999],
)
def test_a_password_that_is_guessed_first_is_refused(
    registrar: Registrar, database: Database, alice: Account, password: str
) -> None:
    with pytest.raises(WeakPassword):
        registrar.set_password(alice.user_id, password)
    assert users.password_hash(database, "alice") is None


@pytest.mark.parametrize("password", ["correct horse battery", "kX9!vbQ2pL", "ein-Wort-das-keiner-rät"])
def test_a_password_that_takes_long_to_guess_is_stored(
    registrar: Registrar, database: Database, alice: Account, password: str
) -> None:
    registrar.set_password(alice.user_id, password)

    assert passwords.verify_password(users.password_hash(database, "alice"), password)
