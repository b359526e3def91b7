"""Every change to people and keys leaves its entry, in the same words whoever made it."""

import pytest

from db import accounts, audit
from db.connection import Database
from db.errors import NoSuchPerson
from db.people import Newcomer, Registrar
from db.records import Account


@pytest.fixture
def registrar(database: Database) -> Registrar:
    return Registrar(database, "own_", program="a test")


def entries(database: Database) -> list[tuple[str, str]]:
    return [(entry["action"], entry["detail"]["by"]) for entry in reversed(audit.recent(database))]


def test_a_newcomer_has_a_key_and_a_password(registrar: Registrar, database: Database) -> None:
    secrets = registrar.add(Newcomer(username="dora", show_in_leaderboard=False))
    assert (secrets.key[:4], len(secrets.password)) == ("own_", 16)
    assert entries(database) == [("account.created", "a test"), ("key.issued", "a test")]


def test_whoever_only_uploads_has_no_password(registrar: Registrar, database: Database) -> None:
    registrar.add(Newcomer(username="dora", show_in_leaderboard=False, has_password=False))
    assert accounts.password_hash(database, "dora") is None


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
    [key] = accounts.list_keys(database, alice.user_id)
    assert not registrar.revoke_key(bob.user_id, key.key_id)
    assert accounts.list_keys(database, alice.user_id) == [key]


def test_nothing_is_done_to_somebody_who_is_not_there(registrar: Registrar) -> None:
    with pytest.raises(NoSuchPerson):
        registrar.issue_key(999, "laptop")
