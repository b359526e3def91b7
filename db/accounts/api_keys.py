"""Creates API keys and hashes them for storage and lookup."""

import hashlib
import secrets
from dataclasses import dataclass

RANDOM_BYTES = 32
SHOWN_CHARACTERS = 6


@dataclass(frozen=True)
class NewKey:
    """A new key, before only its hash is stored."""

    #: The key itself, shown once.
    raw: str
    #: The first characters, which identify the key in lists.
    prefix: str
    #: SHA-256 of the raw key, 32 bytes: all that is stored. A fast hash is right for 256 random bits.
    key_hash: bytes


def new_key(key_prefix: str) -> NewKey:
    """Generate a random key with the team's key prefix."""
    raw = key_prefix + secrets.token_urlsafe(RANDOM_BYTES)
    return NewKey(raw, raw[: len(key_prefix) + SHOWN_CHARACTERS], hash_key(raw))


def hash_key(raw: str) -> bytes:
    """Return the SHA-256 by which a key is stored and looked up."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).digest()
