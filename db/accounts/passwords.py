"""Hashes and verifies passwords with argon2id, in equal time for unknown usernames."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

PASSWORD_BYTES = 12
MIN_PASSWORD_LENGTH = 10
#: Bounds the cost of hashing.
MAX_PASSWORD_LENGTH = 1_000
#: zxcvbn takes seconds for long texts, and more characters never weaken a password.
MAX_RATED_LENGTH = 72
#: Of zxcvbn's scores from 0 to 4: the lowest that takes over a million guesses.
MIN_SCORE = 2
_hasher = PasswordHasher()


class WeakPassword(Exception):
    """The password is too easy to guess."""


def require_strength(password: str, *known: str | None) -> None:
    """Raise WeakPassword for a password that takes fewer than a million guesses by zxcvbn's estimate.

    `known` are words an attacker knows, such as the username. Only the first MAX_RATED_LENGTH characters count.
    """
    inputs = [word for word in known if word]
    if (
        zxcvbn(password[:MAX_RATED_LENGTH], user_inputs=inputs, max_length=MAX_RATED_LENGTH)["score"]
        < MIN_SCORE
    ):
        raise WeakPassword


@cache
def _dummy_hash() -> str:
    """The hash to verify against for unknown users, so that the answer takes as long."""
    return hash_password(new_password())


def new_password() -> str:
    """Generate a random initial password of 16 characters."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password matches the hash; always False for None (no such user)."""
    dummy = _dummy_hash()
    try:
        return _hasher.verify(password_hash or dummy, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
