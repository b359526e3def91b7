"""Reads the body of a request: media type, gzip and chunks, within the bytes that a process may hold at a time."""

import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import falcon

from ingest.http.api_errors import ApiError
from ingest.http.large_work import LargeWork

MAX_BYTES = 32 * 1024 * 1024
MEDIA_TYPE = "application/json"
#: A body is read in pieces of so many bytes.
PIECE = 256 * 1024
GZIP_WINDOW = 16 + zlib.MAX_WBITS
#: Bytes. What a body takes up to the first size is not counted: how many of these there are, the connections bound.
SMALL = 64 * 1024
OF_ONE_PERSON = 64 * 1024 * 1024
OF_ALL = 256 * 1024 * 1024
RETRY_AFTER_SECONDS = 2


class BodyBudget:
    """Counts the bytes that are there, never those that are only announced."""

    def __init__(self, of_one_person: int = OF_ONE_PERSON, of_all: int = OF_ALL) -> None:
        self._of_one_person = of_one_person
        self._of_all = of_all
        self._held: Counter[int] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def share(self, user_id: int) -> Iterator["Share"]:
        """A share to read one body of this person into; what it holds is given back after the block."""
        share = Share(self, user_id)
        try:
            yield share
        finally:
            self._release(user_id, share.held)

    def take(self, user_id: int, size: int) -> None:
        """Count so many bytes more; raises ApiError if the person or all together would hold too many."""
        with self._lock:
            if self._held[user_id] + size > self._of_one_person:
                raise ApiError(
                    "rate_limited", "send large bodies one by one", retry_after=RETRY_AFTER_SECONDS
                )
            if self._held.total() + size > self._of_all:
                raise ApiError("busy")
            self._held[user_id] += size

    def _release(self, user_id: int, size: int) -> None:
        with self._lock:
            self._held[user_id] -= size
            if not self._held[user_id]:
                del self._held[user_id]


class Share:
    """What one body holds of the budget."""

    def __init__(self, budget: BodyBudget, user_id: int) -> None:
        self._budget = budget
        self.user_id = user_id
        self._size = 0
        #: What is counted, bytes.
        self.held = 0

    def hold(self, size: int) -> None:
        """Hold so many bytes more; raises ApiError if there is no room for them."""
        self._size += size
        if self._size > SMALL:
            self._budget.take(self.user_id, self._size - self.held)
            self.held = self._size


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int) -> bytes:
        """At most so many; nothing at the end."""


def read_body(req: falcon.Request, share: Share | None = None, large_work: LargeWork | None = None) -> bytes:
    """The JSON text that was sent, unpacked: at most MAX_BYTES, or SMALL without a share of the budget to hold it.

    What unpacks to more than SMALL does so in its person's turn of `large_work`.

    Raises ApiError where it can't be JSON, is too large or too slow, or the share can't hold it.
    """
    media_type = (req.content_type or "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise ApiError("unsupported_media_type")
    encoding = (req.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise ApiError("unsupported_encoding")
    size = MAX_BYTES if share and large_work else SMALL
    try:
        data = _read(req, size, share)
    except TimeoutError:
        raise ApiError("request_timeout") from None
    except OSError:
        # A malformed chunk, or a client that went away.
        raise ApiError("incomplete_body") from None
    return data if encoding == "identity" else _unpack(data, size, share, large_work)


def _read(req: falcon.Request, limit: int, share: Share | None) -> bytes:
    length = req.content_length
    if length is None:
        # Falcon's bounded stream sees a chunked body as empty, the server's own stream has it.
        chunked = bool(req.get_header("Transfer-Encoding"))
        return _check_size(limit, _read_up_to(limit + 1, req.stream, share)) if chunked else b""
    if length > limit:
        raise _too_large(limit)
    data = _read_up_to(length, req.bounded_stream, share)
    if len(data) < length:
        raise ApiError("incomplete_body")
    return data


def _read_up_to(length: int, stream: Readable, share: Share | None) -> bytes:
    """All there is, but not more than this, piece by piece, so that the share counts what is there."""
    pieces: list[bytes] = []
    while length > 0 and (piece := stream.read(min(length, PIECE))):
        if share:
            share.hold(len(piece))
        pieces.append(piece)
        length -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _unpack(data: bytes, size: int, share: Share | None, large_work: LargeWork | None) -> bytes:
    """Gunzip, but stop one byte past `size` however much the sender packed."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        unpacked = inflater.decompress(data, SMALL)
        if len(unpacked) == SMALL and not inflater.eof:
            remainder = inflater.unconsumed_tail, size + 1 - SMALL
            unpacked += (
                large_work.run(share.user_id, inflater.decompress, *remainder)
                if share and large_work
                else inflater.decompress(*remainder)
            )
    except zlib.error:
        raise ApiError("invalid_gzip") from None
    if share:
        share.hold(len(unpacked))
    _check_size(size, unpacked)
    if not inflater.eof or inflater.unused_data:
        raise ApiError("invalid_gzip", "the gzip stream is cut off, or something follows it")
    return unpacked


def _check_size(limit: int, data: bytes) -> bytes:
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _too_large(limit: int) -> ApiError:
    return ApiError("too_large", f"at most {limit} bytes unpacked")
