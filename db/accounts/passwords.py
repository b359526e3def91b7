"""Passwords of people: argon2id, with the same time spent on names that do not exist."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

PASSWORD_BYTES = 12
MIN_PASSWORD_LENGTH = 10
#: More than anybody types, and little enough to hash.
MAX_PASSWORD_LENGTH = 1_000
#: zxcvbn's estimate takes seconds for long texts; what follows makes a password no weaker.
JUDGED = 72
#: Of zxcvbn's scores from 0 to 4: the first that wants more than a million guesses.
LEAST_SCORE = 2
_hasher = PasswordHasher()


class WeakPassword(Exception):
    """The password is one of those that are guessed first."""


def require_strength(password: str, *known: str | None) -> None:
    """Raise WeakPassword for a password that takes fewer than a million guesses by zxcvbn's estimate.

    `known` is what a guesser knows of the person, such as the login name. Only the first JUDGED characters count.
    """
    inputs = [word for word in known if word]
    if zxcvbn(password[:JUDGED], user_inputs=inputs, max_length=JUDGED)["score"] < LEAST_SCORE:
        raise WeakPassword


@cache
def _nobodys_hash() -> str:
    """Checked when there is no such person, so the answer takes as long; made at the first check, whosever it is."""
    return hash_password(new_password())


def new_password() -> str:
    """A first password: 16 characters, shown once."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def hash_password(password: str) -> str:
    """The argon2id form that is stored."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Is this the password behind the hash? None, for a person who does not exist, is always False."""
    nobodys = _nobodys_hash()
    try:
        return _hasher.verify(password_hash or nobodys, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
