"""The door: which person an API key stands for. Without one, not a byte of data passes."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import falcon

from db.accounts.account_records import Account, Caller
from db.accounts.api_keys import hash_key
from db.accounts.users import fetch_caller
from db.connection import Statements
from ingest.http.api_errors import ApiError

BEARER = "bearer"
#: How long a caller is remembered, and how many: as a guess, where a statement checks the key again.
REMEMBERED_SECONDS = 30.0
MAX_CACHED = 5000
SPAN_SECONDS = 60.0
#: More keys than any team has; past that, who has been quiet longest is forgotten, in their favour.
MAX_KEYS = 10_000


class RateLimiter:
    """A minute's worth of requests may come at once; what was used comes back evenly over a minute.

    Of each key only one moment is kept: when its allowance will be whole again (GCRA).
    """

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic, most_keys: int = MAX_KEYS
    ) -> None:
        """`per_minute`: 0 is no limit."""
        self._each = SPAN_SECONDS / per_minute if per_minute else 0.0
        self._clock = clock
        self._most_keys = most_keys
        self._whole_at: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, key: bytes) -> int:
        """Count one request of this key: 0 if it may pass, else after how many whole seconds to come again."""
        if not self._each:
            return 0
        now = self._clock()
        with self._lock:
            whole_at = max(self._whole_at.get(key, now), now) + self._each
            too_early = whole_at - now - SPAN_SECONDS
            # Room for rounding: the last of a minute's worth ends the sum just about at the span.
            if too_early > self._each * 1e-6:
                return max(1, math.ceil(too_early))
            if key not in self._whole_at and len(self._whole_at) >= self._most_keys:
                self._forget(now)
            self._whole_at[key] = whole_at
        return 0

    def _forget(self, now: float) -> None:
        owing = sorted(
            ((whole_at, key) for key, whole_at in self._whole_at.items() if whole_at > now), reverse=True
        )
        self._whole_at = {key: whole_at for whole_at, key in owing[: self._most_keys // 2]}


class Authenticator:
    """Asks the database each time, so a revoked key is refused from the next request on."""

    def __init__(self, database: Statements, limiter: RateLimiter) -> None:
        self._database = database
        self._limiter = limiter
        self._memory = _Memory()

    def account(self, req: falcon.Request) -> Account:
        """The person whose key the request carries; one refusal for every other case."""
        caller = self._fetch_caller(_presented_hash(req))
        self._count(caller.key_hash)
        return caller.account

    @contextmanager
    def cached_caller(self, req: falcon.Request) -> Iterator[Caller]:
        """Who asks, perhaps from memory: the key is checked by a statement that follows, and before a refusal."""
        key_hash = _presented_hash(req)
        remembered = self._memory.get(key_hash)
        caller = remembered or self._fetch_caller(key_hash)
        self._count(key_hash)
        try:
            yield caller
        except ApiError:
            if remembered:
                self._fetch_caller(key_hash)
            raise

    def reauthenticate(self, caller: Caller) -> Caller:
        """The same caller as the database knows them now."""
        return self._fetch_caller(caller.key_hash)

    def _count(self, key_hash: bytes) -> None:
        """Only of keys that are known: nobody fills our memory with made-up ones."""
        seconds = self._limiter.seconds_to_wait(key_hash)
        if seconds:
            raise ApiError("rate_limited", f"come again in {seconds} s", retry_after=seconds)

    def _fetch_caller(self, key_hash: bytes) -> Caller:
        caller = fetch_caller(self._database, key_hash)
        self._memory.put(key_hash, caller)
        if caller is None:
            raise ApiError("unauthorized")
        return caller


class _Memory:
    """Callers seen a moment ago; none who shares nothing: nothing of theirs is stored that would check the key."""

    def __init__(self) -> None:
        self._callers: dict[bytes, tuple[float, Caller]] = {}
        self._lock = threading.Lock()

    def get(self, key_hash: bytes) -> Caller | None:
        until, caller = self._callers.get(key_hash, (0.0, None))
        return caller if time.monotonic() < until else None

    def put(self, key_hash: bytes, caller: Caller | None) -> None:
        with self._lock:
            if caller is None or caller.account.share_level == "none":
                self._callers.pop(key_hash, None)
                return
            if len(self._callers) >= MAX_CACHED:
                self._callers.clear()
            self._callers[key_hash] = (time.monotonic() + REMEMBERED_SECONDS, caller)


def _presented_hash(req: falcon.Request) -> bytes:
    """The hash of the key that the request shows; refused when it shows none."""
    key = _presented_key(req)
    if not key:
        raise ApiError("unauthorized")
    return hash_key(key)


def _presented_key(req: falcon.Request) -> str | None:
    if key := req.get_header("X-API-Key"):
        return key.strip()
    scheme, _, key = (req.get_header("Authorization") or "").partition(" ")
    return key.strip() if scheme.lower() == BEARER else None
