"""The bytes of one HTTP request while they come in: a thread is taken only for one that is there as a whole."""

import re
from collections.abc import Callable

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.unreader import Unreader

LONGEST_HEAD = 64 * 1024
#: Of a longer body only its beginning is waited for: the app refuses it without reading on.
LONGEST_BODY = 32 * 1024 * 1024
#: What the lines between chunks may take together; who needs more sends chunks of a few bytes.
MOST_CHUNK_LINES = 1024 * 1024
PIECE_BYTES = 64 * 1024
LARGE_PIECE_BYTES = 1024 * 1024

END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n")


class Gathering:
    """Tells when a request is whole. It only counts: what the bytes mean, and whether they are HTTP, gunicorn says."""

    __slots__ = ("_at", "_body_at", "_end", "_look", "_taken", "data", "expects_continue", "is_whole")

    def __init__(self) -> None:
        self.data = bytearray()
        #: Is there all of it, or enough to be refused?
        self.is_whole = False
        #: Does the sender wait for our word before it sends the body?
        self.expects_continue = False
        self._look: Callable[[], bool] = self._look_for_head
        self._at = self._body_at = self._end = self._taken = 0

    @property
    def has_head(self) -> bool:
        """Is the head there? Then what is missing is body."""
        return self._body_at > 0

    @property
    def size(self) -> int:
        """How many bytes it may become, as far as can be known."""
        return max(self._end, len(self.data))

    @property
    def piece_bytes(self) -> int:
        """How much to read at once."""
        return LARGE_PIECE_BYTES if self.size > LARGE_PIECE_BYTES else PIECE_BYTES

    def add(self, piece: bytes | bytearray) -> None:
        """Take what came in; raises LimitRequestHeaders for a head that does not end."""
        self.data += piece
        self.is_whole = self._look()

    def _look_for_head(self) -> bool:
        end = self.data.find(END, self._at)
        if end < 0:
            self._at = max(0, len(self.data) - len(END) + 1)
            if len(self.data) > LONGEST_HEAD:
                raise LimitRequestHeaders("a head without an end")
            # A line that ends in a bare LF is no HTTP, and nothing to wait for.
            return self.data.count(b"\n") != self.data.count(b"\r\n")
        self._body_at = self._at = end + len(END)
        self._begin_body(bytes(self.data[: end + 2]).lower())
        return self._look()

    def _begin_body(self, head: bytes) -> None:
        self.expects_continue = b"\r\nexpect:" in head
        if b"\r\ntransfer-encoding:" in head:
            self._end = self._body_at + LONGEST_BODY + MOST_CHUNK_LINES
            self._look = self._look_for_chunks
            return
        length = LENGTH.search(head)
        self._end = self._body_at + (int(length[1]) if length else 0)
        self._look = self._look_for_length

    def _look_for_length(self) -> bool:
        return len(self.data) >= self._end or self._end - self._body_at > LONGEST_BODY

    def _look_for_chunks(self) -> bool:
        """Step from chunk to chunk; True at the end of the last one, and for whatever makes no sense."""
        there = len(self.data)
        while (line_end := self.data.find(b"\r\n", self._at)) >= 0:
            try:
                size = int(self.data[self._at : line_end].partition(b";")[0], 16)
            except ValueError:
                return True
            begin = line_end + 2
            if size <= 0:
                return self._has_trailers(line_end)
            if self._taken + size > LONGEST_BODY:
                # The app tries to read one byte more than it takes: that much must be there.
                return self._taken + there - begin > LONGEST_BODY
            if begin + size + 2 > there:
                return False
            self._taken += size
            self._at = begin + size + 2
            if self._at - self._body_at - self._taken > MOST_CHUNK_LINES:
                return True
        return there - self._at > LONGEST_HEAD

    def _has_trailers(self, line_end: int) -> bool:
        if len(self.data) - line_end > LONGEST_HEAD:
            return True
        return self.data.startswith(b"\r\n", line_end + 2) or self.data.find(END, line_end) >= 0


class Gathered(Unreader):  # type: ignore[misc] # gunicorn brings no types
    """Where gunicorn's parser reads a gathered request from: memory, never the socket, so it never waits."""

    def __init__(self, data: bytearray) -> None:
        super().__init__()
        self._data = data
        #: Was more wanted than there is? Then nobody knows where the next request begins.
        self.ran_dry = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece, which is then not kept here any more; empty at the end."""
        size = min(max(size_hint or 0, PIECE_BYTES), LARGE_PIECE_BYTES)
        piece = bytes(self._data[:size])
        del self._data[:size]
        self.ran_dry = not piece
        return piece

    def has_rest(self) -> bool:
        """Is there more than the request?"""
        return bool(self._data) or self.buf.tell() > 0

    def rest(self) -> bytes:
        """What stands behind the request: the beginning of the next one."""
        return bytes(self.take_buffered() + self._data)
