"""Keys and passwords: random, prefixed, and only ever stored as hashes."""

import hashlib

import pytest

from db.accounts.api_keys import hash_key, new_key
from db.accounts.passwords import hash_password, new_password, verify_password


def test_a_key_begins_with_the_teams_prefix_and_is_long_enough() -> None:
    key = new_key("dkd_sk_")

    assert key.raw.startswith(key.prefix)
    assert len(key.raw) >= len("dkd_sk_") + 43


def test_no_two_keys_are_alike() -> None:
    assert len({new_key("k_").raw for _ in range(100)}) == 100


def test_what_is_stored_is_the_sha256_of_the_key() -> None:
    key = new_key("dkd_sk_")

    assert key.key_hash == hashlib.sha256(key.raw.encode()).digest() == hash_key(key.raw)


@pytest.mark.parametrize("raw", ["", "\ud800", "ключ", "x" * 100_000])
def test_any_text_can_be_looked_up(raw: str) -> None:
    assert len(hash_key(raw)) == 32


def test_a_password_verifies_against_its_own_hash_only() -> None:
    password = new_password()
    stored = hash_password(password)

    assert verify_password(stored, password)
    assert not verify_password(stored, password + "x")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_a_missing_or_broken_hash_never_verifies(stored: str | None) -> None:
    assert not verify_password(stored, "")
