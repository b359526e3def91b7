"""API keys: random, shown once, and kept only as a hash."""

import hashlib
import secrets
from dataclasses import dataclass

RANDOM_BYTES = 32
SHOWN_CHARACTERS = 6


@dataclass(frozen=True)
class NewKey:
    """A key at the one moment it is known."""

    #: What the person gets to see, once.
    raw: str
    #: The beginning, by which people tell their keys apart.
    prefix: str
    #: SHA-256 of the raw key, 32 bytes: all that is stored. A fast hash is right for 256 random bits.
    key_hash: bytes


def new_key(key_prefix: str) -> NewKey:
    """Draw a new key that begins with the team's key prefix."""
    raw = key_prefix + secrets.token_urlsafe(RANDOM_BYTES)
    return NewKey(raw, raw[: len(key_prefix) + SHOWN_CHARACTERS], hash_key(raw))


def hash_key(raw: str) -> bytes:
    """The form in which a key is stored and looked up."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).digest()
