"""The ids of uploads: UUIDs that begin with the time, so that the newest lie side by side in the index."""

import secrets
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
#: Everything but the time, the version and the variant (RFC 9562, section 5.7).
_RANDOM_BELOW_VERSION = (1 << 76) - 1 - (0b11 << 62)


def new_upload_id() -> str:
    """A fresh id; nobody can guess it, although its first 48 bits are the milliseconds since 1970."""
    milliseconds = time.time_ns() // 1_000_000
    rest = secrets.randbits(76) & _RANDOM_BELOW_VERSION
    return str(uuid.UUID(int=milliseconds << 80 | _VERSION_7 | _VARIANT | rest))
